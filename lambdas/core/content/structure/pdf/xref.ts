import type { ByteSource, Inflate } from '../structure.ts';
import { maxObjectBytes, maxObjects, maxXrefSections } from './bounds.ts';
import { filtersOf } from './filters.ts';
import { Lexer, latin1, matches } from './lexer.ts';
import { Listed } from './listed.ts';
import { Judged, type Observations } from './observations.ts';
import { entryOf, inspectXrefStream, noteTrailer, sectionsOf } from './streams.ts';
import { countOf } from './values.ts';
import { type Walked, walk } from './walk.ts';

/** How much is read of a section: most are small, one of a million objects takes 20 MB as a table. */
const sectionReads = [64 * 1024, 4 * 1024 * 1024, 24 * 1024 * 1024];
/** "startxref" stands within these at the end, for every viewer. */
const tailBytes = 1024;

/** Follows the cross-reference from the file's end through its revisions; undefined where there is none to follow. */
export async function readXref(
  source: ByteSource,
  headerAt: number,
  seen: Observations,
  inflate: Inflate,
): Promise<Listed | undefined> {
  const tail = await source.read(source.size - tailBytes, tailBytes);
  const starts = [...latin1(tail, 0, tail.length).matchAll(/startxref\s*(\d{1,15})/g)];
  const start = starts.at(-1)?.[1];
  if (start === undefined) return undefined;

  const listed = new Listed();
  const visited = listed.sections;
  const pending = [Number(start)];
  for (let offset = pending.shift(); offset !== undefined; offset = pending.shift()) {
    // Loops are followed once, and a previous section at 0 is none: viewers do the same.
    if (offset === 0 || visited.has(offset)) continue;
    if (visited.size >= maxXrefSections) {
      seen.unseen ??= `it has more than ${maxXrefSections} revisions`;
      break;
    }
    visited.add(offset);
    const more =
      (await readSection(source, offset, listed, seen, inflate)) ??
      (headerAt > 0 ? await readSection(source, offset + headerAt, listed, seen, inflate) : undefined);
    if (!more && visited.size === 1) return undefined;
    if (!more) seen.unseen ??= 'a revision of it cannot be found';
    pending.push(...(more ?? []));
  }
  return listed;
}

/** The sections that this one refers to; undefined where there is none at this place. */
async function readSection(
  source: ByteSource,
  offset: number,
  listed: Listed,
  seen: Observations,
  inflate: Inflate,
): Promise<number[] | undefined> {
  if (offset >= source.size) return undefined;
  for (const length of sectionReads) {
    const bytes = await source.read(offset, length);
    const isLast = offset + bytes.length >= source.size;
    const before = listed.count;
    const read = sectionIn(bytes, isLast, listed, seen, inflate);
    if (read !== 'cut') return read;
    listed.count = before;
  }
  throw new Judged('bomb_suspected', 'its cross-reference is larger than that of any document');
}

function sectionIn(
  bytes: Uint8Array,
  isLast: boolean,
  listed: Listed,
  seen: Observations,
  inflate: Inflate,
): number[] | undefined | 'cut' {
  const lexer = new Lexer(bytes, 0, isLast);
  const token = lexer.next();
  if (token === 'keyword' && lexer.text() === 'xref') return tableIn(bytes, lexer, isLast, listed, seen);
  if (token !== 'number' || lexer.next() !== 'number' || lexer.next() !== 'keyword') return undefined;
  if (lexer.text() !== 'obj') return undefined;
  const walked = walk(bytes, lexer.at, isLast, seen);
  if (!walked) return 'cut';
  return streamIn(bytes, walked, isLast, listed, seen, inflate);
}

function tableIn(
  bytes: Uint8Array,
  lexer: Lexer,
  isLast: boolean,
  listed: Listed,
  seen: Observations,
): number[] | undefined | 'cut' {
  for (;;) {
    const token = lexer.next();
    if (token === 'cut') return 'cut';
    if (token === 'keyword' && lexer.text() === 'trailer') break;
    if (token !== 'number') return undefined;
    const first = Number(lexer.text());
    if (lexer.next() !== 'number') return lexer.at >= bytes.length ? 'cut' : undefined;
    const count = Number(lexer.text());
    if (count > maxObjects) throw new Judged('malformed', `its cross-reference claims ${count} entries`);
    for (let index = 0; index < count; index += 1) {
      const kind = lexer.next();
      if (kind === 'cut') return 'cut';
      // Shorter than it says: what comes now is the trailer, or nothing that makes sense.
      if (kind !== 'number') return undefined;
      const offset = Number(lexer.text());
      if (lexer.next() === 'cut' || lexer.next() === 'cut') return 'cut';
      if (lexer.text() === 'n') listed.add(first + index, offset);
    }
  }
  const trailer = walk(bytes, lexer.at, isLast, seen);
  if (!trailer) return 'cut';
  noteTrailer(bytes, trailer, seen);
  return referredBy(bytes, trailer, ['XRefStm', 'Prev']);
}

function streamIn(
  bytes: Uint8Array,
  walked: Walked,
  isLast: boolean,
  listed: Listed,
  seen: Observations,
  inflate: Inflate,
): number[] | undefined | 'cut' {
  const lexer = new Lexer(bytes, walked.end, isLast);
  lexer.skipSpace();
  if (!matches(bytes, 'stream', lexer.at)) return lexer.at >= bytes.length ? 'cut' : undefined;
  const dataAt = lexer.at + 'stream'.length + (bytes[lexer.at + 6] === 0x0d ? 2 : 1);
  const length = countOf(entryOf(bytes, walked, 'Length')) ?? maxObjectBytes;
  if (dataAt + length > bytes.length && !isLast) return 'cut';
  const data = bytes.subarray(dataAt, dataAt + length);
  const filters = filtersOf(entryOf(bytes, walked, 'Filter'), entryOf(bytes, walked, 'DecodeParms'));
  const entries = inspectXrefStream(bytes, walked, data, filters, seen, inflate);
  if (!entries) return undefined;
  listEntries(bytes, walked, entries, listed);
  return referredBy(bytes, walked, ['Prev']);
}

function listEntries(bytes: Uint8Array, walked: Walked, entries: Uint8Array, listed: Listed): void {
  const widths = entryOf(bytes, walked, 'W');
  if (typeof widths !== 'object' || widths.kind !== 'array') return;
  const [typeBytes = 0, secondBytes = 0, thirdBytes = 0] = widths.items.map((width) => countOf(width) ?? 0);
  const entryBytes = typeBytes + secondBytes + thirdBytes;
  const number = (at: number, count: number): number => {
    let value = 0;
    for (let index = 0; index < count; index += 1) value = value * 256 + (entries[at + index] as number);
    return value;
  };
  let at = 0;
  for (const { first, count } of sectionsOf(bytes, walked)) {
    for (let index = 0; index < count && entryBytes > 0 && at + entryBytes <= entries.length; index += 1) {
      const type = typeBytes === 0 ? 1 : number(at, typeBytes);
      const second = number(at + typeBytes, secondBytes);
      if (type === 1) listed.add(first + index, second);
      if (type === 2) listed.objectStreams.add(second);
      at += entryBytes;
    }
  }
}

const referredBy = (bytes: Uint8Array, walked: Walked, keys: readonly string[]): number[] =>
  keys.flatMap((key) => countOf(entryOf(bytes, walked, key)) ?? []);
