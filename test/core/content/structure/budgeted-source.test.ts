import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetedSource } from '../../../../lambdas/core/content/structure/budgeted-source.ts';
import { ReadBudgetSpent } from '../../../../lambdas/core/content/structure/structure.ts';

const KiB = 1024;
const object = Uint8Array.from({ length: 300 * KiB }, (_, index) => index % 251);

function opened(bounds = { maxReads: 1_000, maxReadBytes: 2 ** 30 }) {
  const asked: [from: number, length: number][] = [];
  const source = budgetedSource(
    object.length,
    async (from, length) => {
      asked.push([from, length]);
      return object.subarray(from, from + length);
    },
    bounds,
  );
  return { source, asked };
}

describe('a source of ranges', () => {
  it('answers exactly the bytes that are asked for, however they lie, and fewer only at the end', async () => {
    const range = fc.record({ from: fc.nat(310 * KiB), length: fc.nat(140 * KiB) });
    await fc.assert(
      fc.asyncProperty(fc.array(range, { maxLength: 8 }), async (ranges) => {
        const { source } = opened();
        for (const { from, length } of ranges) {
          const bytes = await source.read(from, length);
          expect(Buffer.compare(bytes, object.subarray(from, from + length))).toBe(0);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('takes one request for many small reads side by side, and none for bytes it has', async () => {
    const { source, asked } = opened();
    for (let at = 0; at < 60 * KiB; at += 100) await source.read(at, 12);
    await source.read(0, 64 * KiB);
    expect(asked).toEqual([[0, 64 * KiB]]);
  });

  it('reads what is large as it was asked for, never beyond the end', async () => {
    const { source, asked } = opened();
    await source.read(10, 200 * KiB);
    await source.read(299 * KiB, 10 * KiB);
    expect(asked).toEqual([
      [10, 200 * KiB],
      [256 * KiB, 44 * KiB],
    ]);
  });

  it.each([
    ['requests', { maxReads: 2, maxReadBytes: 2 ** 30 }],
    ['bytes', { maxReads: 100, maxReadBytes: 150 * KiB }],
  ])('stops who asks for too many %s, before it reads', async (_what, bounds) => {
    const { source, asked } = opened(bounds);
    await source.read(0, 1);
    await source.read(70 * KiB, 1);
    await expect(source.read(140 * KiB, 1)).rejects.toThrow(ReadBudgetSpent);
    expect(asked).toHaveLength(2);
  });
});
