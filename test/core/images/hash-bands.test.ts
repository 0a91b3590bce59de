import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandsOf, bandsWithin, maxBandedDistance } from '../../../lambdas/core/images/hash-bands.ts';

const bits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const hashOf = (value: bigint): string => value.toString(16).padStart(16, '0');

/** A hash, and another one that differs in exactly `distance` bits. */
const pair = (distance: number) =>
  fc
    .tuple(bits, fc.uniqueArray(fc.nat({ max: 63 }), { minLength: distance, maxLength: distance }))
    .map(
      ([value, flipped]) =>
        [hashOf(value), hashOf(flipped.reduce((sum, bit) => sum ^ (1n << BigInt(bit)), value))] as const,
    );

const meet = (noted: string, asked: string, distance: number): boolean => {
  const wanted = new Set(bandsWithin(asked, distance).map(({ band, value }) => `${band}#${value}`));
  return bandsOf(noted).some(({ band, value }) => wanted.has(`${band}#${value}`));
};

describe('the bands of a hash', () => {
  it.each(Array.from({ length: maxBandedDistance + 1 }, (_, distance) => distance))(
    'find every hash that differs in %i bits',
    (distance) => {
      fc.assert(
        fc.property(pair(distance), ([one, other]) => meet(one, other, distance)),
        { numRuns: 300 },
      );
    },
  );

  it('ask five questions for equal bands and 69 for all that differ in a bit', () => {
    const hash = '0123456789abcdef';

    expect(bandsWithin(hash, 4)).toHaveLength(5);
    expect(bandsWithin(hash, 5)).toHaveLength(69);
    expect(new Set(bandsWithin(hash, 9).map(({ band, value }) => `${band}#${value}`)).size).toBe(69);
  });

  it('leave few candidates among 20,000 pictures', () => {
    const noted = new Map<string, number>();
    let state = 88_172_645_463_325_252n;
    const next = (): string => {
      state ^= BigInt.asUintN(64, state << 13n);
      state ^= state >> 7n;
      state ^= BigInt.asUintN(64, state << 17n);
      return hashOf(state);
    };
    for (let file = 0; file < 20_000; file += 1) {
      for (const { band, value } of bandsOf(next())) {
        noted.set(`${band}#${value}`, (noted.get(`${band}#${value}`) ?? 0) + 1);
      }
    }

    const read = Array.from({ length: 50 }, () =>
      bandsWithin(next(), maxBandedDistance).reduce(
        (sum, { band, value }) => sum + (noted.get(`${band}#${value}`) ?? 0),
        0,
      ),
    );

    expect(read.reduce((sum, count) => sum + count, 0) / read.length).toBeLessThan(220);
    expect(Math.max(...read)).toBeLessThan(300);
  });
});
