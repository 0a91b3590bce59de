import { shortNames } from '../documents/details.ts';
import type { Extractor } from '../documents/extraction.ts';
import { TableCollector } from '../documents/table-collector.ts';
import { TextSink } from '../documents/text-sink.ts';
import { readCellFormats } from './excel-formats.ts';
import { readSharedStrings, readSheet, type SheetContext } from './excel-sheet.ts';
import { mainPartOf, openPackage, packageFacts, relationshipsOf } from './open-xml.ts';
import { unreadable } from './unreadable-pages.ts';
import { anyAttribute, attribute, readXml } from './xml.ts';
import type { ZipPackage } from './zip-package.ts';

export const extractExcel: Extractor = async (source, { bounds }) => {
  const parts = await openPackage(source);
  const main = await mainPartOf(parts);
  const { sheets, date1904 } = await readWorkbook(parts, main);
  const related = await relationshipsOf(parts, main);
  const partOf = (kind: string) => related.find(({ type }) => type === kind)?.target ?? '';
  const context: SheetContext = {
    strings: await readSharedStrings(parts, partOf('sharedStrings')),
    // Without its formats a number is still a number.
    formats: await readCellFormats(parts, partOf('styles')).catch(() => []),
    date1904,
  };
  const sink = new TextSink(bounds.maxTextBytes);
  const table = new TableCollector(sink);
  const failed: number[] = [];
  for (const [index, { id }] of sheets.slice(0, bounds.maxTextPages).entries()) {
    if (sink.isFull) break;
    const sheet = related.find((each) => each.id === id);
    try {
      if (!sheet || !parts.has(sheet.target)) throw new Error('the sheet is missing');
      await readSheet(parts.read(sheet.target), context, table, () => sink.isFull);
    } catch {
      failed.push(index + 1);
    }
    table.endSheet();
  }
  const { details, picture } = await packageFacts(parts);
  return {
    pages: sheets.length,
    details: {
      ...details,
      sheets: shortNames(sheets.map(({ name }) => name)),
      ...unreadable(failed, sheets.length),
    },
    text: sink.toString(),
    textTruncated: sink.isFull || sheets.length > bounds.maxTextPages,
    ...(table.sketch && { sketch: table.sketch }),
    ...(picture && { picture }),
  };
};

interface Workbook {
  readonly sheets: readonly { readonly name: string; readonly id: string }[];
  /** Days count from 1904, as in Excel for the old Mac. */
  readonly date1904: boolean;
}

async function readWorkbook(parts: ZipPackage, main: string): Promise<Workbook> {
  const sheets: { name: string; id: string }[] = [];
  let date1904 = false;
  await readXml(parts.read(main), {
    open: (tag) => {
      if (tag.local === 'workbookPr') date1904 = /^(?:1|true)$/.test(attribute(tag, 'date1904') ?? '');
      // The attribute `r:id` in whatever prefix; `sheetId` is another.
      if (tag.local === 'sheet') {
        sheets.push({ name: attribute(tag, 'name') ?? '', id: anyAttribute(tag, 'id') ?? '' });
      }
    },
  });
  return { sheets, date1904 };
}
