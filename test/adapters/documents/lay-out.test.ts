import { describe, expect, it } from 'vitest';
import { drawable, isRightToLeft, shortened, wrap } from '../../../lambdas/adapters/documents/lay-out.ts';

const fixed = { size: 10, bold: false, fixed: true };
/** Twenty letters of this size. */
const width = 20 * 6.02;

describe('the lines of a drawn page', () => {
  it('break between words, and within a word that is longer than a line', () => {
    const lines = [...wrap(`one two three four five\n\n${'x'.repeat(45)} end`, width, fixed)];

    expect(lines).toEqual(['one two three four', 'five', '', 'x'.repeat(20), 'x'.repeat(20), 'xxxxx end']);
  });

  it('keep what stands before their first word, and lose no letter', () => {
    const text = '\tindented and long enough to break more than once, 😀😀😀';

    expect([...wrap('\ta', width, fixed)]).toEqual(['    a']);
    expect([...wrap(text, width, fixed)].join(' ').replaceAll(/\s+/g, ' ').trim()).toBe(text.trim());
  });

  it('of a cell are one, with an ellipsis where it is too long', () => {
    expect(shortened(' a\n b ', width, fixed)).toBe('a b');
    expect(shortened('x'.repeat(30), width, fixed)).toMatch(/^x{18,19}…$/);
  });
});

it('draws what our fonts have, a foreign name included', () => {
  expect(drawable('Grüße, Ωμέγα, Привет, שלום, سلام, ✓ 1 €')).toBe(true);
  expect(drawable(`${'a long text in Latin letters '.repeat(10)}世界`)).toBe(true);
  expect(drawable('世界')).toBe(false);
  expect(drawable('हिन्दी')).toBe(false);
  expect(drawable('123')).toBe(true);
});

it('goes by the first letter that has a direction', () => {
  expect(isRightToLeft('123 שלום abc')).toBe(true);
  expect(isRightToLeft('abc שלום')).toBe(false);
});
