import { DocumentUnreadable } from '../../core/documents/ports.ts';
import type { TextSink } from '../documents/text-sink.ts';

/** Types of records of [MS-PPT] 2.13.24. */
const records = {
  document: 0x03e8,
  slidePersist: 0x03f3,
  slideList: 0x0ff0,
  textChars: 0x0fa0,
  textBytes: 0x0fa8,
  userEdit: 0x0ff5,
  persistDirectory: 0x1772,
} as const;

const headerBytes = 8;
/** Groups in groups of shapes; hostile files nest without end. */
const maxDepth = 64;
/** Each save of a presentation adds an edit; PowerPoint writes all anew after some dozens. */
const maxEdits = 1_000;

interface RecordHeader {
  readonly type: number;
  readonly instance: number;
  readonly isContainer: boolean;
  readonly from: number;
  readonly to: number;
}

/**
 * The text of a presentation, slide by slide in their order. An edit only adds what has changed, so what counts is found by
 * the persist directory alone; what is merely in the stream may be what the author has deleted.
 * @returns how many slides there are
 */
export function readSlideText(
  stream: Buffer,
  currentUser: Buffer,
  maxSlides: number,
  sink: TextSink,
): number {
  const { offsets, documentId } = persistedObjects(stream, currentUser);
  const document = recordAt(stream, offsets.get(documentId) ?? -1);
  if (document?.type !== records.document)
    throw new DocumentUnreadable('malformed', 'the presentation lacks its document');
  const slides: { id: number; outline: string[] }[] = [];
  for (const list of childrenOf(stream, document)) {
    const isSlides = list.type === records.slideList && list.instance === 0;
    for (const record of isSlides ? childrenOf(stream, list) : []) {
      if (record.type === records.slidePersist)
        slides.push({ id: stream.readUInt32LE(record.from), outline: [] });
      else slides.at(-1)?.outline.push(textOf(stream, record) ?? '');
    }
  }
  for (const { id, outline } of slides.slice(0, maxSlides)) {
    if (sink.isFull) break;
    const texts = [...outline.filter((text) => text !== '')];
    const slide = recordAt(stream, offsets.get(id) ?? -1);
    if (slide) collect(stream, slide, texts, 0);
    sink.add(`${texts.join('\n')}\n\n`);
  }
  return slides.length;
}

/** From the newest edit back: the first place that an object is said to have is the one it has. */
function persistedObjects(stream: Buffer, currentUser: Buffer) {
  const offsets = new Map<number, number>();
  let documentId = 0;
  let at = currentUser.length >= 20 ? currentUser.readUInt32LE(16) : 0;
  for (let edits = 0; at > 0 && edits < maxEdits; edits += 1) {
    const edit = recordAt(stream, at);
    if (edit?.type !== records.userEdit || edit.to - edit.from < 28) break;
    documentId ||= stream.readUInt32LE(edit.from + 16);
    const directory = recordAt(stream, stream.readUInt32LE(edit.from + 12));
    if (directory?.type === records.persistDirectory) readDirectory(stream, directory, offsets);
    at = stream.readUInt32LE(edit.from + 8);
  }
  return { offsets, documentId };
}

function readDirectory(stream: Buffer, { from, to }: RecordHeader, offsets: Map<number, number>): void {
  for (let at = from; at + 4 <= to; ) {
    const entry = stream.readUInt32LE(at);
    const [first, count] = [entry & 0xfffff, entry >>> 20];
    at += 4;
    for (let index = 0; index < count && at + 4 <= to; index += 1, at += 4) {
      if (!offsets.has(first + index)) offsets.set(first + index, stream.readUInt32LE(at));
    }
  }
}

/** Undefined where there is none, or one that is longer than what it lies in. */
function recordAt(stream: Buffer, at: number, end = stream.length): RecordHeader | undefined {
  if (at < 0 || at + headerBytes > end) return undefined;
  const kind = stream.readUInt16LE(at);
  const from = at + headerBytes;
  const to = from + stream.readUInt32LE(at + 4);
  if (to > end) return undefined;
  return {
    type: stream.readUInt16LE(at + 2),
    instance: kind >>> 4,
    isContainer: (kind & 0xf) === 0xf,
    from,
    to,
  };
}

function* childrenOf(stream: Buffer, { from, to }: RecordHeader): Generator<RecordHeader> {
  for (
    let at = from, child = recordAt(stream, at, to);
    child;
    at = child.to, child = recordAt(stream, at, to)
  ) {
    yield child;
  }
}

/** What stands in the boxes of a slide. */
function collect(stream: Buffer, container: RecordHeader, texts: string[], depth: number): void {
  if (depth > maxDepth) throw new DocumentUnreadable('too_complex', `more than ${maxDepth} records deep`);
  for (const record of childrenOf(stream, container)) {
    const text = textOf(stream, record);
    if (text !== undefined) texts.push(text);
    else if (record.isContainer) collect(stream, record, texts, depth + 1);
  }
}

/** Paragraphs end with a carriage return, lines with a vertical tab. */
function textOf(stream: Buffer, { type, from, to }: RecordHeader): string | undefined {
  if (type !== records.textChars && type !== records.textBytes) return undefined;
  const encoding = type === records.textChars ? 'utf16le' : 'latin1';
  return stream.toString(encoding, from, to).replaceAll(/[\r\v]/g, '\n');
}
