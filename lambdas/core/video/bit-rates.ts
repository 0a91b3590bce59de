import type { Segment } from './encoded.ts';

/** Bits per second, rounded up. */
export interface BitRates {
  /** Of the runs of segments that a player may have to load in one go, the one that takes most. */
  readonly peak: number;
  readonly average: number;
}

/**
 * As RFC 8216bis (4.4.6.2) defines them: the peak is that of any contiguous segments which together last between half and one
 * and a half of the target duration. A single frame at the end does not count as a peak by this.
 */
export function bitRates(segments: readonly Segment[]): BitRates {
  const average = Math.ceil(rateOf(segments));
  const target = targetDuration(segments);
  let peak = 0;
  for (let first = 0; first < segments.length; first += 1) {
    let [bytes, duration] = [0, 0];
    for (let next = first; next < segments.length; next += 1) {
      const segment = segments[next] as Segment;
      bytes += segment.bytes;
      duration += segment.duration;
      if (duration > target * 1.5) break;
      if (duration >= target * 0.5) peak = Math.max(peak, (bytes * 8) / duration);
    }
  }
  // A source that is shorter than half a second has no such run.
  return { peak: Math.max(Math.ceil(peak), average), average };
}

/** Whole seconds that no segment, rounded, is longer than. */
export const targetDuration = (segments: readonly Segment[]): number =>
  segments.reduce((longest, { duration }) => Math.max(longest, Math.round(duration)), 1);

export const durationOf = (segments: readonly Segment[]): number =>
  segments.reduce((sum, { duration }) => sum + duration, 0);

const rateOf = (segments: readonly Segment[]): number =>
  (segments.reduce((sum, { bytes }) => sum + bytes, 0) * 8) / durationOf(segments);
