import { CFB, read as readWorkbook, utils } from '@e965/xlsx';
import WordExtractor from 'word-extractor';
import { DocumentUnreadable } from '../../core/documents/ports.ts';
import { countText, shortNames } from '../documents/details.ts';
import type { Extraction, Extractor } from '../documents/extraction.ts';
import { PageCollector } from '../documents/page-collector.ts';
import { TableCollector } from '../documents/table-collector.ts';
import { TextSink } from '../documents/text-sink.ts';
import { readSlideText } from './legacy-slides.ts';
import { summaryOf } from './legacy-summary.ts';
import { unreadable } from './unreadable-pages.ts';

/** The streams of a document of Office before 2007, as the container's reader gives them. */
export type Streams = (name: string) => Buffer | undefined;

function openCompound(source: Buffer): Streams {
  const container = CFB.read(source, { type: 'buffer' });
  return (name) => {
    const content = CFB.find(container, name)?.content;
    return content && Buffer.from(content as Uint8Array);
  };
}

/** Else quotation marks and dashes become those of a typewriter. The package's types do not know it. */
const asWritten = { filterUnicode: false } as const;

type WordDocument = Record<
  'getBody' | 'getFootnotes' | 'getEndnotes' | 'getHeaders',
  (options?: typeof asWritten) => string
>;

/** Word 97 to 2003. */
export const extractLegacyWord: Extractor = async (source, { bounds }) => {
  const streams = openCompound(source);
  const main = streams('/WordDocument');
  if (!main || main.length < 12) throw new DocumentUnreadable('malformed', 'the document lacks its text');
  const fEncrypted = 0x0100;
  if ((main.readUInt16LE(10) & fEncrypted) !== 0) throw encrypted();
  const document = (await new WordExtractor().extract(source)) as unknown as WordDocument;
  const sink = new TextSink(bounds.maxTextBytes);
  const page = new PageCollector(sink);
  for (const line of document.getBody(asWritten).split('\n')) page.add(line);
  for (const part of ['getFootnotes', 'getEndnotes', 'getHeaders'] as const) {
    const text = document[part](asWritten);
    if (text.trim() !== '') sink.add(`${text}\n`);
  }
  return finished(streams, sink, page.sketch);
};

/** Excel 97 to 2003, and the versions before it. */
export const extractLegacyExcel: Extractor = async (source, { bounds }) => {
  const streams = openCompound(source);
  const workbook = openWorkbook(source);
  const sink = new TextSink(bounds.maxTextBytes);
  const table = new TableCollector(sink);
  const names = workbook.SheetNames;
  const failed: number[] = [];
  for (const [index, name] of names.slice(0, bounds.maxTextPages).entries()) {
    const sheet = workbook.Sheets[name];
    if (sink.isFull) break;
    if (!sheet) failed.push(index + 1);
    else for (const row of utils.sheet_to_json<string[]>(sheet, shownCells)) table.addRow(row);
    table.endSheet();
  }
  const { words: _, characters: __, ...details } = summaryOf(streams).details;
  return {
    pages: names.length,
    details: { ...details, sheets: shortNames(names), ...unreadable(failed, names.length) },
    text: sink.toString(),
    textTruncated: sink.isFull || names.length > bounds.maxTextPages,
    ...(table.sketch && { sketch: table.sketch }),
  };
};

/** Cells as Excel shows them, in rows as long as they are. */
const shownCells = { header: 1, raw: false, blankrows: false } as const;

function openWorkbook(source: Buffer) {
  try {
    return readWorkbook(source, { type: 'buffer', dense: true, cellHTML: false, cellFormula: false });
  } catch (error) {
    throw /password|encrypted/i.test(String(error)) ? encrypted() : error;
  }
}

/** PowerPoint 97 to 2003. */
export const extractLegacyPowerPoint: Extractor = async (source, { bounds }) => {
  const streams = openCompound(source);
  const user = streams('/Current User');
  const encryptedToken = 0xf3d1c4df;
  if (user && user.length >= 16 && user.readUInt32LE(12) === encryptedToken) throw encrypted();
  const main = streams('/PowerPoint Document');
  if (!main || !user) throw new DocumentUnreadable('malformed', 'the document lacks its slides');
  const sink = new TextSink(bounds.maxTextBytes);
  const slides = readSlideText(main, user, bounds.maxTextPages, sink);
  return { ...finished(streams, sink), pages: slides };
};

function finished(streams: Streams, sink: TextSink, sketch?: Extraction['sketch']): Extraction {
  const { details, pages } = summaryOf(streams);
  const text = sink.toString();
  return {
    ...(pages !== undefined && { pages }),
    details: { ...(!sink.isFull && countText(text)), ...details },
    text,
    textTruncated: sink.isFull,
    ...(sketch && { sketch }),
  };
}

const encrypted = () => new DocumentUnreadable('encrypted', 'the document opens with a password only');
