import { SSF } from '@e965/xlsx';
import { attribute, readXml } from './xml.ts';
import type { ZipPackage } from './zip-package.ts';

/** How a cell of a style shows its number: one of Excel's own formats by its number, or the workbook's own by its code. */
export type CellFormat = number | string;

/** Longer ones come from no program. */
const maxCodeCharacters = 255;

/** By the index that cells name. */
export async function readCellFormats(parts: ZipPackage, part: string): Promise<readonly CellFormat[]> {
  const codes = new Map<string, string>();
  const formats: CellFormat[] = [];
  let isCellFormat = false;
  await readXml(parts.read(part), {
    open: (tag) => {
      const id = attribute(tag, 'numFmtId') ?? '0';
      if (tag.local === 'numFmt')
        codes.set(id, (attribute(tag, 'formatCode') ?? '').slice(0, maxCodeCharacters));
      else if (tag.local === 'cellXfs') isCellFormat = true;
      else if (tag.local === 'xf' && isCellFormat) formats.push(codes.get(id) ?? Number(id));
    },
    close: ({ local }) => {
      if (local === 'cellXfs') isCellFormat = false;
    },
  });
  return formats;
}

/** A number as Excel shows it, dates above all; as it is kept where its format makes no sense. */
export function formatNumber(value: string, format: CellFormat | undefined, date1904: boolean): string {
  const number = Number(value);
  if (value.trim() === '' || Number.isNaN(number)) return value;
  try {
    return SSF.format(format ?? 0, number, { date1904 }).trim();
  } catch {
    return value;
  }
}
