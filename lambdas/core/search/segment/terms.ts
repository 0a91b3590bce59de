import { ByteReader, ByteWriter } from './bytes.ts';

/**
 * Where a term occurs: numbers of documents, ascending, and of each what tells how. In the dictionary of names that is
 * `inName` and `inTags`; in that of the body, `inMetadata` and how often in the text.
 */
export interface Postings {
  readonly documents: Uint32Array;
  readonly how: Uint8Array;
}

export const inName = 1;
export const inTags = 2;
export const inMetadata = 0x80;
/** What a byte has left for the count; a term that occurs so often is as good as one that occurs more often. */
export const maxCount = 0x7f;

export type TermEntry = readonly [term: string, postings: Postings];

/** Terms ascending by UTF-16 code units, each with its postings behind it. */
export class TermWriter {
  readonly bytes = new ByteWriter();
  readonly #postings = new ByteWriter();
  #previous: Uint8Array = new Uint8Array();
  count = 0;

  add(term: string, { documents, how }: Postings): void {
    this.#previous = this.bytes.textAfter(this.#previous, term);
    this.#postings.clear();
    let last = 0;
    for (let index = 0; index < documents.length; index += 1) {
      const document = documents[index] as number;
      this.#postings.number(document - last);
      this.#postings.byte(how[index] as number);
      last = document;
    }
    this.bytes.number(documents.length);
    this.bytes.number(this.#postings.length);
    this.bytes.bytes(this.#postings.done());
    this.count += 1;
  }
}

/** Reads terms one after the other; the postings of one only when asked for. */
export class TermReader {
  readonly #from: ByteReader;
  term = '';
  #documents = 0;
  #next: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#from = new ByteReader(bytes, at);
    this.#next = at;
  }

  /** Where the postings of the term begin: they follow how many there are and how long they are. */
  get position(): number {
    return this.#from.at;
  }

  get end(): number {
    return this.#next;
  }

  get documents(): number {
    return this.#documents;
  }

  next(): void {
    this.#from.at = this.#next;
    this.term = this.#from.textAfter();
    this.#documents = this.#from.number();
    const length = this.#from.number();
    this.#next = this.#from.at + length;
  }

  postings(): Postings {
    return readPostings(this.#from.bytes, this.#from.at, this.#documents);
  }
}

export function readPostings(bytes: Uint8Array, at: number, count: number): Postings {
  const from = new ByteReader(bytes, at);
  const documents = new Uint32Array(count);
  const how = new Uint8Array(count);
  let last = 0;
  for (let index = 0; index < count; index += 1) {
    last += from.number();
    documents[index] = last;
    how[index] = from.byte();
  }
  return { documents, how };
}
