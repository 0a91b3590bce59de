import { countText } from '../documents/details.ts';
import type { Extractor } from '../documents/extraction.ts';
import { TextSink } from '../documents/text-sink.ts';
import { mainPartOf, openPackage, packageFacts, relationshipsOf } from './open-xml.ts';
import { unreadable } from './unreadable-pages.ts';
import { attribute, readXml, type XmlHandler, type XmlTag } from './xml.ts';
import type { ZipPackage } from './zip-package.ts';

export const extractPowerPoint: Extractor = async (source, { bounds }) => {
  const parts = await openPackage(source);
  const main = await mainPartOf(parts);
  const slides = await slidesOf(parts, main);
  const sink = new TextSink(bounds.maxTextBytes);
  const failed: number[] = [];
  for (const [index, slide] of slides.slice(0, bounds.maxTextPages).entries()) {
    if (sink.isFull) break;
    try {
      if (!slide) throw new Error('the slide is missing');
      await readSlide(parts, slide, sink);
    } catch {
      failed.push(index + 1);
    }
  }
  const { details, picture } = await packageFacts(parts);
  const text = sink.toString();
  const textTruncated = sink.isFull || slides.length > bounds.maxTextPages;
  // What PowerPoint counts leaves out notes.
  return {
    pages: slides.length,
    details: { ...details, ...(!textTruncated && countText(text)), ...unreadable(failed, slides.length) },
    text,
    textTruncated,
    ...(picture && { picture }),
  };
};

/** Names of the slides' parts in their order; undefined for one that leads nowhere. */
async function slidesOf(parts: ZipPackage, main: string): Promise<readonly (string | undefined)[]> {
  const ids: string[] = [];
  await readXml(parts.read(main), {
    open: (tag) => {
      if (tag.local !== 'sldId') return;
      const id = Object.values(tag.attributes).find(({ local, prefix }) => local === 'id' && prefix !== '');
      ids.push(id?.value ?? '');
    },
  });
  const targets = new Map((await relationshipsOf(parts, main)).map(({ id, target }) => [id, target]));
  return ids.map((id) => targets.get(id)).map((name) => (name && parts.has(name) ? name : undefined));
}

/** Parts whose text belongs to a slide: what is written in its diagrams, and what its speaker notes. */
const furtherParts = ['diagramData', 'notesSlide'];

/** What is broken beside a slide is no reason to lose it. */
async function readSlide(parts: ZipPackage, slide: string, sink: TextSink): Promise<void> {
  await readXml(parts.read(slide), paragraphs(sink));
  const related = await relationshipsOf(parts, slide).catch(() => []);
  for (const kind of furtherParts) {
    for (const { target } of related.filter(({ type }) => type === kind)) {
      await readXml(parts.read(target), paragraphs(sink)).catch(() => undefined);
    }
  }
  sink.add('\n');
}

const isDrawing = ({ uri }: XmlTag): boolean => uri.includes('/drawingml/');

/** Numbers of slides stand on every page of notes. */
const isSlideNumber = (tag: XmlTag): boolean =>
  tag.local === 'fld' && attribute(tag, 'type') === 'slidenum' && isDrawing(tag);

function paragraphs(sink: TextSink): XmlHandler {
  let paragraph = '';
  let isText = false;
  return {
    skips: (tag) => tag.local === 'Fallback' || isSlideNumber(tag),
    open: (tag) => {
      isText = tag.local === 't' && isDrawing(tag);
      if (tag.local === 'br' && isDrawing(tag)) paragraph += '\n';
    },
    text: (characters) => {
      if (isText) paragraph += characters;
    },
    close: (tag) => {
      isText = false;
      if (tag.local !== 'p' || !isDrawing(tag)) return;
      if (paragraph !== '') sink.add(`${paragraph}\n`);
      paragraph = '';
    },
    isDone: () => sink.isFull,
  };
}
