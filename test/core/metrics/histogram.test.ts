import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketOf,
  countOf,
  mergeHistograms,
  quantile,
  quantileRelativeError,
} from '../../../lambdas/core/metrics/histogram.ts';

/** From the shortest time that has a bucket of its own to a week. */
const seconds = fc.double({ min: 0.001, max: 604_800, noNaN: true });
const samples = fc.array(seconds, { minLength: 1, maxLength: 300 });

const histogramOf = (values: readonly number[]) =>
  mergeHistograms(values.map((value) => ({ [bucketOf(value)]: 1 })));

const exact = (values: readonly number[], fraction: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(fraction * values.length)) - 1] ?? 0;

describe('a histogram', () => {
  it('tells quantiles within its known relative error', () => {
    fc.assert(
      fc.property(samples, fc.constantFrom(0.5, 0.95, 0.99, 1), (values, fraction) => {
        const told = quantile(histogramOf(values), fraction) ?? 0;
        const is = exact(values, fraction);
        expect(Math.abs(told - is) / is).toBeLessThanOrEqual(quantileRelativeError + 1e-9);
      }),
    );
  });

  it('is the same whether its parts were counted together or apart, in any order', () => {
    fc.assert(
      fc.property(samples, samples, (some, others) => {
        const together = histogramOf([...some, ...others]);
        expect(mergeHistograms([histogramOf(others), histogramOf(some)])).toEqual(together);
        expect(countOf(together)).toBe(some.length + others.length);
      }),
    );
  });

  it('has a bucket for every time, however odd', () => {
    for (const value of [0, -1, 1e-9, 1e12]) {
      const bucket = bucketOf(value);
      expect(Number.isInteger(bucket)).toBe(true);
      expect(bucket).toBeGreaterThanOrEqual(0);
      expect(bucket).toBeLessThan(120);
    }
  });

  it('without values has no quantile', () => {
    expect(quantile({}, 0.95)).toBeUndefined();
  });
});
