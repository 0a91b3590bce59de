/**
 * Log-scale histograms of seconds: buckets grow by a fixed factor, so that histograms of any windows add up bucket by
 * bucket, and a quantile of the sum is off by no more than half a bucket, whatever the values are.
 */
export type Histogram = Readonly<Record<number, number>>;

/** Each bucket is 2^(1/4), some 19 %, wider than the one before. */
const bucketsPerDoubling = 4;
/** Shorter and longer than this falls into the first and the last bucket: 1 ms and, with the 7 days of an upload, 2^20 s. */
const minSeconds = 2 ** -10;
const maxSeconds = 2 ** 20;
const firstBucket = Math.log2(minSeconds) * bucketsPerDoubling;
const lastBucket = Math.log2(maxSeconds) * bucketsPerDoubling - 1;

/** A quantile is a bucket's geometric middle: at most this far from the exact one, relative to it (9.1 %). */
export const quantileRelativeError = 2 ** (1 / (2 * bucketsPerDoubling)) - 1;

/** Buckets are counted from 0, the one that begins at `minSeconds`. */
export function bucketOf(seconds: number): number {
  const bucket = Math.floor(Math.log2(Math.max(seconds, minSeconds)) * bucketsPerDoubling);
  return Math.min(bucket, lastBucket) - firstBucket;
}

/** Geometric middle of a bucket, in seconds. */
export const secondsOfBucket = (bucket: number): number =>
  2 ** ((bucket + firstBucket + 0.5) / bucketsPerDoubling);

export function mergeHistograms(histograms: readonly Histogram[]): Histogram {
  const sum: Record<number, number> = {};
  for (const histogram of histograms) {
    for (const [bucket, count] of Object.entries(histogram)) {
      sum[Number(bucket)] = (sum[Number(bucket)] ?? 0) + count;
    }
  }
  return sum;
}

export const countOf = (histogram: Histogram): number =>
  Object.values(histogram).reduce((sum, count) => sum + count, 0);

/** The value that `fraction` of the values do not exceed (nearest rank); undefined without values. */
export function quantile(histogram: Histogram, fraction: number): number | undefined {
  const rank = Math.max(1, Math.ceil(fraction * countOf(histogram)));
  let seen = 0;
  const buckets = Object.keys(histogram)
    .map(Number)
    .sort((a, b) => a - b);
  for (const bucket of buckets) {
    seen += histogram[bucket] ?? 0;
    if (seen >= rank) return secondsOfBucket(bucket);
  }
  return undefined;
}
