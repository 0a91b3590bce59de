import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowedTypos, typosBetween } from '../../../lambdas/core/search/typo.ts';

describe('a misspelt word', () => {
  it.each([
    ['report', 'report', 0],
    ['report', 'reprot', 1],
    ['report', 'repor', 1],
    ['report', 'reeport', 1],
    ['report', 'rapport', 2],
    ['report', 'airport', 3],
    ['report', 'invoice', undefined],
  ])('%s and %s are %s mistakes apart', (one, other, typos) => {
    expect(typosBetween(one, other, 3)).toBe(typos);
  });

  it.each([
    ['cat', 0],
    ['form', 1],
    ['reports', 1],
    ['contract', 2],
    ['20240131', 0],
  ])('of %s may have %s mistakes', (word, typos) => {
    expect(allowedTypos(word)).toBe(typos);
  });

  it('is as far from the right one as the right one is from it, and never farther than asked for', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 3 }), (one, other, max) => {
        const distance = typosBetween(one, other, max);
        expect(distance).toBe(typosBetween(other, one, max));
        const exact = typosBetween(one, other, 99) as number;
        expect(distance).toBe(exact <= max ? exact : undefined);
      }),
    );
  });
});
