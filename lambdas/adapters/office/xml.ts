import { SaxesParser, type SaxesTagNS } from 'saxes';
import { DocumentUnreadable } from '../../core/documents/ports.ts';

/** Tables in tables in text boxes come to some dozens. */
const maxDepth = 1_000;

export type XmlTag = SaxesTagNS;

export interface XmlHandler {
  /** Nothing of this element, nor of what is in it, is told. */
  readonly skips?: (tag: XmlTag) => boolean;
  readonly open?: (tag: XmlTag) => void;
  readonly close?: (tag: XmlTag) => void;
  readonly text?: (text: string) => void;
  /** What still comes is of no interest. Asked now and then. */
  readonly isDone?: () => boolean;
}

/**
 * Reads well-formed XML from its bytes as they come. What declares a document type is refused: no program that writes Office
 * files declares any, and it is where entities come from.
 * @throws Error for what is not well-formed
 */
export async function readXml(chunks: AsyncIterable<Uint8Array>, handler: XmlHandler): Promise<void> {
  const parser = new SaxesParser({ xmlns: true });
  let depth = 0;
  let skippedFrom = 0;
  parser.on('doctype', () => {
    throw new DocumentUnreadable('malformed', 'an XML part declares a document type');
  });
  parser.on('opentag', (tag) => {
    depth += 1;
    if (depth > maxDepth) throw new DocumentUnreadable('too_complex', `more than ${maxDepth} elements deep`);
    if (skippedFrom > 0) return;
    if (handler.skips?.(tag)) skippedFrom = depth;
    else handler.open?.(tag);
  });
  parser.on('closetag', (tag) => {
    if (skippedFrom === 0) handler.close?.(tag);
    else if (skippedFrom === depth) skippedFrom = 0;
    depth -= 1;
  });
  const text = (characters: string) => {
    if (skippedFrom === 0) handler.text?.(characters);
  };
  parser.on('text', text);
  parser.on('cdata', text);
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const chunk of chunks) {
    decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true });
    parser.write(decoder.decode(chunk, { stream: true }));
    if (handler.isDone?.()) return;
  }
  if (!decoder) return;
  parser.write(decoder.decode());
  parser.close();
}

/** Office files are UTF-8 or UTF-16 (ECMA-376-2, 6.1.4), which begins with its mark or with `<` in two bytes. */
function encodingOf([first, second]: Uint8Array): string {
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be';
  return 'utf-8';
}

/** An attribute without a prefix. */
export const attribute = ({ attributes }: XmlTag, name: string): string | undefined =>
  attributes[name]?.value;

/** An attribute by its local name, whatever its prefix. */
export function anyAttribute({ attributes }: XmlTag, local: string): string | undefined {
  for (const each of Object.values(attributes)) if (each.local === local) return each.value;
  return undefined;
}

/** The text of elements, by their local names; the last of a name counts. For parts that are lists of facts. */
export async function readFacts(chunks: AsyncIterable<Uint8Array>): Promise<ReadonlyMap<string, string>> {
  const facts = new Map<string, string>();
  let text = '';
  await readXml(chunks, {
    open: () => {
      text = '';
    },
    text: (characters) => {
      text += characters;
    },
    close: ({ local }) => {
      if (text.trim() !== '') facts.set(local, text);
      text = '';
    },
  });
  return facts;
}
