import { read, utils, write } from '@e965/xlsx';
import { describe, expect, it } from 'vitest';
import { extract, outcomeOf, words } from '../../support/extracting.ts';
import { officeTypesOf, openDocumentOf, xlsxOf } from '../../support/office-writer.ts';

const { xlsx, xls, ods } = officeTypesOf;

function workbook() {
  const book = utils.book_new();
  const day = (month: number, date: number) => new Date(Date.UTC(2026, month, date));
  const accounts = utils.aoa_to_sheet([
    ['Name', 'Amount', 'Since', 'Active'],
    ['Ünï & <Söhne>', 1234.5, day(0, 31), true],
    ['Zoë', 0.25, day(5, 1), false],
    [undefined, -3, undefined, undefined, 'far right'],
  ]);
  utils.book_append_sheet(book, accounts, 'Accounts');
  utils.book_append_sheet(book, utils.aoa_to_sheet([['日本語', 1e21], [1 / 3]]), 'Zweites & letztes');
  book.Props = { Title: 'Ledger', Author: 'Eve', Keywords: 'money' };
  return book;
}

describe('a workbook', () => {
  it.each([
    ['xlsx', xlsx, 'xlsx'],
    ['xls', xls, 'biff8'],
    ['ods', ods, 'ods'],
  ] as const)(
    'as %s has the cells that another reader shows, sheet by sheet',
    async (_, mimeType, bookType) => {
      const source = write(workbook(), { type: 'buffer', bookType, compression: true });
      const shown = read(source, { type: 'buffer' });
      const expected = shown.SheetNames.map((name) =>
        utils.sheet_to_csv(shown.Sheets[name] ?? {}, { FS: '\t', strip: true }),
      );

      const { text, pages, details, sketch } = await extract(source, mimeType);

      expect(words(text)).toBe(words(expected.join('\n')));
      expect(pages).toBe(2);
      expect(details.sheets).toEqual(['Accounts', 'Zweites & letztes']);
      expect(sketch).toMatchObject({ kind: 'table', hasHeader: true });
      if (mimeType !== ods) expect(details).toMatchObject({ title: 'Ledger', author: 'Eve' });
    },
  );

  it('shows numbers, dates and texts as Excel does', async () => {
    const cells = [
      '<c r="A1" s="1"><v>46053</v></c>',
      '<c r="B1" s="2"><v>0.256</v></c>',
      '<c r="D1" t="s"><v>0</v></c>',
      '<c r="E1" t="inlineStr"><is><t>in</t><r><t>line</t></r></is></c>',
      '<c r="F1" t="b"><v>1</v></c>',
      '<c r="G1" t="str"><f>A1&amp;"x"</f><v>result</v></c>',
      '<c r="H1" t="e"><v>#DIV/0!</v></c>',
      '<c r="I1" t="s"><v>99</v></c>',
    ].join('');
    const source = xlsxOf([{ name: 'S', data: `<row r="1">${cells}</row>` }], {
      strings: '<si><r><t>rich </t></r><r><t>text</t></r><rPh><t>phonetic</t></rPh></si>',
      styles:
        '<numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="10"/></cellXfs>',
    });

    const { text, sketch } = await extract(source, xlsx);

    expect(text).toBe('2026-01-31\t25.60%\trich text\tinline\tTRUE\tresult\t#DIV/0!\n\n');
    expect(sketch).toMatchObject({
      rows: [['2026-01-31', '25.60%', '', 'rich text', 'inline', 'TRUE', 'result', '#DIV/0!', '']],
    });
  });

  it('loses a broken sheet and no other', async () => {
    const good = { name: 'good', data: '<row><c><v>1</v></c><c><v>2</v></c></row>' };
    const bad = { name: 'bad', raw: '<worksheet><sheetData><row>' };

    const { text, pages, details } = await extract(xlsxOf([bad, good]), xlsx);

    expect(words(text)).toBe('1 2');
    expect(pages).toBe(2);
    expect(details).toMatchObject({ sheets: ['bad', 'good'], unreadablePages: [1] });
    expect(await outcomeOf(extract(xlsxOf([bad]), xlsx))).toBe('malformed');
  });

  it('writes out cells that an OpenDocument repeats, and not the empty ones that fill it', async () => {
    const cell = (text: string, more = '') =>
      `<table:table-cell ${more}><text:p>${text}</text:p></table:table-cell>`;
    const filler =
      '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>';
    const rows = `<table:table-row>${cell('a', 'table:number-columns-repeated="3"')}<table:table-cell/>${cell('b')}</table:table-row><table:table-row table:number-rows-repeated="2">${cell('c')}</table:table-row>${filler}`;
    const source = openDocumentOf(
      'ods',
      `<office:spreadsheet><table:table table:name="T">${rows}</table:table></office:spreadsheet>`,
    );

    const { text, sketch } = await extract(source, ods);

    expect(text).toBe('a\ta\ta\tb\nc\nc\n\n');
    expect(sketch).toMatchObject({ rows: [['a', 'a', 'a', '', 'b'], ['c'], ['c']] });
  });
});
