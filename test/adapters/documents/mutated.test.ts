import { utils, write } from '@e965/xlsx';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExtractedType } from '../../../lambdas/adapters/documents/extracted-types.ts';
import { extract, outcomeOf } from '../../support/extracting.ts';
import { docOf, pptOf } from '../../support/legacy-writer.ts';
import { docxOf, officeTypesOf, openDocumentOf, pptxOf, xlsxOf } from '../../support/office-writer.ts';

vi.setConfig({ testTimeout: 60_000 });

const book = utils.book_new();
utils.book_append_sheet(
  book,
  utils.aoa_to_sheet([
    ['a', 1],
    ['b', 2.5],
  ]),
);
const facts = { title: 't', author: 'a', created: new Date(0) };

const sources: readonly (readonly [mimeType: ExtractedType, source: Buffer])[] = [
  [
    officeTypesOf.docx,
    docxOf('<w:p><w:r><w:t>one</w:t><w:tab/></w:r></w:p>'.repeat(9), { core: '<dc:title>t</dc:title>' }),
  ],
  [
    officeTypesOf.xlsx,
    xlsxOf([{ name: 'S', data: '<row><c t="s"><v>0</v></c></row>'.repeat(9) }], {
      strings: '<si><t>x</t></si>',
    }),
  ],
  [officeTypesOf.pptx, pptxOf([{ paragraphs: ['one', 'two'], notes: 'n' }])],
  [
    officeTypesOf.odt,
    openDocumentOf('odt', '<office:text><text:p>one<text:s text:c="2"/></text:p></office:text>'),
  ],
  [
    officeTypesOf.ods,
    openDocumentOf(
      'ods',
      '<table:table><table:table-row><table:table-cell table:number-columns-repeated="2"><text:p>1</text:p></table:table-cell></table:table-row></table:table>',
    ),
  ],
  [officeTypesOf.doc, docOf('one two three', facts)],
  [officeTypesOf.xls, write(book, { type: 'buffer', bookType: 'biff8' })],
  [officeTypesOf.ppt, pptOf(['one', 'two'], facts)],
  [
    officeTypesOf.rtf,
    Buffer.from(
      String.raw`{\rtf1\ansi{\fonttbl{\f0\fcharset128 A;}}{\info{\title x}}\f0 a\'82\'a0\u8364?{\footnote n}\par b\bin3 xyz}`,
    ),
  ],
  ['text/csv', Buffer.from('a;b\n"1;\n";2\n')],
  ['text/markdown', Buffer.from('# A\n\n- b\n\n| c | d |\n|---|---|\n| [e](f) | `g` |\n')],
  ['text/plain', Buffer.from('einfacher Text mit Ümläuten\n', 'latin1')],
];

/** Some bytes are others, some are gone, some are there twice. */
const mutated = (source: Buffer): fc.Arbitrary<Buffer> =>
  fc
    .array(
      fc.record({
        at: fc.nat(source.length - 1),
        kind: fc.constantFrom('set', 'flip', 'cut', 'remove', 'repeat' as const),
        byte: fc.nat(255),
        length: fc.nat(64),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .map((changes) => {
      let bytes = Buffer.from(source);
      for (const { at, kind, byte, length } of changes) {
        if (kind === 'cut') bytes = length === 0 ? bytes.subarray(0, at) : bytes;
        else if (kind === 'remove')
          bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        else if (kind === 'repeat')
          bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
        else if (at < bytes.length) bytes[at] = kind === 'set' ? byte : (bytes[at] ?? 0) ^ (1 << (byte & 7));
      }
      return bytes;
    });

describe('a document that was damaged', () => {
  // SheetJS tells of records that it does not know.
  beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => undefined));

  it.each(sources)(
    'is read or refused, and its text stays within its bound (%s)',
    async (mimeType, source) => {
      expect(await outcomeOf(extract(source, mimeType))).toBe('read');

      await fc.assert(
        fc.asyncProperty(mutated(source), async (bytes) => {
          const reading = extract(bytes, mimeType, { maxTextBytes: 1_000 });
          expect(['read', 'malformed', 'encrypted', 'too_complex', 'unsupported']).toContain(
            await outcomeOf(reading),
          );
          const { text } = await reading.catch(() => ({ text: '' }));
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_000);
        }),
        { numRuns: 170 },
      );
    },
  );
});
