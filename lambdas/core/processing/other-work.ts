import { type AudioContent, type AudioReader, AudioUnreadable } from '../audio/ports.ts';
import { mediaKind } from '../content/mime-types.ts';
import { type ArchiveContents, listArchive } from '../content/structure/archives/list-archive.ts';
import { budgetedSource, type ReadRange } from '../content/structure/budgeted-source.ts';
import { type ByteSource, type Inflate, ReadBudgetSpent } from '../content/structure/structure.ts';
import type { Details } from '../files/content-facts.ts';
import type { FileRecord } from '../files/file.ts';
import { type ImageProcessor, ImageUnreadable } from '../images/ports.ts';
import { presetsIn } from '../images/recipes.ts';
import { firstCharacters } from './keep-text.ts';
import { locationOf } from './process-image.ts';
import type { PendingRendition, UnmadeRendition, Work, WorkResult } from './work.ts';

export interface OtherWorkDeps {
  readonly library: {
    /** Exactly these bytes of the version. */
    readRange(
      location: { key: string; versionId: string },
      ...range: Parameters<ReadRange>
    ): ReturnType<ReadRange>;
  };
  readonly audio: AudioReader;
  readonly images: ImageProcessor;
  readonly inflate: Inflate;
  /** What one look may cost, in requests and in bytes. */
  readonly bounds: { readonly maxReads: number; readonly maxReadBytes: number };
}

/** Of a cover, 4,000 x 4,000: larger ones no shop takes, and this function has half the memory of the one for pictures. */
const maxCoverPixels = 16_000_000;

/** Names of an archive that its record shows; the text has all of them. */
const shownNames = 100;
const shownNameCharacters = 200;

/** Recordings and archives: what they say of themselves. The tenant's presets are made of a recording's cover. */
export const otherWork =
  (deps: OtherWorkDeps): Work =>
  async (file, pending) => {
    const location = locationOf(file);
    const source = budgetedSource(
      file.size,
      (from, length) => deps.library.readRange(location, from, length),
      deps.bounds,
    );
    return mediaKind(file.mimeType) === 'audio'
      ? recordingWork(deps, source, file, pending)
      : archiveWork(deps, source, file, pending);
  };

async function recordingWork(
  deps: OtherWorkDeps,
  source: ByteSource,
  { mimeType, media }: FileRecord,
  pending: readonly PendingRendition[],
): Promise<WorkResult> {
  const content = await recordingOf(deps.audio, source, mimeType);
  // The original plays all the same: players are more patient than readers of tags.
  if (!content) return { facts: { media: media ?? {} }, made: [], unmade: skipped(pending, 'unreadable') };
  const { tags, format, duration, cover } = content;
  const { placeholder, ...renditions } = await coverRenditions(deps, cover, pending);
  const words = [tags.title, tags.artist, tags.album, tags.genre].filter((word) => word !== undefined);
  return {
    facts: {
      media: { ...(duration !== undefined && { duration }), ...(placeholder && { placeholder }) },
      details: { ...tags, ...format },
    },
    ...(words.length > 0 && { text: words.join('\n') }),
    ...renditions,
  };
}

async function recordingOf(
  audio: AudioReader,
  source: ByteSource,
  mimeType: string,
): Promise<AudioContent | undefined> {
  try {
    return await audio.read(source, mimeType);
  } catch (error) {
    if (error instanceof AudioUnreadable) return undefined;
    throw error;
  }
}

type Renditions = Pick<WorkResult, 'made' | 'unmade'> & { readonly placeholder?: string };

/** A cover is bytes that a stranger calls a picture: the decoder looks at what they are, under the bounds of every picture. */
async function coverRenditions(
  { images }: OtherWorkDeps,
  cover: Uint8Array | undefined,
  pending: readonly PendingRendition[],
): Promise<Renditions> {
  const presets = presetsIn(pending);
  if (!cover) return { made: [], unmade: skipped(pending, 'no_cover') };
  if (presets.length === 0) return { made: [], unmade: skipped(pending, 'unsupported') };
  try {
    const { renditions, features } = await images.render(cover, {
      mimeType: coverType,
      presets,
      maxPixels: maxCoverPixels,
    });
    const settled = new Set(renditions.map(({ name }) => name));
    return {
      made: renditions.map((rendition) => ({ ...rendition, folder: 'thumbnails' as const })),
      unmade: skipped(
        pending.filter(({ name }) => !settled.has(name)),
        'unsupported',
      ),
      ...(features && { placeholder: features.placeholder }),
    };
  } catch (error) {
    if (!(error instanceof ImageUnreadable)) throw error;
    return { made: [], unmade: skipped(pending, error.reason) };
  }
}

/** Whatever the tag says: anything but a drawing is told by its bytes, and drawings are no covers. */
const coverType = 'image/jpeg';

async function archiveWork(
  { inflate }: OtherWorkDeps,
  source: ByteSource,
  { mimeType }: FileRecord,
  pending: readonly PendingRendition[],
): Promise<WorkResult> {
  const contents = await contentsOf(source, mimeType, inflate);
  const unmade = skipped(pending, 'unsupported');
  if (!contents) return { facts: { media: {} }, made: [], unmade };
  const { names } = contents;
  return {
    facts: { media: {}, details: archiveDetails(contents) },
    ...(names.length > 0 && { text: names.join('\n') }),
    made: [],
    unmade,
  };
}

const archiveDetails = ({ entries, unpackedBytes, names }: ArchiveContents): Details => ({
  entries,
  unpackedBytes,
  names: names.slice(0, shownNames).map((name) => firstCharacters(name, shownNameCharacters)),
});

/** Under whatever policy: what a tenant refuses has been refused before. */
const allowed = { svg: 'rasterize', activeContent: 'allow', encryptedContent: 'allow' } as const;

async function contentsOf(
  source: ByteSource,
  mimeType: string,
  inflate: Inflate,
): Promise<ArchiveContents | undefined> {
  try {
    return await listArchive(source, { mimeType, detected: { kind: 'unknown' }, rules: allowed, inflate });
  } catch (error) {
    if (error instanceof ReadBudgetSpent) return undefined;
    throw error;
  }
}

const skipped = (pending: readonly PendingRendition[], reason: string): readonly UnmadeRendition[] =>
  pending.map(({ name }) => ({ name, status: 'skipped', reason }));
