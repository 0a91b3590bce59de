import { countOf, type Histogram, quantile } from './histogram.ts';
import type { Numbers } from './numbers.ts';

/** Seconds. Percentiles are off by 9.1 % of themselves at most (histogram.ts). */
export interface Times {
  readonly average: number;
  readonly p95: number;
  readonly p99: number;
}

/** Uploads that ended by themselves: an abort is somebody's wish, and says nothing about us. */
export const endedUploads = ({ counts }: Numbers): number =>
  (counts.stored ?? 0) + (counts.rejected ?? 0) + (counts.expired ?? 0);

/** Rejected, expired, and stored files whose processing failed; undefined when no upload ended. */
export function failureRate(numbers: Numbers): number | undefined {
  const ended = endedUploads(numbers);
  if (ended === 0) return undefined;
  const { rejected = 0, expired = 0, failed = 0 } = numbers.counts;
  // What failed in this window may have been stored in the one before.
  return Math.min(1, (rejected + expired + failed) / ended);
}

const toMs = (seconds: number): number => Math.round(seconds * 1000) / 1000;

function timesOf(histogram: Histogram, sumMs: number): Times | undefined {
  const count = countOf(histogram);
  if (count === 0) return undefined;
  return {
    average: toMs(sumMs / count / 1000),
    p95: toMs(quantile(histogram, 0.95) ?? 0),
    p99: toMs(quantile(histogram, 0.99) ?? 0),
  };
}

export const uploadTimes = ({ counts, uploadTimes: times }: Numbers): Times | undefined =>
  timesOf(times, counts.uploadMs ?? 0);

export const processingTimes = ({ counts, processingTimes: times }: Numbers): Times | undefined =>
  timesOf(times, counts.processingMs ?? 0);
