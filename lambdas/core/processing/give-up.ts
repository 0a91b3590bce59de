import type { FileRecord, Rendition } from '../files/file.ts';

/** Why a rendition has failed whose content is sound, as far as anybody knows: every attempt came to nothing. */
export const givenUpReason = 'processing_failed';

type Renditions = FileRecord['renditions'];

/** What is pending fails and keeps its recipe, so that it can be made after all when the cause is repaired. */
export const givenUp = (renditions: Renditions): Renditions =>
  changed(renditions, (rendition) =>
    rendition.status === 'pending' ? { ...rendition, status: 'failed', reason: givenUpReason } : rendition,
  );

/** What was given up is to be made after all. */
export const wantedAgain = (renditions: Renditions): Renditions =>
  changed(renditions, (rendition) => {
    if (!isGivenUp(rendition)) return rendition;
    const { reason: _, ...wanted } = rendition;
    return { ...wanted, status: 'pending' };
  });

/** Whether there is anything that was given up: renditions, or the look at a content of which none are made. */
export const wasGivenUp = ({ status, reason, renditions }: FileRecord): boolean =>
  (status === 'failed' && reason === givenUpReason) || Object.values(renditions).some(isGivenUp);

const isGivenUp = ({ status, recipe }: Rendition): boolean => status === 'failed' && recipe !== undefined;

const changed = (renditions: Renditions, how: (rendition: Rendition) => Rendition): Renditions =>
  Object.fromEntries(Object.entries(renditions).map(([name, rendition]) => [name, how(rendition)]));
