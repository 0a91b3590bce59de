import type { SketchBlock } from '../documents/extraction.ts';
import type { PageCollector } from '../documents/page-collector.ts';
import type { TableCollector } from '../documents/table-collector.ts';
import type { TextSink } from '../documents/text-sink.ts';
import { attribute, readXml, type XmlHandler, type XmlTag } from './xml.ts';

type Chunks = AsyncIterable<Uint8Array>;

/** The way a text was, what readers wrote beside it, and what is no text of its author's. */
const skipped = new Set([
  'tracked-changes',
  'annotation',
  'note-citation',
  'forms',
  'settings',
  'automatic-styles',
]);
/** Repetitions that are written out: what is repeated more often fills space. */
const maxRepeats = 1_000;

/** The paragraphs of a text, one after the other; cells of a table as paragraphs of their own. */
export const readOpenText = (chunks: Chunks, page: PageCollector, sink: TextSink): Promise<void> =>
  readXml(
    chunks,
    paragraphs(
      (text, style) => page.add(text, style),
      () => sink.isFull,
    ),
  );

/** The pages of a presentation with their notes. @returns how many there are */
export async function readOpenPages(chunks: Chunks, sink: TextSink, maxPages: number): Promise<number> {
  let pages = 0;
  const inner = paragraphs((text) => {
    if (pages <= maxPages) sink.add(`${text}\n`);
  });
  await readXml(chunks, {
    ...inner,
    open: (tag) => {
      if (tag.local === 'page' && tag.prefix === 'draw') pages += 1;
      inner.open?.(tag);
    },
  });
  return pages;
}

/** The cells of all sheets, as the program that wrote them showed them. @returns the sheets' names */
export async function readOpenSheets(
  chunks: Chunks,
  table: TableCollector,
  sink: TextSink,
  maxSheets: number,
): Promise<readonly string[]> {
  const names: string[] = [];
  let row: string[] = [];
  let column = 0;
  let cell = '';
  let repeats = { cell: 1, row: 1 };
  const inner = paragraphs((text) => {
    cell += `${cell && ' '}${text}`;
  });
  await readXml(chunks, {
    ...inner,
    open: (tag) => {
      inner.open?.(tag);
      if (tag.prefix !== 'table') return;
      if (tag.local === 'table') names.push(attribute(tag, 'table:name') ?? '');
      else if (tag.local === 'table-row') {
        repeats = { ...repeats, row: repeated(tag, 'table:number-rows-repeated') };
        row = [];
        column = 0;
      } else if (isCell(tag)) {
        repeats = { ...repeats, cell: repeated(tag, 'table:number-columns-repeated') };
        cell = '';
      }
    },
    close: (tag) => {
      inner.close?.(tag);
      if (tag.prefix !== 'table' || names.length > maxSheets) return;
      if (isCell(tag)) {
        const times = Math.min(repeats.cell, maxRepeats);
        if (cell !== '') for (let at = 0; at < times; at += 1) row[column + at] = cell;
        column += times;
      } else if (tag.local === 'table-row') {
        const times = Math.min(repeats.row, maxRepeats);
        for (let at = 0; at < times && row.length > 0 && !sink.isFull; at += 1) table.addRow(row);
      } else if (tag.local === 'table') table.endSheet();
    },
  });
  return names;
}

const isCell = ({ local }: XmlTag): boolean => local === 'table-cell' || local === 'covered-table-cell';

const repeated = (tag: XmlTag, name: string): number => Math.max(1, Number(attribute(tag, name)) || 1);

/** White space that is written as it is counts as one space, and none where a paragraph begins. */
function paragraphs(
  take: (text: string, style: SketchBlock['style']) => void,
  isDone: () => boolean = () => false,
): XmlHandler {
  // A text frame is a paragraph within a paragraph.
  const open: string[] = [];
  const add = (text: string): void => {
    const at = open.length - 1;
    if (at >= 0) open[at] += text;
  };
  return {
    skips: ({ local }) => skipped.has(local),
    open: (tag) => {
      if (isParagraph(tag)) open.push('');
      else if (tag.prefix === 'text' && tag.local === 's')
        add(' '.repeat(Math.min(repeated(tag, 'text:c'), 100)));
      else if (tag.prefix === 'text' && tag.local === 'tab') add('\t');
      else if (tag.prefix === 'text' && tag.local === 'line-break') add('\n');
    },
    text: (characters) => {
      const isStart = /(?:^|\s)$/.test(open.at(-1) ?? '');
      const text = characters.replaceAll(/\s+/g, ' ');
      add(isStart ? text.trimStart() : text);
    },
    close: (tag) => {
      if (!isParagraph(tag)) return;
      const text = open.pop();
      if (text !== undefined) take(text, styleOf(tag));
    },
    isDone,
  };
}

const isParagraph = ({ prefix, local }: XmlTag): boolean =>
  prefix === 'text' && (local === 'p' || local === 'h');

function styleOf(tag: XmlTag): SketchBlock['style'] {
  if (/^title$/i.test(attribute(tag, 'text:style-name') ?? '')) return 'title';
  return tag.local === 'h' ? 'heading' : 'body';
}
