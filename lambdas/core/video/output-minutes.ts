import type { RungName, TranscodePlan } from './transcode-plan.ts';

/** A rung of the ladder, or the sound of a recording. */
export type OutputName = RungName | 'audio';

/** Under which name numbers and events have the seconds of an output. */
export const countOfOutput = {
  '1080p': 'transcoded1080p',
  '720p': 'transcoded720p',
  '480p': 'transcoded480p',
  '360p': 'transcoded360p',
  audio: 'transcodedAudio',
} as const satisfies Record<OutputName, string>;

/** Minutes of each, to two digits, by what windows have counted. */
export const minutesCounted = (
  counts: Readonly<Record<string, number | undefined>>,
): Record<OutputName, number> =>
  Object.fromEntries(
    Object.entries(countOfOutput).map(([name, count]) => [name, minutesOf(counts[count] ?? 0)]),
  ) as Record<OutputName, number>;

export const minutesOf = (seconds: number): number => Math.round((seconds / 60) * 100) / 100;

/** Seconds of each output that counts in a tenant's budget; posters, clips and sheets come with them. */
export function outputSeconds({
  duration,
  video,
  audio,
}: TranscodePlan): Partial<Record<OutputName, number>> {
  const seconds = Math.ceil(duration);
  if (video) return Object.fromEntries(video.rungs.map(({ name }) => [name, seconds]));
  return audio ? { audio: seconds } : {};
}

/** Whole seconds of all of them together. */
export const chargedSeconds = (plan: TranscodePlan): number =>
  Object.values(outputSeconds(plan)).reduce((sum, seconds) => sum + seconds, 0);
