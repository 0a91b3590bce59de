/**
 * The part plan (API.md): the smallest multiple of 1 MiB that is at least 5 MiB and keeps parts <= 10,000.
 * Bounds are S3's: 10,000 parts, 5 MiB to 5 GiB each, objects up to 48.8 TiB.
 */
const MiB = 1024 ** 2;
const minPartBytes = 5 * MiB;
const maxParts = 10_000;

/** The largest object S3 takes: 48.8 TiB. */
export const maxObjectBytes = Math.floor(48.8 * 1024 ** 4);

export interface PartPlan {
  /** Bytes of every part but the last. */
  readonly partSize: number;
  /** At least 1: an empty object is one empty part. */
  readonly totalParts: number;
}

/** @throws RangeError when `size` is not a whole number of bytes from 0 to `maxObjectBytes`. */
export function planParts(size: number): PartPlan {
  if (!Number.isSafeInteger(size) || size < 0 || size > maxObjectBytes) {
    throw new RangeError(`size must be a whole number of bytes from 0 to ${maxObjectBytes}`);
  }
  const partSize = Math.max(minPartBytes, Math.ceil(size / maxParts / MiB) * MiB);
  return { partSize, totalParts: Math.max(1, Math.ceil(size / partSize)) };
}

/** Exact bytes of part `partNumber` (from 1): what its presigned URL signs as Content-Length. */
export function partLength(size: number, plan: PartPlan, partNumber: number): number {
  const before = (partNumber - 1) * plan.partSize;
  return Math.min(plan.partSize, size - before);
}

/** One part needs one PutObject and no multipart upload at S3. */
export const isSinglePut = (plan: PartPlan): boolean => plan.totalParts === 1;
