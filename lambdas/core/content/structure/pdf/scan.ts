import type { ByteSource, Inflate } from '../structure.ts';
import { chunkBytes, maxObjectBytes } from './bounds.ts';
import { indexOf, isDigit, isWhite, Lexer, latin1, matches } from './lexer.ts';
import { Judged, type Observations } from './observations.ts';
import { inspectStream, noteObject, noteTrailer } from './streams.ts';
import { walk } from './walk.ts';

/** What stands before "obj" and tells an object's number: "8388607 65535 " and some space. */
export const headerBytes = 32;
const markers = { object: 'obj', trailer: 'trailer', end: '%%EOF' } as const;
/** A marker may be split over two windows. */
const overlapBytes = markers.trailer.length;

/**
 * Reads all of a file in turn. An object is looked at wherever "obj" stands behind a number, within what is a stream or a
 * string to somebody else too: whatever a viewer takes for an object, by the cross-reference or by searching, begins so.
 */
export async function scanAll(source: ByteSource, seen: Observations, inflate: Inflate): Promise<void> {
  let kept: Uint8Array = new Uint8Array();
  let from = 0;
  for (let at = 0; at < source.size; at += chunkBytes) {
    const window = joined(kept, await source.read(at, chunkBytes));
    const base = at - kept.length;
    const isLast = base + window.length >= source.size;
    const next = scanWindow({ bytes: window, base, from, isLast }, seen, inflate);
    const keptAt = Math.max(0, next - headerBytes);
    kept = window.slice(keptAt);
    from = next - keptAt;
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

export interface Window {
  readonly bytes: Uint8Array;
  /** Where the window begins in the file. */
  readonly base: number;
  /** Where to go on in the window; what stands before has been looked at. */
  readonly from: number;
  readonly isLast: boolean;
}

/** Looks at all objects and trailers of a window; answers with where the next one has to go on. */
export function scanWindow(window: Window, seen: Observations, inflate: Inflate): number {
  const { bytes, base, from } = window;
  const find = (marker: string, at: number) => {
    const found = indexOf(bytes, marker, at);
    return found < 0 ? bytes.length : found;
  };
  for (let at = find(markers.end, from); at < bytes.length; at = find(markers.end, at + 1)) {
    seen.endsAt = Math.max(seen.endsAt, base + at + markers.end.length);
  }
  let object = find(markers.object, from);
  let trailer = find(markers.trailer, from);
  let done = from;
  while (Math.min(object, trailer) < bytes.length) {
    const at = Math.min(object, trailer);
    const isWhole = at === object ? lookAtObject(window, at, seen, inflate) : lookAtTrailer(window, at, seen);
    if (!isWhole) {
      if (bytes.length - at < maxObjectBytes) return at;
      throw new Judged('bomb_suspected', `it has an object of more than ${maxObjectBytes} bytes`);
    }
    done = at + 1;
    if (at === object) object = find(markers.object, at + 1);
    else trailer = find(markers.trailer, at + 1);
  }
  return Math.max(done, bytes.length - overlapBytes);
}

function lookAtTrailer({ bytes, base, isLast }: Window, at: number, seen: Observations): boolean {
  const walked = walk(bytes, at + markers.trailer.length, isLast, seen);
  if (!walked) return false;
  noteTrailer(bytes, walked, seen);
  seen.endsAt = Math.max(seen.endsAt, base + walked.end);
  return true;
}

function lookAtObject(window: Window, at: number, seen: Observations, inflate: Inflate): boolean {
  const { bytes, base, isLast } = window;
  const valueAt = at + markers.object.length;
  if (matches(bytes, 'end', at - 3)) {
    seen.endsAt = Math.max(seen.endsAt, base + valueAt);
    return true;
  }
  const number = numberBefore(bytes, at);
  if (number === undefined) return true;
  const walked = walk(bytes, valueAt, isLast, seen);
  if (!walked) return false;
  const data = dataAfter(window, walked.end, seen);
  if (data === 'cut') return false;
  if (data !== undefined && !inspectStream(bytes, { walked, dataAt: data, isLast }, seen, inflate))
    return false;
  noteObject(bytes, valueAt, walked, number, seen);
  return true;
}

/** The object's number; -1 where a comment may hide it. Undefined where "obj" is part of something else. */
function numberBefore(bytes: Uint8Array, at: number): number | undefined {
  const before = bytes[at - 1];
  if (!isWhite(before) && !isDigit(before)) return undefined;
  const from = Math.max(0, at - headerBytes);
  let end = at;
  while (end > from && isWhite(bytes[end - 1])) end -= 1;
  const isAtLineStart = end < at && latin1(bytes, end, at).search(/[\n\r]/) >= 0;
  let generation = end;
  while (generation > from && isDigit(bytes[generation - 1])) generation -= 1;
  if (generation === end) return isAtLineStart ? -1 : undefined;
  let number = generation;
  while (number > from && isWhite(bytes[number - 1])) number -= 1;
  let first = number;
  while (first > from && isDigit(bytes[first - 1])) first -= 1;
  return first < number && number < generation ? Number(latin1(bytes, first, number)) : -1;
}

/** Where the data of a stream begin; undefined for an object without. */
function dataAfter({ bytes, isLast }: Window, end: number, seen: Observations): number | 'cut' | undefined {
  const word = 'stream';
  const lexer = new Lexer(bytes, end, isLast);
  lexer.skipSpace();
  seen.walked(lexer.at - end);
  let at = lexer.at;
  if (at + word.length + 2 > bytes.length && !isLast) return 'cut';
  if (!matches(bytes, word, at)) return undefined;
  at += word.length;
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at += 1;
  if (bytes[at] === 0x0d) at += 1;
  if (bytes[at] === 0x0a) at += 1;
  return at;
}
