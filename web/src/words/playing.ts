import { type FileRecord, type FileStatusReport, SluiceError } from '../../../client/index.ts';
import { type Explanation, explain } from './errors.ts';
import { isStored, kindOf } from './files.ts';
import { formatDuration } from './format.ts';

const TRY_AGAIN: Explanation = {
  title: 'It stopped playing',
  advice: 'It could not be loaded any further. Check your connection, then try again.',
};

/** Of what the API said in its words; a player's own errors mean something to its makers only. */
export const explainPlaying = (cause: unknown): Explanation =>
  cause instanceof SluiceError ? explain(cause) : TRY_AGAIN;

const REASON_WORDS: Readonly<Record<string, string>> = {
  not_a_video: 'Neither pictures nor sound were found in it, whatever its name says.',
  malformed: 'The file is damaged: it breaks off, or it cannot be read.',
  unsupported_codec: 'It is recorded in a format that cannot be converted.',
  too_large: 'Its pictures are too large, or it lasts too long, to be converted.',
  too_long: 'Converting it would take too long here.',
  budget_exceeded:
    'The minutes of video that your organisation may have converted this month are used up. Ask its administrator for more.',
  processing_failed:
    'Something went wrong while it was converted. Ask whoever runs this service to try it again.',
};

/** Of a file that is there: what it is played as. */
export function playableAs(file: FileRecord): 'video' | 'audio' | undefined {
  const has = (name: string) =>
    file.renditions.some((rendition) => rendition.name === name && rendition.status === 'ready');
  const kind = kindOf(file.mimeType);
  if (!isStored(file)) return undefined;
  if (kind === 'video' && has('stream')) return 'video';
  return kind === 'audio' && has('audio') ? 'audio' : undefined;
}

/** It could be played once all is done that is being done with it. */
export const isInTheMaking = (file: FileRecord): boolean =>
  ['video', 'audio'].includes(kindOf(file.mimeType)) &&
  ['uploaded', 'inspecting', 'stored', 'processing'].includes(file.status) &&
  playableAs(file) === undefined;

/** Why a video or recording that has been processed does not play; undefined where it does, or is none. */
export function whyNotPlayed(file: FileRecord): string | undefined {
  if (!['video', 'audio'].includes(kindOf(file.mimeType))) return undefined;
  if (!['ready', 'failed'].includes(file.status) || playableAs(file)) return undefined;
  const reasons = [file.reason, ...file.renditions.map(({ reason }) => reason)];
  const known = reasons.find((reason) => reason !== undefined && reason in REASON_WORDS);
  const why = known && REASON_WORDS[known];
  return `It cannot be played here. ${why ?? 'Nothing that could be played was made of it.'} The original can be downloaded.`;
}

/** How far the making is. */
export const makingWords = ({ progress, estimatedSeconds }: FileStatusReport): string =>
  estimatedSeconds > 0 ? `${progress} %, about ${formatDuration(estimatedSeconds)} to go` : `${progress} %`;
