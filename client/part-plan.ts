import type { StoredPart } from './api-types.ts';

/** Where a part's bytes lie in the file. */
export interface PartRange {
  readonly partNumber: number;
  readonly start: number;
  readonly end: number;
}

/** The last part ends with the file; a file of 0 bytes is one empty part. */
export function partRange(partNumber: number, partSize: number, fileSize: number): PartRange {
  const start = (partNumber - 1) * partSize;
  return { partNumber, start, end: Math.min(fileSize, start + partSize) };
}

export interface PartPlan {
  readonly partSize: number;
  readonly totalParts: number;
  readonly fileSize: number;
}

/** Parts that are not in S3 in their full length, in order. */
export function missingParts(plan: PartPlan, stored: readonly StoredPart[]): number[] {
  const sizes = new Map(stored.map((part) => [part.partNumber, part.size]));
  return Array.from({ length: plan.totalParts }, (_, index) => index + 1).filter((partNumber) => {
    const { start, end } = partRange(partNumber, plan.partSize, plan.fileSize);
    return sizes.get(partNumber) !== end - start;
  });
}
