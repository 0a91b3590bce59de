import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pdfBombs } from '../../../../support/bombs/pdf.ts';
import { inspectBytes, inspectParts, lenient, strict } from '../../../../support/inspecting-pdf.ts';
import { catalog, objectStream, onePage, page, pages, pdf, stream } from '../../../../support/pdf-writer.ts';

describe('the structure of a PDF', () => {
  it.each(pdfBombs)('is judged within its budget: $name', async ({ bytes, expected }) => {
    const { verdict, reads } = await inspectParts([await bytes()], lenient);

    expect(verdict).toMatchObject(expected === 'stored' ? { verdict: 'sound' } : expected);
    expect(reads).toBeLessThan(16);
  });

  it('is sound for a plain document, in one read', async () => {
    expect(await inspectParts([onePage()], strict)).toMatchObject({
      verdict: { verdict: 'sound' },
      reads: 1,
    });
  });

  it.each([
    ['a wrong startxref', (text: string) => text.replace(/startxref\n\d+/, 'startxref\n7')],
    ['no cross-reference', (text: string) => text.replace(/xref\n0[\s\S]*trailer/, 'trailer')],
    ['no mark of its end', (text: string) => text.replace('%%EOF\n', '')],
    ['no trailer at all', (text: string) => text.slice(0, text.indexOf('xref\n'))],
    ['an object without its end', (text: string) => text.replace('endobj', '')],
    ['a dictionary without its end', (text: string) => text.replace('/Count 1>>', '/Count 1')],
    ['a mail header before it', (text: string) => `Content-Type: application/pdf\r\n\r\n${text}`],
    ['a printer command before it', (text: string) => `\x1b%-12345X@PJL\n${text}`],
    ['spaces around it', (text: string) => `\n\n ${text}${'\0'.repeat(3000)}`],
  ])('is sound in spite of %s, and hides nothing', async (_, damage) => {
    const plain = onePage().toString('latin1');
    const active = onePage({ root: '/OpenAction<</S/JavaScript/JS(x)>>' }).toString('latin1');

    expect(await inspectBytes(Buffer.from(damage(plain), 'latin1'), strict)).toEqual({ verdict: 'sound' });
    expect(await inspectBytes(Buffer.from(damage(active), 'latin1'), strict)).toMatchObject({
      reason: 'active_content',
    });
  });

  it.each([
    ['without a header', Buffer.from(onePage().toString('latin1').replace('%PDF-', '%XYZ-'), 'latin1')],
    ['with the header beyond the first 1,024 bytes', onePage({ before: ' '.repeat(1024) })],
    ['without an object', Buffer.from('%PDF-1.7\nnothing of the kind\n%%EOF')],
    ['without a catalog', Buffer.from('%PDF-1.7\n1 0 obj <</A 1>> endobj\n')],
    ['cut off before the catalog', pdf({ objects: [page(), pages, catalog()] }).subarray(0, 120)],
  ])('is malformed %s', async (_, bytes) => {
    expect(await inspectBytes(bytes)).toMatchObject({ verdict: 'refused', reason: 'malformed' });
  });

  it.each([
    ['a list of names', '/Names<</EmbeddedFiles<</Names[(a) 5 0 R]>>>>'],
    ['a specification of a file', '/AF[<</Type/Filespec/F(a.exe)/EF<</F 6 0 R>>>>]'],
    ['an annotation', '/Annots[<</Subtype/FileAttachment/FS 6 0 R>>]'],
    ['media', '/Annots[<</Subtype/RichMedia>>]'],
  ])('records embedded files: %s', async (_, root) => {
    expect(await inspectBytes(onePage({ root }), strict)).toEqual({
      verdict: 'sound',
      findings: ['embedded_files'],
    });
  });

  it('records encryption, and refuses it where the tenant wants none', async () => {
    const byTrailer = onePage({ trailer: '/Encrypt<</Filter/Standard/V 4>>' });
    const byStream = onePage({ extra: [stream('/Type/XRef/Size 1/W[1 1 1]/Root 1 0 R/Encrypt 7 0 R', '')] });
    const byOlderRevision = Buffer.concat([byTrailer, Buffer.from('trailer <</Root 1 0 R>>\n%%EOF')]);
    for (const bytes of [byTrailer, byStream, byOlderRevision]) {
      expect(await inspectBytes(bytes, lenient)).toEqual({ verdict: 'sound', findings: ['encrypted'] });
      expect(await inspectBytes(bytes, strict)).toMatchObject({ reason: 'encrypted_content' });
    }
    expect(await inspectBytes(onePage({ trailer: '/Encrypt null' }), strict)).toEqual({ verdict: 'sound' });
  });

  it('is sound with objects in streams, whatever filters packed them', async () => {
    const objects = [
      [9, '<</A 1>>'],
      [10, '[1 2 3]'],
    ] as const;
    const predicted = onePage({
      extra: [
        objectStream(objects, {
          entries: '/DecodeParms<</Predictor 1>>',
          filter: '[/FlateDecode]',
        }),
      ],
    });

    expect(await inspectBytes(predicted, strict)).toEqual({ verdict: 'sound' });
  });
});

describe('any PDF', () => {
  const seeds = [
    onePage({ root: '/OpenAction<</S/JavaScript/JS(x)>>' }),
    onePage({ extra: [objectStream([[9, '<</S/JavaScript/JS(x)>>']])], trailer: '/Encrypt 7 0 R' }),
    onePage({
      extra: [stream('/Type/XRef/Size 2/W[1 2 1]/Index[0 2]/Root 1 0 R', '\x01\0\x09\0\x01\0\x20\0')],
    }),
  ];
  const mutation = fc.record({
    at: fc.nat(700),
    remove: fc.nat(8),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc
        .constantFrom(
          '<<',
          '>>',
          '[',
          ']',
          '(',
          ')',
          '<',
          '%',
          'obj',
          'stream',
          'endstream',
          'trailer',
          '/Kids',
          ' 99999999999',
        )
        .map((text) => Buffer.from(text)),
    ),
  });

  it('gets a verdict without an error and within the budget, whatever is done to its bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seeds),
        fc.array(mutation, { minLength: 1, maxLength: 12 }),
        async (seed, mutations) => {
          const bytes = mutations.reduce(
            (before, { at, remove, insert }) =>
              Buffer.concat([before.subarray(0, at), insert, before.subarray(at + remove)]),
            seed,
          );
          const { verdict, reads } = await inspectParts([bytes], strict);

          expect(['sound', 'refused', 'unscannable']).toContain(verdict.verdict);
          expect(reads).toBe(1);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
