import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { extract, words } from '../../support/extracting.ts';

describe('plain text', () => {
  it('is its own text, and counts its lines and words', async () => {
    const { text, details } = await extract('one two\r\nthree <b>\r\n', 'text/plain');

    expect(text).toBe('one two\nthree <b>\n');
    expect(details).toEqual({
      encoding: 'utf-8',
      encodingConfidence: 100,
      lines: 2,
      words: 4,
      characters: 14,
    });
  });

  it('is kept as UTF-8 up to its bound, never half a character', async () => {
    const { text, textTruncated, details } = await extract('世'.repeat(1000), 'text/plain', {
      maxTextBytes: 100,
    });

    expect(text).toBe('世'.repeat(33));
    expect(textTruncated).toBe(true);
    expect(details).toEqual({ encoding: 'utf-8', encodingConfidence: 100, lines: 1 });
  });

  it('may be empty', async () => {
    const { text, details, sketch } = await extract('', 'application/json');

    expect(text).toBe('');
    expect(details).toMatchObject({ lines: 0, words: 0 });
    expect(sketch).toBeUndefined();
  });
});

describe('a table in text form', () => {
  it.each([
    [',', 'text/csv'],
    [';', 'text/csv'],
    ['\t', 'text/csv'],
    ['|', 'text/csv'],
    ['\t', 'text/tab-separated-values'],
  ] as const)('tells rows, columns, header and that %j separates them (%s)', async (delimiter, mimeType) => {
    const rows = [
      ['name', 'age', 'note'],
      ['Zoë', '31', '"a ""b"'],
      ['Bob', '4', ''],
    ];
    const source = rows.map((row) => row.join(delimiter)).join('\r\n');

    const { text, details, sketch } = await extract(source, mimeType);

    expect(text).toBe(source.replaceAll('\r\n', '\n'));
    expect(details).toMatchObject({ rows: 3, columns: 3, delimiter, header: ['name', 'age', 'note'] });
    expect(sketch).toMatchObject({ kind: 'table', hasHeader: true });
  });

  it('has no header where the first row is no list of names', async () => {
    const numbers = await extract('1,2\n3,4\n', 'text/csv');
    const twice = await extract('a,a\nb,c\n', 'text/csv');

    expect(numbers.details.header).toBeUndefined();
    expect(twice.details.header).toBeUndefined();
  });

  it('is read to its end, whatever its quotes do', async () => {
    const many = await extract(`x,y\n${'1,"2\n3"\n'.repeat(50_000)}`, 'text/csv');
    const torn = await extract('a,b\n"never closed,1\n2,3\n', 'text/csv');

    expect(many.details).toMatchObject({ rows: 50_001, columns: 2, lines: 100_001 });
    expect(torn.details.rows).toBeGreaterThan(0);
  });
});

describe('Markdown', () => {
  it('tells its title and headings, and has its text without the marks', async () => {
    const source = [
      '# Head *one*',
      'Text with `code` &amp; a [link](https://example.com "t") and ![alt](x.png).<br>Next <b>bold</b>',
      '- a\n- b **c**\n  1. nested',
      '## Two',
      '| h1 | h2 |\n|---|---|\n| c1 | c2 |',
      '```js\nlet x = 1 < 2;\n```',
      '> quoted',
      '<!-- hidden --><div>shown</div>',
    ].join('\n\n');

    const { text, details, sketch } = await extract(source, 'text/markdown');

    expect(words(text)).toBe(
      'Head one Text with code & a link and alt.Next bold a b c nested Two h1 h2 c1 c2 let x = 1 < 2; quoted shown',
    );
    expect(details).toMatchObject({ title: 'Head one', headings: 2, encoding: 'utf-8' });
    expect(sketch).toMatchObject({
      kind: 'page',
      blocks: [{ text: 'Head one', style: 'title' }, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}],
    });
  });

  it('takes its title from the front matter, which is no text', async () => {
    const { text, details } = await extract(
      '---\ntitle: "The *title*"\nx: 1\n---\n# Other\n',
      'text/markdown',
    );

    expect(text).toBe('Other\n');
    expect(details).toMatchObject({ title: 'The *title*', headings: 1 });
  });

  it('keeps every word of a file that was published', async () => {
    const source = await readFile(new URL('../../../docs/architecture.md', import.meta.url), 'utf8');

    const { text } = await extract(source, 'text/markdown');

    const lettersOf = (of: string) => new Set(of.match(/\p{L}{4,}/gu));
    const kept = lettersOf(text);
    const lost = [...lettersOf(source)].filter((word) => !kept.has(word));
    // The addresses of links are no text.
    expect(lost.length).toBeLessThan(5);
  });
});
