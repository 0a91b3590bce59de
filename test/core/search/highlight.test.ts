import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fragment, highlightRecord, highlightText } from '../../../lambdas/core/search/highlight.ts';

const record = (filename: string) => ({ filename, tags: [], metadata: {} });
const marked = (fragments: readonly Fragment[] | undefined): string =>
  (fragments ?? []).map(({ text, match }) => (match ? `[${text}]` : text)).join('');
const name = (words: readonly string[], filename: string): string =>
  marked(highlightRecord(words, record(filename)).highlights[0]?.fragments);

describe('highlights', () => {
  it.each([
    [['report'], 'Annual_Report.pdf', 'Annual_[Report].pdf'],
    [['rep'], 'Annual_Report.pdf', 'Annual_[Rep]ort.pdf'],
    [['reprot'], 'Annual_Report.pdf', 'Annual_[Report].pdf'],
    [['phoenix', 'budget'], 'ProjectPhoenixBudget.xlsx', 'Project[Phoenix][Budget].xlsx'],
    [['zurich'], 'Café ZÜRICH.txt', 'Café [ZÜRICH].txt'],
    [['img2024', 'img', '2024'], 'IMG2024.jpg', '[IMG2024].jpg'],
    [['strasse'], 'Straße 1.txt', '[Straße] 1.txt'],
    [['東京'], '東京電力.pdf', '[東京]電力.pdf'],
  ])('mark %j in %s', (words, filename, expected) => {
    expect(name(words, filename)).toBe(expected);
  });

  it('say which words of the question they do not explain', () => {
    expect(highlightRecord(['annual', 'turbine'], record('annual.pdf')).missing).toEqual(['turbine']);
  });

  it('leave markup what it is: text', () => {
    expect(highlightRecord(['b'], record('<b>.txt')).highlights[0]?.fragments).toEqual([
      { text: '<', match: false },
      { text: 'b', match: true },
      { text: '>.txt', match: false },
    ]);
  });

  it('show the passages of a text that have the most of the words, whole words at their ends', () => {
    const filler = 'lorem ipsum dolor sit amet '.repeat(20);
    const text = `${filler}a turbine alone ${filler}the turbine has bearings of steel ${filler}`;

    const passages = highlightText(['turbine', 'bearings'], text).map(({ fragments }) => marked(fragments));

    expect(passages).toHaveLength(2);
    expect(passages[1]).toContain('the [turbine] has [bearings] of steel');
    expect(passages[1]).toMatch(/^\w+ .* \w+$/);
    for (const passage of passages) expect(passage.length).toBeLessThan(180);
  });

  it('of a text that is one word throughout are found by looking at each word a few times, not at all of them', () => {
    const words = Array.from({ length: 10 }, (_, number) => `w${number}`);
    const text = 'w1 '.repeat(20_000);
    const startedAt = performance.now();

    expect(highlightText(words, text)).toHaveLength(2);

    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('are pieces of the text in order, whatever it is', () => {
    const word = fc.constantFrom('a', 'ab', 'é', 'ß', '東京', '.', ' ', '😀', 'IMG1');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('');
        for (const { fragments } of highlightText(['a', 'ab', 'e', 'ss', '東京'], text)) {
          expect(text).toContain(fragments.map((fragment) => fragment.text).join(''));
          expect(fragments.every((fragment) => fragment.text !== '')).toBe(true);
        }
      }),
    );
  });
});
