import { DocumentUnreadable } from '../../core/documents/ports.ts';
import type { Details } from '../../core/files/content-facts.ts';
import { countOf, countText, isoTime, oneLine, present, shortNames } from '../documents/details.ts';
import type { Extraction, Extractor } from '../documents/extraction.ts';
import { PageCollector } from '../documents/page-collector.ts';
import { TableCollector } from '../documents/table-collector.ts';
import { TextSink } from '../documents/text-sink.ts';
import { pictureOf } from './open-xml.ts';
import { readOpenPages, readOpenSheets, readOpenText } from './opendocument-content.ts';
import { attribute, readXml } from './xml.ts';
import { ZipPackage } from './zip-package.ts';

const thumbnail = 'Thumbnails/thumbnail.png';
const content = 'content.xml';

export const extractOpenDocument: Extractor = async (source, { mimeType, bounds }) => {
  const parts = await ZipPackage.open(source);
  if (await isEncrypted(parts))
    throw new DocumentUnreadable('encrypted', 'the document opens with a password only');
  if (!parts.has(content)) throw new DocumentUnreadable('malformed', 'the document lacks its content');
  const meta = await readMeta(parts).catch(() => ({ details: {}, pages: undefined }));
  const picture = await pictureOf(parts, thumbnail);
  const sink = new TextSink(bounds.maxTextBytes);
  const read = await readContent(parts, mimeType, sink, bounds.maxTextPages);
  const text = sink.toString();
  const textTruncated = sink.isFull || read.isCut;
  const pages = read.pages ?? meta.pages;
  const isTable = mimeType.endsWith('.spreadsheet');
  return {
    ...(pages !== undefined && { pages }),
    details: { ...(!textTruncated && !isTable && countText(text)), ...meta.details, ...read.details },
    text,
    textTruncated,
    ...(read.sketch && { sketch: read.sketch }),
    ...(picture && { picture }),
  };
};

interface ReadContent extends Pick<Extraction, 'sketch' | 'pages'> {
  readonly details?: Details;
  /** There are pages beyond those whose text is taken. */
  readonly isCut: boolean;
}

async function readContent(
  parts: ZipPackage,
  mimeType: string,
  sink: TextSink,
  maxPages: number,
): Promise<ReadContent> {
  const chunks = parts.read(content);
  if (mimeType.endsWith('.spreadsheet')) {
    const table = new TableCollector(sink);
    const names = await readOpenSheets(chunks, table, sink, maxPages);
    const details = { sheets: shortNames(names) };
    return { pages: names.length, details, isCut: names.length > maxPages, ...sketchOf(table) };
  }
  if (mimeType.endsWith('.presentation')) {
    const pages = await readOpenPages(chunks, sink, maxPages);
    return { pages, isCut: pages > maxPages };
  }
  const page = new PageCollector(sink);
  await readOpenText(chunks, page, sink);
  return { isCut: false, ...sketchOf(page) };
}

const sketchOf = ({ sketch }: { readonly sketch: Extraction['sketch'] | undefined }) =>
  sketch ? { sketch } : {};

async function isEncrypted(parts: ZipPackage): Promise<boolean> {
  let found = false;
  await readXml(parts.read('META-INF/manifest.xml'), {
    open: ({ local }) => {
      found ||= local === 'encryption-data';
    },
    isDone: () => found,
  });
  return found;
}

async function readMeta(parts: ZipPackage): Promise<{ details: Details; pages: number | undefined }> {
  const facts = new Map<string, string>();
  const keywords: string[] = [];
  const counts = new Map<string, string | undefined>();
  let text = '';
  await readXml(parts.read('meta.xml'), {
    open: (tag) => {
      text = '';
      if (tag.local !== 'document-statistic') return;
      for (const name of ['page-count', 'word-count', 'non-whitespace-character-count']) {
        counts.set(name, attribute(tag, `meta:${name}`));
      }
    },
    text: (characters) => {
      text += characters;
    },
    close: ({ local }) => {
      if (local === 'keyword') keywords.push(text);
      else if (text.trim() !== '') facts.set(local, text);
      text = '';
    },
  });
  return {
    pages: countOf(counts.get('page-count')),
    details: present({
      title: oneLine(facts.get('title')),
      author: oneLine(facts.get('initial-creator') ?? facts.get('creator')),
      lastModifiedBy: oneLine(facts.get('creator')),
      subject: oneLine(facts.get('subject')),
      description: oneLine(facts.get('description')),
      keywords: oneLine(keywords.join(', ')),
      language: oneLine(facts.get('language')),
      creator: oneLine(facts.get('generator')),
      createdAt: isoTime(facts.get('creation-date')),
      modifiedAt: isoTime(facts.get('date')),
      words: countOf(counts.get('word-count')),
      characters: countOf(counts.get('non-whitespace-character-count')),
    }),
  };
}
