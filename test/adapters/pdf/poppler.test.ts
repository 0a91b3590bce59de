import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createPdfReader } from '../../../lambdas/adapters/pdf/pdf-reader.ts';
import type { DocumentContent } from '../../../lambdas/core/documents/ports.ts';
import { type PdfPage, pagesPdf } from '../../support/pdf-pages.ts';
import { type Poppler, poppler } from '../../support/poppler.ts';
import { published } from '../../support/published.ts';

vi.setConfig({ testTimeout: 60_000 });

const previewSide = 1000;
interface Sample {
  readonly name: string;
  readonly bytes: () => Promise<Buffer>;
  /** Part of the words that both have, where lines and formulas are put together in two ways. */
  readonly sameWords: number;
}

const carried = (path: string, sameWords: number): Sample => ({
  name: path,
  bytes: () => readFile(published(path)),
  sameWords,
});
const own = (name: string, pages: readonly PdfPage[]): Sample => ({
  name,
  bytes: async () => pagesPdf(pages),
  sameWords: 1,
});
const lines = Array.from({ length: 40 }, (_, line) => ({
  text: `Line ${line + 1} of (some) text, \\${line * 37}`,
}));
const shapes = {
  content:
    '1 0 0 rg 50 600 200 150 re f 0 0.5 0 RG 20 w 300 100 m 550 700 l S 0 0 1 rg 100 200 m 300 200 l 200 400 l h f 0.5 g 0 0 595 40 re f',
};

const samples: readonly Sample[] = [
  // Known in the tests of pdf.js as tracemonkey.pdf.
  carried('pdf-parse/test/data/01-valid.pdf', 0.99),
  carried('pdf-parse/test/data/02-valid.pdf', 0.97),
  carried('pdf-parse/test/data/04-valid.pdf', 0.99),
  carried('pdf-parse/test/data/05-versions-space.pdf', 1),
  // Forms.
  carried('pdf2json/test/data/f1040.pdf', 0.99),
  carried('pdf2json/test/data/f1040ezt.pdf', 0.99),
  own('lines.pdf', [{ text: lines.slice(0, 30).map(({ text }) => text) }, {}, { text: ['The end'] }]),
  own('turned.pdf', [
    { ...shapes, entries: '/Rotate 90' },
    { ...shapes, entries: '/Rotate 180' },
  ]),
  own('cropped.pdf', [{ ...shapes, entries: '/CropBox[40 90 500 700]' }]),
  own('shapes.pdf', [shapes, { ...shapes, width: 200, height: 900 }]),
];

/** Ligatures and accents in one form, spaces and lines of no matter. */
const normal = (text: string) => text.normalize('NFKC').replaceAll(/\s+/g, ' ').trim();
const letters = (text: string) => normal(text).replaceAll(/[\s-]/g, '');

describe.each(samples)('what is read of $name', ({ name, bytes, sameWords }) => {
  let directory: string;
  let content: DocumentContent;
  let reference: Poppler;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'poppler-'));
    const source = await bytes();
    reference = await poppler(source, directory, basename(name));
    content = await createPdfReader().read(source, {
      mimeType: 'application/pdf',
      bounds: {
        ...{ maxTextPages: 100, maxTextBytes: 1_000_000, previewPages: 5, deadlineMs: 30_000 },
        previewSide,
      },
    });
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('has as many pages as pdfinfo counts', async () => {
    expect(content.pages).toBe(await reference.pages());
  });

  it('has the text that pdftotext has', async () => {
    const read = content.text ?? '';
    const [reading, written] = await Promise.all([reference.text('reading'), reference.text('written')]);

    if (sameWords === 1) expect([normal(reading), normal(written)]).toContain(normal(read));
    // Signs of formulas are the only ones of which either has more than the other.
    expect(overlap([...letters(read)], [...letters(reading)])).toBeGreaterThan(0.995);
    expect(overlap(normal(read).split(' '), normal(reading).split(' '))).toBeGreaterThanOrEqual(sameWords);
  });

  it('looks as pdftoppm draws it', async () => {
    for (const { page, image } of content.previews.slice(0, 2)) {
      const difference = await meanDifference(Buffer.from(image), await reference.page(page, previewSide));
      expect(difference).toBeLessThan(maxMeanDifference);
    }
  });
});

/**
 * Of 255, over pictures of 240 x 240: the two draw edges and thin lines with other weights, and nothing at other places. Two
 * pages of one article differ by 17.
 */
const maxMeanDifference = 5;

async function meanDifference(one: Buffer, other: Buffer): Promise<number> {
  const [a, b] = (await Promise.all(
    [one, other].map((image) =>
      sharp(image).removeAlpha().toColourspace('srgb').resize(240, 240, { fit: 'fill' }).raw().toBuffer(),
    ),
  )) as [Buffer, Buffer];
  expect(a.length).toBe(b.length);
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] as number)), 0) / a.length;
}

/** Dice's coefficient of two bags: 1 where they hold the same. */
function overlap(one: readonly string[], other: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const item of one) counts.set(item, (counts.get(item) ?? 0) + 1);
  let shared = 0;
  for (const item of other) {
    const left = counts.get(item) ?? 0;
    if (left > 0) shared += 1;
    counts.set(item, left - 1);
  }
  return one.length + other.length === 0 ? 1 : (2 * shared) / (one.length + other.length);
}
