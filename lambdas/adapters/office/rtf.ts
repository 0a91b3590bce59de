import { DocumentUnreadable } from '../../core/documents/ports.ts';
import type { Details } from '../../core/files/content-facts.ts';
import { countOf, countText, isoOf, oneLine, present } from '../documents/details.ts';
import type { Extractor } from '../documents/extraction.ts';
import { PageCollector } from '../documents/page-collector.ts';
import { TextSink } from '../documents/text-sink.ts';
import { RtfText } from './rtf-text.ts';

/** Rich Text Format 1.9.1. */
export const extractRtf: Extractor = async (source, { bounds }) => {
  if (source.toString('latin1', 0, 5) !== '{\\rtf') throw new DocumentUnreadable('malformed', 'no RTF');
  const sink = new TextSink(bounds.maxTextBytes);
  const page = new PageCollector(sink);
  const rtf = new RtfText((paragraph) => page.add(paragraph));
  rtf.read(source, (pending) => sink.isFull || pending > bounds.maxTextBytes);
  const text = sink.toString();
  const { pages, details } = infoOf(rtf.info);
  return {
    ...(pages !== undefined && { pages }),
    details: { ...(!sink.isFull && countText(text)), ...details },
    text,
    textTruncated: sink.isFull,
    ...(page.sketch && { sketch: page.sketch }),
  };
};

function infoOf(info: ReadonlyMap<string, string>): { pages: number | undefined; details: Details } {
  return {
    pages: countOf(info.get('nofpages')),
    details: present({
      title: oneLine(info.get('title')),
      author: oneLine(info.get('author')),
      lastModifiedBy: oneLine(info.get('operator')),
      subject: oneLine(info.get('subject')),
      keywords: oneLine(info.get('keywords')),
      description: oneLine(info.get('doccomm')),
      creator: oneLine(info.get('generator')?.replace(/;\s*$/, '')),
      createdAt: timeOf(info, 'creatim'),
      modifiedAt: timeOf(info, 'revtim'),
      words: countOf(info.get('nofwords')),
      // `nofchars` counts spaces.
      characters: countOf(info.get('nofcharsws')),
    }),
  };
}

function timeOf(info: ReadonlyMap<string, string>, name: string): string | undefined {
  const part = (of: string, otherwise: number) => Number(info.get(`${name}.${of}`) ?? otherwise);
  if (!info.has(`${name}.yr`)) return undefined;
  return isoOf(
    new Date(Date.UTC(part('yr', 0), part('mo', 1) - 1, part('dy', 1), part('hr', 0), part('min', 0))),
  );
}
