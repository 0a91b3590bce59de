import { countText } from '../documents/details.ts';
import type { Extractor, SketchBlock } from '../documents/extraction.ts';
import { PageCollector } from '../documents/page-collector.ts';
import { TextSink } from '../documents/text-sink.ts';
import { mainPartOf, openPackage, packageFacts, relationshipsOf } from './open-xml.ts';
import { anyAttribute, readXml, type XmlHandler, type XmlTag } from './xml.ts';

/** Parts whose text belongs to the document, in the order in which they follow its body. */
const furtherParts = ['footnotes', 'endnotes', 'header', 'footer'];

export const extractWord: Extractor = async (source, { bounds }) => {
  const parts = await openPackage(source);
  const main = await mainPartOf(parts);
  const sink = new TextSink(bounds.maxTextBytes);
  const page = new PageCollector(sink);
  await readXml(
    parts.read(main),
    paragraphs((text, style) => page.add(text, style), sink),
  );
  const related = await relationshipsOf(parts, main);
  for (const kind of furtherParts) {
    for (const { target } of related.filter(({ type }) => type === kind)) {
      if (sink.isFull) break;
      // A broken note is no reason to lose the body.
      await readXml(
        parts.read(target),
        paragraphs((text) => sink.add(`${text}\n`), sink),
      ).catch(() => undefined);
    }
  }
  const { details, pages, picture } = await packageFacts(parts);
  const text = sink.toString();
  return {
    ...(pages !== undefined && { pages }),
    details: { ...(!sink.isFull && countText(text)), ...details },
    text,
    textTruncated: sink.isFull,
    ...(page.sketch && { sketch: page.sketch }),
    ...(picture && { picture }),
  };
};

/** What Word keeps of a text besides the text: the way it was, and the way older programs shall show it. */
const skipped = new Set(['del', 'moveFrom', 'Fallback', 'instrText', 'delText']);
const breaks = new Map(
  Object.entries({
    tab: '\t',
    br: '\n',
    cr: '\n',
    noBreakHyphen: '\u2011',
  }),
);

const isWord = ({ uri }: XmlTag): boolean => uri.includes('/wordprocessingml/');
const isMath = ({ uri }: XmlTag): boolean => uri.endsWith('/math');

/** The paragraphs of a part; those of one row of a table together, its cells separated by tabs. */
function paragraphs(take: (text: string, style: SketchBlock['style']) => void, sink: TextSink): XmlHandler {
  // A text box is a paragraph within a paragraph.
  const open: { text: string; style: SketchBlock['style'] }[] = [];
  const rows: string[][] = [];
  let isText = false;
  return {
    skips: (tag) => skipped.has(tag.local) && (isWord(tag) || tag.local === 'Fallback'),
    open: (tag) => {
      isText = tag.local === 't' && (isWord(tag) || isMath(tag));
      if (!isWord(tag)) return;
      const paragraph = open.at(-1);
      if (tag.local === 'p') open.push({ text: '', style: 'body' });
      else if (tag.local === 'tr') rows.push([]);
      else if (tag.local === 'tc') rows.at(-1)?.push('');
      else if (paragraph && tag.local === 'pStyle') paragraph.style = styleOf(anyAttribute(tag, 'val'));
      // Where the tabs of a paragraph stop has the same name as a tab.
      else if (tag.local === 'tab' && anyAttribute(tag, 'val') !== undefined) return;
      else if (paragraph) paragraph.text += breaks.get(tag.local) ?? '';
    },
    text: (characters) => {
      const paragraph = open.at(-1);
      if (isText && paragraph) paragraph.text += characters;
    },
    close: (tag) => {
      isText = false;
      if (!isWord(tag)) return;
      if (tag.local === 'p') {
        const paragraph = open.pop();
        const row = rows.at(-1);
        if (!paragraph) return;
        if (row && row.length > 0) row[row.length - 1] += `${row.at(-1) && ' '}${paragraph.text}`;
        else take(paragraph.text, paragraph.style);
      } else if (tag.local === 'tr') {
        const cells = rows.pop() ?? [];
        const outer = rows.at(-1);
        if (outer && outer.length > 0) outer[outer.length - 1] += ` ${cells.join(' ')}`;
        else take(cells.join('\t'), 'body');
      }
    },
    isDone: () => sink.isFull,
  };
}

/** By the names of Word's own styles, which stand in the file in English whatever the language of Word. */
function styleOf(name = ''): SketchBlock['style'] {
  if (/^title$/i.test(name)) return 'title';
  return /^heading/i.test(name) ? 'heading' : 'body';
}
