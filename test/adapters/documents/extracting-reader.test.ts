import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import {
  createExtractingReader,
  type ExtractLimits,
} from '../../../lambdas/adapters/documents/extracting-reader.ts';
import type { ReadBounds } from '../../../lambdas/core/documents/ports.ts';
import { outcomeOf } from '../../support/extracting.ts';
import { docxOf, officePackage, officeTypesOf, xlsxOf } from '../../support/office-writer.ts';

vi.setConfig({ testTimeout: 60_000 });

const bounds: ReadBounds = {
  maxTextPages: 100,
  maxTextBytes: 1024 * 1024,
  previewPages: 5,
  previewSide: 600,
  deadlineMs: 30_000,
};
const read = (
  source: Uint8Array | string,
  mimeType: string,
  over: Partial<ReadBounds> = {},
  limits?: Partial<ExtractLimits>,
) =>
  createExtractingReader(limits).read(Buffer.from(source as Uint8Array), {
    mimeType,
    bounds: { ...bounds, ...over },
  });
const { docx, xlsx } = officeTypesOf;

/** Dark pixels of each part of a picture, when it is cut into so many rows and columns. */
async function inkOf(image: Uint8Array, rows: number, columns: number): Promise<readonly boolean[][]> {
  const { data, info } = await sharp(image).greyscale().raw().toBuffer({ resolveWithObject: true });
  const ink = Array.from({ length: rows }, () => Array.from({ length: columns }, () => false));
  for (let at = 0; at < data.length; at += 1) {
    const x = at % info.width;
    const row = ink[Math.floor((Math.floor(at / info.width) * rows) / info.height)];
    if (row && (data[at] ?? 255) < 128) row[Math.floor((x * columns) / info.width)] = true;
  }
  return ink;
}

describe('the preview of a document without a picture of its own', () => {
  it('is its beginning on a page: text at the top left, margins, paper below', async () => {
    const { previews, text } = await read('Hello <script>&amp;\n'.repeat(3), 'text/plain');

    expect(text).toContain('<script>&amp;');
    expect(previews).toMatchObject([{ page: 1, mimeType: 'image/png' }]);
    const image = previews[0]?.image ?? new Uint8Array();
    expect(await sharp(image).metadata()).toMatchObject({ width: 424, height: 600, format: 'png' });
    const ink = await inkOf(image, 10, 20);
    expect(ink[0]?.[2]).toBe(true);
    expect(ink.map((row) => row[0])).toEqual(ink.map(() => false));
    expect(ink.slice(2).flat()).not.toContain(true);
  });

  it('of a table has rows and columns', async () => {
    const { previews } = await read(`name,age\n${'Zoë,31\n'.repeat(100)}`, 'text/csv');

    const image = previews[0]?.image ?? new Uint8Array();
    expect(await sharp(image).metadata()).toMatchObject({ width: 600, height: 424 });
    const ink = await inkOf(image, 10, 10);
    expect(ink.slice(1, 9).map((row) => row[0])).toEqual(Array(8).fill(true));
    expect(ink.map((row) => row[9])).toEqual(Array(10).fill(false));
  });

  it('is left out where the fonts lack its script', async () => {
    const { previews, text } = await read('これは日本語の文章です。', 'text/plain');

    expect(text).toBe('これは日本語の文章です。');
    expect(previews).toEqual([]);
  });

  it('is the same each time, and none where none is wanted', async () => {
    const source = docxOf('<w:p><w:r><w:t>same</w:t></w:r></w:p>');

    const [first, second] = await Promise.all([read(source, docx), read(source, docx)]);
    const without = await read(source, docx, { previewPages: 0 });

    expect(first).toEqual(second);
    expect(without.previews).toEqual([]);
  });
});

describe('a hostile document', () => {
  const withEntities = officePackage('docx', 'word/document.xml', [
    {
      name: 'word/document.xml',
      content: `<!DOCTYPE d [<!ENTITY a "${'x'.repeat(1_000)}"><!ENTITY b "${'&a;'.repeat(1_000)}">]><d>&b;</d>`,
    },
  ]);
  const cells = (count: number) => `<row>${'<c t="s"><v>0</v></c>'.repeat(100)}</row>`.repeat(count / 100);

  it.each([
    ['declares entities', withEntities, docx, 'malformed'],
    ['nests without end', docxOf(`${'<w:tbl>'.repeat(5_000)}`), docx, 'too_complex'],
    ['is cut off', docxOf('<w:p/>').subarray(0, 300), docx, 'malformed'],
    ['is not what it is called', Buffer.from('%PDF-1.7'), docx, 'malformed'],
    ['is nothing', Buffer.alloc(0), officeTypesOf.xls, 'malformed'],
  ])('that %s is refused with a reason', async (_, source, mimeType, reason) => {
    expect(await outcomeOf(read(source, mimeType))).toBe(reason);
  });

  it('with a million cells is read within seconds, as far as its text is kept', async () => {
    const source = xlsxOf([{ name: 'S', data: cells(1_000_000) }], { strings: '<si><t>0123456789</t></si>' });

    const startedAt = performance.now();
    const { text, textTruncated } = await read(source, xlsx, { previewPages: 0 });

    expect(Buffer.byteLength(text ?? '')).toBe(bounds.maxTextBytes);
    expect(textTruncated).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it('that takes too much memory or time ends its own process, and no other', async () => {
    const strings = `<si><t>${'x'.repeat(100)}</t></si>`.repeat(200_000);
    const heavy = xlsxOf([{ name: 'S', data: cells(100) }], { strings });

    const small = { maxHeapMiB: 24 };
    expect(await outcomeOf(read(heavy, xlsx, {}, small))).toBe('too_complex');
    expect(await outcomeOf(read(heavy, xlsx, { deadlineMs: 50 }))).toBe('too_complex');
    expect(await outcomeOf(read(heavy, xlsx, { previewPages: 0 }))).toBe('read');
  });
});
