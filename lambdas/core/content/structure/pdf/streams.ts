import type { Inflate } from '../structure.ts';
import {
  maxObjectBytes,
  maxObjectNumber,
  maxObjectStreamBytes,
  maxObjects,
  maxTwiceInflatedBytes,
  maxUnreadableStreams,
  maxXrefStreamBytes,
} from './bounds.ts';
import { type Decoded, decode, type Filter, filtersOf, isCompression } from './filters.ts';
import { indexOf, Lexer } from './lexer.ts';
import { Judged, type Observations } from './observations.ts';
import { countOf, isPresent, nameOf, type Value, valueAt } from './values.ts';
import { type Walked, walk } from './walk.ts';

/** Of a list that a key holds: filters, widths. */
const maxItems = 32;
/** Of the lists that are long: the children of a node of the page tree, the sections of a cross-reference stream. */
const maxLongListItems = 200_000;

/** The value of an entry of a walked object. */
export const entryOf = (
  bytes: Uint8Array,
  { entries }: Walked,
  key: string,
  most = maxItems,
): Value | undefined => {
  const at = entries.get(key);
  return at === undefined ? undefined : valueAt(bytes, at, most);
};

/** What a trailer says, or a cross-reference stream in its place. */
export function noteTrailer(bytes: Uint8Array, walked: Walked, seen: Observations): void {
  if (isPresent(entryOf(bytes, walked, 'Encrypt'))) seen.findings.add('encrypted');
  if (isPresent(entryOf(bytes, walked, 'Root'))) seen.hasRoot = true;
  const size = countOf(entryOf(bytes, walked, 'Size')) ?? 0;
  if (size > maxObjectNumber + 1) throw new Judged('malformed', `it claims to have ${size} objects`);
}

/** What an object with a number says, whether it stands in the file or in a stream of objects. */
export function noteObject(
  bytes: Uint8Array,
  at: number,
  walked: Walked,
  number: number,
  seen: Observations,
) {
  seen.counted();
  if (walked.entries.size === 0) {
    const value = walked.end - at < 24 ? countOf(valueAt(bytes, at, 1)) : undefined;
    if (value !== undefined) seen.number(number, value);
    return;
  }
  if (!walked.entries.has('Kids') || seen.pages.isFull) return;
  if (nameOf(entryOf(bytes, walked, 'Type')) !== 'Pages') return;
  const kids = entryOf(bytes, walked, 'Kids', maxLongListItems);
  if (typeof kids !== 'object' || kids.kind !== 'array') return;
  seen.pages.add(
    number,
    kids.items.flatMap((kid) => (typeof kid === 'object' && kid.kind === 'reference' ? [kid.object] : [])),
  );
}

export interface StreamOfFile {
  readonly walked: Walked;
  /** Where its data begin in the window. */
  readonly dataAt: number;
  readonly isLast: boolean;
}

/**
 * Looks into the streams that hold structure, and into those that are compressed twice; all others are data. False
 * where the window ends before the data do.
 */
export function inspectStream(
  bytes: Uint8Array,
  stream: StreamOfFile,
  seen: Observations,
  inflate: Inflate,
): boolean {
  const { walked } = stream;
  const type = nameOf(entryOf(bytes, walked, 'Type'));
  // Viewers know these streams by who refers to them, whatever their type says.
  const isXref = type === 'XRef' || walked.entries.has('W');
  const holdsObjects = type === 'ObjStm' || walked.entries.has('First');
  const filters = filtersOf(
    entryOf(bytes, walked, 'Filter'),
    entryOf(bytes, walked, walked.entries.has('DecodeParms') ? 'DecodeParms' : 'DP'),
  );
  const isTwiceCompressed =
    filters !== undefined && filters.filter(({ name }) => isCompression(name)).length > 1;
  if (!isXref && !holdsObjects && !isTwiceCompressed) return true;

  const data = dataOf(bytes, stream, seen);
  if (!data) return false;
  if (isXref) inspectXrefStream(bytes, walked, data, filters, seen, inflate);
  if (holdsObjects) inspectObjectStream(bytes, walked, data, filters, seen, inflate);
  if (!isXref && !holdsObjects) decodeBounded(data, filters, seen, inflate, maxTwiceInflatedBytes);
  return true;
}

/**
 * The data by the stream's length, or up to "endstream" where that comes later: viewers believe the one or the other, and
 * compressed data know their end by themselves. Undefined where the window ends before.
 */
function dataOf(
  bytes: Uint8Array,
  { walked, dataAt, isLast }: StreamOfFile,
  seen: Observations,
): Uint8Array | undefined {
  const declared = entryOf(bytes, walked, 'Length');
  const length = countOf(declared);
  const boundAt = dataAt + maxObjectBytes;
  const holdsAll = isLast || bytes.length >= boundAt;
  if (length !== undefined && dataAt + length > bytes.length && !holdsAll) return undefined;
  const marker = indexOf(bytes, 'endstream', dataAt, boundAt);
  if (length === undefined && marker < 0 && !holdsAll) return undefined;

  const markedEnd = marker < 0 ? Math.min(bytes.length, boundAt) : marker;
  const end = Math.max(markedEnd, dataAt + Math.min(length ?? 0, maxObjectBytes));
  seen.walked(end - dataAt);
  if (typeof declared === 'object' && declared.kind === 'reference') {
    seen.lengthIn(declared.object, end - dataAt);
  }
  return bytes.subarray(dataAt, end);
}

/** Undefined for what nobody can read; @throws Judged for what comes to more than the bound. */
function decodeBounded(
  data: Uint8Array,
  filters: readonly Filter[] | undefined,
  seen: Observations,
  inflate: Inflate,
  maxBytes: number,
): Uint8Array | undefined {
  const decoded: Decoded | undefined =
    filters && seen.unreadableStreams < maxUnreadableStreams
      ? decode(data, filters, inflate, maxBytes)
      : undefined;
  if (!decoded) {
    seen.unreadableStreams += 1;
    return undefined;
  }
  if (!decoded.complete) {
    throw new Judged('bomb_suspected', `one of its streams inflates to more than ${maxBytes} bytes`);
  }
  seen.walked(decoded.bytes.length);
  return decoded.bytes;
}

/** The entries of a cross-reference stream, inflated; undefined where they cannot be read. */
export function inspectXrefStream(
  bytes: Uint8Array,
  walked: Walked,
  data: Uint8Array,
  filters: readonly Filter[] | undefined,
  seen: Observations,
  inflate: Inflate,
): Uint8Array | undefined {
  noteTrailer(bytes, walked, seen);
  const claimed = sectionsOf(bytes, walked).reduce((sum, { count }) => sum + count, 0);
  if (claimed > maxObjects) throw new Judged('malformed', `its cross-reference claims ${claimed} entries`);
  return decodeBounded(data, filters, seen, inflate, maxXrefStreamBytes);
}

/** Which objects the entries of a cross-reference stream are about. */
export function sectionsOf(bytes: Uint8Array, walked: Walked): { first: number; count: number }[] {
  const index = entryOf(bytes, walked, 'Index', maxLongListItems);
  if (typeof index !== 'object' || index.kind !== 'array') {
    return [{ first: 0, count: countOf(entryOf(bytes, walked, 'Size')) ?? 0 }];
  }
  const sections: { first: number; count: number }[] = [];
  for (let at = 0; at + 1 < index.items.length; at += 2) {
    sections.push({ first: countOf(index.items[at]) ?? 0, count: countOf(index.items[at + 1]) ?? 0 });
  }
  return sections;
}

function inspectObjectStream(
  bytes: Uint8Array,
  walked: Walked,
  data: Uint8Array,
  filters: readonly Filter[] | undefined,
  seen: Observations,
  inflate: Inflate,
): void {
  const first = countOf(entryOf(bytes, walked, 'First'));
  const count = countOf(entryOf(bytes, walked, 'N'));
  const isClear = !walked.ambiguous && first !== undefined && count !== undefined;
  const plain = isClear ? decodeBounded(data, filters, seen, inflate, maxObjectStreamBytes) : undefined;
  const offsets = plain && isClear ? offsetsOf(plain, first) : undefined;
  if (!plain || !isClear || !offsets) {
    seen.unseen ??= 'an object stream cannot be read';
    return;
  }
  if (count > offsets.length) {
    throw new Judged('malformed', `an object stream claims ${count} objects and has ${offsets.length}`);
  }
  // Each from where the list says: one may begin within what looks like a string of another.
  for (const { number, offset } of offsets) {
    const at = first + offset;
    const object = walk(plain, at, true, seen);
    if (object) noteObject(plain, at, object, number, seen);
  }
}

/** The list before the objects, of numbers and offsets; undefined where it is none. */
function offsetsOf(plain: Uint8Array, first: number): { number: number; offset: number }[] | undefined {
  if (first > plain.length) return undefined;
  const offsets: { number: number; offset: number }[] = [];
  const lexer = new Lexer(plain.subarray(0, first), 0, true);
  for (;;) {
    const token = lexer.next();
    if (token === 'end') return offsets;
    const number = Number(lexer.text());
    if (token !== 'number' || lexer.next() !== 'number') return undefined;
    offsets.push({ number, offset: Math.max(0, Number(lexer.text()) || 0) });
    if (offsets.length > maxObjects) {
      throw new Judged('bomb_suspected', `an object stream has more than ${maxObjects} objects`);
    }
  }
}
