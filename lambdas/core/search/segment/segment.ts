import { ByteReader, ByteWriter } from './bytes.ts';
import { type DocumentRow, type DocumentTable, readDocuments, writeDocuments } from './documents.ts';
import { type Postings, readPostings, type TermEntry, TermReader, TermWriter } from './terms.ts';

/**
 * A segment: some files with all that is searched of them, as one object that never changes.
 *
 *   head: mark | documents | dictionary of names and tags | where each block of the body begins
 *   body: blocks of the dictionary of metadata and text
 *
 * A reader has the head in memory, so that filters, prefixes and typos cost no request; a word of the text costs one
 * range of the body, which holds a part of the dictionary together with its postings.
 */
export interface Segment {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How long the head is. */
  readonly headBytes: number;
  readonly documents: number;
}

/** Changes with the form of what follows; a reader that does not know it stops instead of guessing. */
const mark = 0x534c5301;

/** One range of the body: about what S3 answers as fast as a single byte. */
const blockBytes = 32 * 1024;

export function writeSegment(content: {
  readonly rows: readonly DocumentRow[];
  /** Both ascending by UTF-16 code units. */
  readonly names: Iterable<TermEntry>;
  readonly body: Iterable<TermEntry>;
}): Segment {
  const head = new ByteWriter();
  head.number(mark);
  writeDocuments(head, content.rows);

  const names = new TermWriter();
  for (const [term, postings] of content.names) names.add(term, postings);
  head.number(names.count);
  head.number(names.bytes.length);
  head.bytes(names.bytes.done());

  const body = new ByteWriter();
  const blocks: { first: string; length: number }[] = [];
  let block: { first: string; terms: TermWriter } | undefined;
  const close = (): void => {
    if (!block) return;
    const { first, terms } = block;
    blocks.push({ first, length: terms.bytes.length });
    body.bytes(terms.bytes.done());
    block = undefined;
  };
  for (const [term, postings] of content.body) {
    block ??= { first: term, terms: new TermWriter() };
    block.terms.add(term, postings);
    if (block.terms.bytes.length >= blockBytes) close();
  }
  close();

  head.number(blocks.length);
  for (const { first, length } of blocks) {
    head.text(first);
    head.number(length);
  }
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head.done());
  bytes.set(body.done(), head.length);
  return { bytes, headBytes: head.length, documents: content.rows.length };
}

export interface NameTerms {
  /** Ascending by UTF-16 code units. */
  readonly terms: readonly string[];
  postings(index: number): Postings;
}

export interface Block {
  /** The first term in it. */
  readonly first: string;
  /** Where in the segment. */
  readonly at: number;
  readonly length: number;
}

export interface SegmentHead {
  readonly documents: DocumentTable;
  readonly names: NameTerms;
  readonly blocks: readonly Block[];
}

/** @throws Error for bytes that are no head of a segment of this form */
export function readHead(bytes: Uint8Array, headBytes: number): SegmentHead {
  const from = new ByteReader(bytes.subarray(0, headBytes));
  if (from.number() !== mark) throw new Error('not a segment of this form');
  const documents = readDocuments(from);
  const names = readNames(from);
  let at = headBytes;
  const blocks = Array.from({ length: from.number() }, (): Block => {
    const block = { first: from.text(), at, length: from.number() };
    at += block.length;
    return block;
  });
  return { documents, names, blocks };
}

function readNames(from: ByteReader): NameTerms {
  const count = from.number();
  const length = from.number();
  const bytes = from.bytes.subarray(from.at, from.at + length);
  from.at += length;
  const terms = new Array<string>(count);
  const positions = new Uint32Array(count);
  const counts = new Uint32Array(count);
  const reader = new TermReader(bytes);
  for (let index = 0; index < count; index += 1) {
    reader.next();
    terms[index] = reader.term;
    positions[index] = reader.position;
    counts[index] = reader.documents;
  }
  return {
    terms,
    postings: (index) => readPostings(bytes, positions[index] as number, counts[index] as number),
  };
}

/** Every term of a block; of `names`, whose form is the same, too. */
export function* termsOf(block: Uint8Array): Generator<TermEntry> {
  const reader = new TermReader(block);
  while (reader.end < block.length) {
    reader.next();
    yield [reader.term, reader.postings()];
  }
}

/** The block that has the term, if any has it. */
export function blockOf(blocks: readonly Block[], term: string): Block | undefined {
  return blocks[firstAbove(blocks.length, (index) => (blocks[index] as Block).first > term) - 1];
}

export function findInBlock(block: Uint8Array, term: string): Postings | undefined {
  const reader = new TermReader(block);
  while (reader.end < block.length) {
    reader.next();
    if (reader.term === term) return reader.postings();
    if (reader.term > term) return undefined;
  }
  return undefined;
}

/** The first of `length` indexes for which it holds, of which it holds for all that follow; `length` for none. */
export function firstAbove(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
