import type { Visible } from './ports.ts';
import { firstAbove, type SegmentHead } from './segment/segment.ts';
import { inMetadata, inName, inTags, maxCount, type Postings } from './segment/terms.ts';
import { allowedTypos, typosBetween } from './typo.ts';

/** A segment that is open for questions. `counts`: 1 for documents that tell what a file is now. */
export interface OpenSegment {
  readonly head: SegmentHead;
  readonly counts: Uint8Array;
}

/** The documents that a caller may know of, and what is usual among them. */
export interface Audience {
  /** Of each segment, one byte a document. */
  readonly visible: readonly Uint8Array[];
  readonly total: number;
  readonly averageNameLength: number;
  readonly averageTextLength: number;
}

export function audienceOf(segments: readonly OpenSegment[], to: Visible): Audience {
  const shared = to === 'all' ? undefined : new Set(to.sharedFileIds);
  let total = 0;
  let nameLengths = 0;
  let textLengths = 0;
  const visible = segments.map(({ head: { documents }, counts }) => {
    const { count, fileIds, owners, gone, names } = documents;
    const own = to === 'all' ? -1 : names.owners.indexOf(to.userId);
    const flags = new Uint8Array(count);
    for (let index = 0; index < count; index += 1) {
      if (counts[index] !== 1 || gone[index] === 1) continue;
      if (shared && owners[index] !== own && !shared.has(fileIds[index] as string)) continue;
      flags[index] = 1;
      total += 1;
      nameLengths += documents.nameLengths[index] as number;
      textLengths += documents.textLengths[index] as number;
    }
    return flags;
  });
  return {
    visible,
    total,
    averageNameLength: Math.max(1, nameLengths / Math.max(1, total)),
    averageTextLength: Math.max(1, textLengths / Math.max(1, total)),
  };
}

/** What a word in each field is worth, at most: a name is short and was chosen by somebody. */
const weights = { name: 4, tags: 2.5, metadata: 1.5, text: 1 };

/** A word that only begins like the name's is worth less the more is missing; one that is misspelt less than any other. */
const worthOfPrefix = (word: string, term: string): number => 0.3 + (0.4 * word.length) / term.length;
const worthOfTypos = [1, 0.2, 0.1];

/** One letter begins too many words to say anything, but for scripts of which one letter is a word. */
const prefixFrom = 2;
const oneLetterWord = /^\p{Lo}$/u;

/** BM25's: how soon repeating a word stops counting, and how much long texts must repeat it. */
const saturation = 1.2;
const lengthWeight = 0.75;
/** How much of a name's worth depends on its other words. */
const nameLengthWeight = 0.3;

export interface WordMatches {
  /** How well each document matches, 0 for not at all; before it is known how rare the word is. */
  readonly worth: readonly Float64Array[];
  /** How many documents match. */
  readonly documents: number;
}

/**
 * Where a word occurs among what is visible: exactly in any field, as the beginning of a word in names and tags, and if
 * that is nowhere, misspelt there.
 * @param body of each segment, where the word stands in its metadata and text
 */
export function matchWord(
  word: string,
  segments: readonly OpenSegment[],
  body: readonly (Postings | undefined)[],
  audience: Audience,
): WordMatches {
  const scratch = segments.map(({ head }) => new Names(head.documents.count));
  segments.forEach(({ head }, index) => {
    matchBeginnings(word, head, scratch[index] as Names);
  });
  const worth = segments.map((segment, index) =>
    worthOf(segment, scratch[index] as Names, body[index], audience, audience.visible[index] as Uint8Array),
  );
  const documents = countAbove0(worth);
  if (documents > 0) return { worth, documents };
  const max = allowedTypos(word);
  if (max === 0) return { worth, documents };
  segments.forEach(({ head }, index) => {
    matchMisspelt(word, max, head, scratch[index] as Names);
  });
  const misspelt = segments.map((segment, index) =>
    worthOf(segment, scratch[index] as Names, undefined, audience, audience.visible[index] as Uint8Array),
  );
  return { worth: misspelt, documents: countAbove0(misspelt) };
}

/** The best that a document's name, and its tags, have to offer for one word: 1 for the word itself. */
class Names {
  readonly name: Float64Array;
  readonly tags: Float64Array;

  constructor(documents: number) {
    this.name = new Float64Array(documents);
    this.tags = new Float64Array(documents);
  }

  take({ documents, how }: Postings, worth: number): void {
    for (let index = 0; index < documents.length; index += 1) {
      const document = documents[index] as number;
      const flags = how[index] as number;
      if (flags & inName && worth > (this.name[document] as number)) this.name[document] = worth;
      if (flags & inTags && worth > (this.tags[document] as number)) this.tags[document] = worth;
    }
  }
}

function matchBeginnings(word: string, { names }: SegmentHead, into: Names): void {
  const { terms } = names;
  const beginnings = word.length >= prefixFrom || oneLetterWord.test(word);
  const first = firstAbove(terms.length, (index) => (terms[index] as string) >= word);
  for (let index = first; index < terms.length; index += 1) {
    const term = terms[index] as string;
    if (!term.startsWith(word) || (term !== word && !beginnings)) break;
    into.take(names.postings(index), term === word ? 1 : worthOfPrefix(word, term));
  }
}

function matchMisspelt(word: string, max: number, { names }: SegmentHead, into: Names): void {
  names.terms.forEach((term, index) => {
    const typos = typosBetween(word, term, max);
    if (typos !== undefined) into.take(names.postings(index), worthOfTypos[typos] as number);
  });
}

function worthOf(
  { head: { documents } }: OpenSegment,
  { name, tags }: Names,
  body: Postings | undefined,
  { averageNameLength, averageTextLength }: Audience,
  visible: Uint8Array,
): Float64Array {
  const worth = new Float64Array(documents.count);
  for (let index = 0; index < documents.count; index += 1) {
    if (visible[index] !== 1) continue;
    const names = name[index] as number;
    const relativeLength = (documents.nameLengths[index] as number) / averageNameLength;
    worth[index] =
      (weights.name * names) / (1 - nameLengthWeight + nameLengthWeight * relativeLength) +
      weights.tags * (tags[index] as number);
  }
  if (!body) return worth;
  for (let at = 0; at < body.documents.length; at += 1) {
    const index = body.documents[at] as number;
    if (visible[index] !== 1) continue;
    const how = body.how[at] as number;
    const count = how & maxCount;
    const relativeLength = (documents.textLengths[index] as number) / averageTextLength;
    const slope = saturation * (1 - lengthWeight + lengthWeight * relativeLength);
    const inBody = (how & inMetadata ? weights.metadata : 0) + (weights.text * count) / (count + slope);
    worth[index] = (worth[index] as number) + inBody;
  }
  return worth;
}

const countAbove0 = (worth: readonly Float64Array[]): number =>
  worth.reduce((sum, values) => values.reduce((total, value) => total + (value > 0 ? 1 : 0), sum), 0);
