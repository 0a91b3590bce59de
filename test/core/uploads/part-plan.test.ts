import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isSinglePut,
  maxObjectBytes,
  partLength,
  planParts,
} from '../../../lambdas/core/uploads/part-plan.ts';

const MiB = 1024 ** 2;
/** What S3 takes (Amazon S3 multipart upload limits). */
const s3Limits = { maxParts: 10_000, minPartBytes: 5 * MiB, maxPartBytes: 5 * 1024 * MiB };
/** Small sizes, sizes around multiples of a part, and all others up to S3's largest object. */
const sizes = fc.oneof(
  fc.nat({ max: 20 * MiB }),
  fc.integer({ min: 0, max: maxObjectBytes }),
  fc
    .tuple(
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 5, max: 5_117 }),
      fc.integer({ min: -1, max: 1 }),
    )
    .map(([parts, partMiB, around]) => Math.min(maxObjectBytes, parts * partMiB * MiB + around)),
);

describe('a part plan, for every size from 0 bytes to 48.8 TiB', () => {
  it('covers the object exactly, in parts that S3 takes', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const plan = planParts(size);
        const last = partLength(size, plan, plan.totalParts);
        expect((plan.totalParts - 1) * plan.partSize + last).toBe(size);
        expect(plan.totalParts).toBeLessThanOrEqual(s3Limits.maxParts);
        expect(plan.totalParts).toBeGreaterThanOrEqual(1);
        expect(plan.partSize).toBeGreaterThanOrEqual(s3Limits.minPartBytes);
        expect(plan.partSize).toBeLessThanOrEqual(s3Limits.maxPartBytes);
        expect(last).toBeGreaterThanOrEqual(Math.min(size, 1));
        expect(last).toBeLessThanOrEqual(plan.partSize);
      }),
      { numRuns: 2_000 },
    );
  });

  it('has the same length for every part but the last', () => {
    fc.assert(
      fc.property(sizes, fc.double({ min: 0, max: 1, noNaN: true }), (size, where) => {
        const plan = planParts(size);
        const n = 1 + Math.floor(where * (plan.totalParts - 1));
        expect(n === plan.totalParts || partLength(size, plan, n) === plan.partSize).toBe(true);
      }),
    );
  });

  it('takes the smallest multiple of 1 MiB that keeps to 10,000 parts', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const { partSize } = planParts(size);
        expect(partSize % MiB).toBe(0);
        const smaller = partSize - MiB;
        expect(smaller < s3Limits.minPartBytes || Math.ceil(size / smaller) > s3Limits.maxParts).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('makes 20 parts of 100 MiB and one part of nothing', () => {
    expect(planParts(100 * MiB)).toEqual({ partSize: 5 * MiB, totalParts: 20 });
    expect(planParts(0)).toEqual({ partSize: 5 * MiB, totalParts: 1 });
    expect(partLength(0, planParts(0), 1)).toBe(0);
  });

  it('is one PUT up to the size of a part, and not a byte more', () => {
    expect(isSinglePut(planParts(5 * MiB))).toBe(true);
    expect(isSinglePut(planParts(5 * MiB + 1))).toBe(false);
  });

  it.each([-1, 0.5, Number.NaN, maxObjectBytes + 1])('does not exist for %s bytes', (size) => {
    expect(() => planParts(size)).toThrow(RangeError);
  });
});
