import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { createPdfReader, type PdfReaderLimits } from '../../../lambdas/adapters/pdf/pdf-reader.ts';
import { DocumentUnreadable, type ReadBounds } from '../../../lambdas/core/documents/ports.ts';
import { firstExtra, pagesPdf } from '../../support/pdf-pages.ts';
import { stream } from '../../support/pdf-writer.ts';

vi.setConfig({ testTimeout: 60_000 });

const bounds: ReadBounds = {
  maxTextPages: 100,
  maxTextBytes: 100_000,
  previewPages: 5,
  previewSide: 400,
  deadlineMs: 30_000,
};
const read = (source: Uint8Array, over: Partial<ReadBounds> = {}, limits?: Partial<PdfReaderLimits>) =>
  createPdfReader(limits).read(source, { mimeType: 'application/pdf', bounds: { ...bounds, ...over } });
const reasonFor = (source: Uint8Array, over?: Partial<ReadBounds>, limits?: Partial<PdfReaderLimits>) =>
  read(source, over, limits).then(
    () => 'read',
    (error: unknown) => (error instanceof DocumentUnreadable ? error.reason : error),
  );
const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ text: [`Page number ${index + 1}`] }));
const everything = -4;
/** All bits of ISO 32000-1, table 22, but that of printing are 0. */
const printOnly = -3900;

/** A million curves that overlap: drawing them takes longer than anybody waits. */
const slowPage = {
  entries: '',
  content: `0.1 w ${Array.from({ length: 500_000 }, (_, i) => `${i % 595} 0 m ${(7 * i) % 595} 842 ${(3 * i) % 595} 99 ${(11 * i) % 595} ${i % 842} c S`).join('\n')}`,
};

describe('a PDF', () => {
  it('tells its pages, its text in their order, and what it says about itself', async () => {
    const info =
      "/Title(The   title)/Author<FEFF00C9006D0069006C0065>/Subject(S)/Keywords(a, b)/Creator(Writer)/Producer(Made)/CreationDate(D:20260131120000+01'00')/ModDate(D:2026)";

    const content = await read(pagesPdf(numbered(7), { info }));

    expect(content).toMatchObject({ pages: 7, textTruncated: false, failedPages: [] });
    expect(content.text?.split(/\s*\n\s*/)).toEqual(numbered(7).flatMap(({ text }) => text));
    expect(content.details).toEqual({
      title: 'The title',
      author: 'Émile',
      subject: 'S',
      keywords: 'a, b',
      creator: 'Writer',
      producer: 'Made',
      createdAt: '2026-01-31T11:00:00Z',
      modifiedAt: '2026-01-01T00:00:00Z',
      formatVersion: '1.7',
    });
  });

  it('is drawn page by page within the given side, the first five of them', async () => {
    const pages = [{}, { width: 842, height: 595 }, { width: 20, height: 10 }, {}, {}, {}, {}];

    const { previews } = await read(pagesPdf(pages));

    const sizes = await Promise.all(previews.map(({ image }) => sharp(image).metadata()));
    expect(previews.map(({ page }) => page)).toEqual([1, 2, 3, 4, 5]);
    expect(sizes.map(({ width, height }) => `${width}x${height}`)).toEqual([
      '283x400',
      '400x283',
      // Not larger than at 300 dots an inch.
      '83x42',
      '283x400',
      '283x400',
    ]);
  });

  it('in a font that it does not bring is drawn legible', async () => {
    const { previews } = await read(pagesPdf([{ text: ['IIIIIIIIIIIIIIIIIIII'] }]), { previewSide: 842 });

    const { data, info } = await sharp(previews[0]?.image)
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const line = data.subarray(info.width * 67, info.width * 68);
    const strokes = line.filter((grey, index) => grey < 128 && (line[index - 1] ?? 255) >= 128);
    expect(strokes).toHaveLength(20);
  });

  it('shows a form as it is filled in', async () => {
    const appearance = stream('/Type/XObject/Subtype/Form/BBox[0 0 100 100]', '1 0 0 rg 0 0 100 100 re f');
    const field = firstExtra(1);
    const source = pagesPdf([{ width: 100, height: 100, entries: `/Annots[${field} 0 R]` }], {
      root: `/AcroForm<</Fields[${field} 0 R]>>`,
      extra: [
        `<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(red)/F 4/Rect[0 0 100 100]/AP<</N ${field + 1} 0 R>>>>`,
        appearance,
      ],
    });

    const { previews, security } = await read(source);

    const { dominant } = await sharp(previews[0]?.image).stats();
    expect(dominant.r).toBeGreaterThan(200);
    expect(dominant.g).toBeLessThan(50);
    expect(security).toMatchObject({ forms: true });
  });

  it('reports scripts, embedded files, signatures and fields', async () => {
    const first = firstExtra(1);
    const names = `/Names<</JavaScript<</Names[(s)${first} 0 R]>>/EmbeddedFiles<</Names[(f)${first + 1} 0 R]>>>>`;
    const source = pagesPdf([{}], {
      root: `${names}/AcroForm<</SigFlags 3/Fields[${first + 3} 0 R]>>`,
      extra: [
        '<</S/JavaScript/JS(app.alert\\(1\\))>>',
        `<</Type/Filespec/F(a.txt)/EF<</F ${first + 2} 0 R>>>>`,
        stream('/Type/EmbeddedFile', 'hello'),
        '<</FT/Sig/T(sig)/V<</Type/Sig/Filter/Adobe.PPKLite/Contents<00>>>>>',
      ],
    });

    const { security } = await read(source);

    expect(security).toEqual({
      encrypted: false,
      javascript: true,
      embeddedFiles: true,
      forms: true,
      signatures: 1,
    });
  });

  it('of scanned paper is told from one with pictures in it', async () => {
    const image = stream(
      '/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray',
      'x',
    );
    const resources = `/Resources<</XObject<</I ${firstExtra(2)} 0 R>>/Font<</F1 3 0 R>>>>`;
    const scan = { content: 'q 590 0 0 800 0 0 cm /I Do Q', entries: resources, text: ['recognised'] };
    const article = { content: 'q 300 0 0 300 0 0 cm /I Do Q', entries: resources, text: ['article'] };

    const { scanned } = await read(pagesPdf([scan, article], { extra: [image] }));

    expect(scanned).toEqual({ lookedAt: 2, pictures: 1 });
  });

  it('without a script or a form says so', async () => {
    const { security } = await read(pagesPdf([{}]));

    expect(security).toEqual({ encrypted: false, javascript: false, embeddedFiles: false, forms: false });
  });

  it('that opens with a password only is encrypted', async () => {
    const source = pagesPdf([{ text: ['secret'] }], {
      protect: { userPassword: 'open sesame', permissions: everything },
    });

    expect(await reasonFor(source)).toBe('encrypted');
  });

  it('that anybody opens but may not change tells what is allowed', async () => {
    const source = pagesPdf([{ text: ['Read me'] }], {
      protect: { userPassword: '', permissions: printOnly },
    });

    const { text, security } = await read(source);

    expect(text).toBe('Read me');
    expect(security).toMatchObject({ encrypted: true, permissions: ['print'] });
  });

  it('has the rest of its pages where one is broken', async () => {
    const source = pagesPdf([{ text: ['one'] }, { object: '(no page)' }, { text: ['three'] }]);

    const { pages, text, previews, failedPages } = await read(source);

    expect(pages).toBe(3);
    expect(previews.map(({ page }) => page)).toEqual([1, 3]);
    expect(failedPages).toEqual([{ page: 2, reason: 'malformed' }]);
    expect(text).toBe('one\n\nthree');
  });

  it('has the rest of its pages where one takes too long', async () => {
    const source = pagesPdf([{ text: ['one'] }, slowPage, { text: ['three'] }]);

    const { text, previews, failedPages } = await read(source, {}, { stallMs: 2500 });

    expect(previews.map(({ page }) => page)).toEqual([1, 3]);
    expect(failedPages).toEqual([{ page: 2, reason: 'too_complex' }]);
    expect(text).toContain('three');
  });

  it('is done at its deadline, with what was read until then', async () => {
    const source = pagesPdf([{ text: ['one'] }, slowPage, slowPage]);
    const startedAt = performance.now();

    const { previews, failedPages, textTruncated } = await read(
      source,
      { deadlineMs: 3500 },
      { stallMs: 3000 },
    );

    expect(performance.now() - startedAt).toBeLessThan(7000);
    expect(previews.map(({ page }) => page)).toEqual([1]);
    expect(failedPages.map(({ page }) => page)).toEqual([2, 3]);
    expect(textTruncated).toBe(true);
  });

  it('has the rest of its pages where one takes too much memory', async () => {
    const spaces = deflateSync(Buffer.alloc(100 * 1024 * 1024, ' '));
    const object = `<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents ${firstExtra(2)} 0 R>>`;
    const source = pagesPdf([{ object }, { text: ['two'] }], {
      extra: [stream('/Filter/FlateDecode', spaces)],
    });

    const { text, previews, failedPages } = await read(source, {}, { maxWasmPages: 1024 });

    expect(failedPages).toEqual([{ page: 1, reason: 'too_complex' }]);
    expect(previews.map(({ page }) => page)).toEqual([2]);
    expect(text).toBe('two');
  });

  it('is not to blame for a machine that does not get to reading it', async () => {
    expect(String(await reasonFor(pagesPdf([{}]), {}, { stallMs: 1 }))).toMatch(/killed before it began/);
  });

  it('gives text up to the bound of bytes, and whole characters', async () => {
    const source = pagesPdf([{ text: ['\u00e4'.repeat(40)] }, { text: ['more'] }]);

    const { text, textTruncated } = await read(source, { maxTextBytes: 25 });

    expect(text).toBe('\u00e4'.repeat(12));
    expect(textTruncated).toBe(true);
  });

  it('gives text up to the bound of pages', async () => {
    const { pages, text, textTruncated } = await read(pagesPdf(numbered(4)), { maxTextPages: 2 });

    expect({ pages, text, textTruncated }).toEqual({
      pages: 4,
      text: 'Page number 1\n\nPage number 2',
      textTruncated: true,
    });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['random bytes', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) & 0xff))],
    ['a header alone', Buffer.from('%PDF-1.7\n')],
    ['no page', pagesPdf([])],
  ])('of %s is malformed', async (_, source) => {
    expect(await reasonFor(source)).toBe('malformed');
  });
});
