import { NotEncoded } from '../../core/video/ports.ts';
import type { RefusalReason } from '../../core/video/probe.ts';
import type { FfmpegEnd } from './run-ffmpeg.ts';

const maxSaid = 1_000;

/** Faults of the machine; they come first, since ffmpeg goes on to complain of what follows from them. */
const passing = /no space left|cannot allocate memory|connection (refused|reset)|broken pipe/i;

/** What it says of the end of the source, and goes on. */
const brokenOff = /partial file|ended prematurely/i;

/** What FFmpeg says when the fault is the source's, from its version 5 to 9. */
const faults: readonly (readonly [RegExp, RefusalReason])[] = [
  [/decoder .*not found|no decoder|unknown codec|could not find (a )?decoder/i, 'unsupported_codec'],
  [/not (yet )?implemented in ffmpeg|not currently supported/i, 'unsupported_codec'],
  [/picture size \d+x\d+ (is invalid|exceeds)|larger than max pixels/i, 'too_large'],
  [brokenOff, 'malformed'],
  // Its header told of tracks that are not there, or of a container that it is not.
  [/matches no streams|does not contain any stream|not on whitelist/i, 'malformed'],
  [/invalid data found|moov atom not found|could not find codec|error opening input/i, 'malformed'],
  [/too many (packets|errors)|error rate .* exceeds|nothing was written|no filtered frames/i, 'malformed'],
];

/** With what there was of a source that breaks off it is content. */
export const isWell = ({ status, words }: FfmpegEnd): boolean => status === 0 && !brokenOff.test(words);

/** What kept it from ending well. */
export function failureOf({ status, words }: FfmpegEnd): Error {
  const said = words.replaceAll(/\s+/g, ' ').trim().slice(0, maxSaid);
  const cause = new Error(`ffmpeg ended with ${status ?? 'a signal'}: ${said}`);
  if (status === null || passing.test(words)) return cause;
  const [, reason] = faults.find(([pattern]) => pattern.test(words)) ?? [];
  return reason ? new NotEncoded(reason, { cause }) : cause;
}
