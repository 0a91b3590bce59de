import { DocumentUnreadable } from '../../core/documents/ports.ts';
import type { TableCollector } from '../documents/table-collector.ts';
import { type CellFormat, formatNumber } from './excel-formats.ts';
import { attribute, readXml } from './xml.ts';
import type { ZipPackage } from './zip-package.ts';

export interface SheetContext {
  readonly strings: readonly string[];
  readonly formats: readonly CellFormat[];
  readonly date1904: boolean;
}

/** UTF-16 units of all shared strings together; Excel itself takes minutes to open more. */
const maxSharedCharacters = 64 * 1024 * 1024;
/** Excel's own: no sheet is wider. */
const maxColumns = 16_384;

/** The strings that cells name by their number. */
export async function readSharedStrings(parts: ZipPackage, part: string): Promise<readonly string[]> {
  const strings: string[] = [];
  let characters = 0;
  let text = '';
  let isText = false;
  await readXml(parts.read(part), {
    skips: ({ local }) => local === 'rPh',
    open: ({ local }) => {
      isText = local === 't';
      if (local === 'si') text = '';
    },
    text: (part) => {
      if (isText) text += part;
    },
    close: ({ local }) => {
      isText = false;
      if (local !== 'si') return;
      characters += text.length;
      if (characters > maxSharedCharacters) {
        throw new DocumentUnreadable('too_complex', `more than ${maxSharedCharacters} characters of strings`);
      }
      strings.push(text);
    },
  });
  return strings;
}

/** The cells of a sheet, as Excel shows them, row by row. */
export async function readSheet(
  chunks: AsyncIterable<Uint8Array>,
  context: SheetContext,
  table: TableCollector,
  isDone: () => boolean,
): Promise<void> {
  let row: string[] = [];
  let cell = { column: -1, type: '', style: 0 };
  let value = '';
  let takes = false;
  await readXml(chunks, {
    // Only these lie between the sheet's element and its cells.
    skips: ({ local }) => local === 'f' || local === 'rPh' || local === 'extLst',
    open: (tag) => {
      if (tag.local === 'row') row = [];
      else if (tag.local === 'c') {
        const column = columnOf(attribute(tag, 'r')) ?? cell.column + 1;
        cell = { column, type: attribute(tag, 't') ?? 'n', style: Number(attribute(tag, 's') ?? 0) };
        value = '';
      }
      takes = tag.local === 'v' || tag.local === 't';
    },
    text: (part) => {
      if (takes) value += part;
    },
    close: ({ local }) => {
      takes = false;
      if (local === 'c' && value !== '' && cell.column < maxColumns)
        row[cell.column] = shown(value, cell, context);
      if (local === 'row') {
        table.addRow(row);
        cell = { ...cell, column: -1 };
      }
    },
    isDone,
  });
}

function shown(
  value: string,
  { type, style }: { type: string; style: number },
  context: SheetContext,
): string {
  switch (type) {
    case 's':
      return context.strings[Number(value)] ?? '';
    case 'b':
      return value === '1' ? 'TRUE' : 'FALSE';
    case 'n':
      return formatNumber(value, context.formats[style], context.date1904);
    default:
      return value;
  }
}

/** `AB12` is the 28th column, counted from 0. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0];
  if (!letters) return undefined;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}
