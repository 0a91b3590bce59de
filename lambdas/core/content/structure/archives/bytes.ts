import type { ByteSource } from '../structure.ts';

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const latin1 = new TextDecoder('latin1');

/** One character for each byte, whatever the encoding: names and markup that matter here are ASCII. */
export const asciiOf = (bytes: Uint8Array): string => latin1.decode(bytes);

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at]);

/** Bytes that are in memory already: what came out of an archive. */
export function bytesSource(bytes: Uint8Array): HoldingSource {
  const read = async (from: number, length: number) => bytes.subarray(from, from + length);
  return { size: bytes.length, read, hold: read, holds: () => true };
}

/** A part of a source as a source of its own: what lies uncompressed in an archive. */
export const partOf = (source: ByteSource, from: number, size: number): ByteSource => ({
  size,
  read: (at, length) => source.read(from + at, Math.max(0, Math.min(length, size - at))),
});

export interface HoldingSource extends ByteSource {
  /** Keeps a range, so that reads within it cost nothing. */
  hold(from: number, length: number): Promise<Uint8Array>;
  /** Whether reading it costs nothing. */
  holds(from: number, length: number): boolean;
}

/** Ranges kept at a time: the end of an archive, its directory, and where the reader is. */
const keptRanges = 3;

export function holding(source: ByteSource | HoldingSource): HoldingSource {
  if ('holds' in source) return source;
  const kept: { readonly from: number; readonly bytes: Uint8Array }[] = [];
  const find = (from: number, length: number) =>
    kept.find((range) => from >= range.from && from + length <= range.from + range.bytes.length);
  const read = async (from: number, length: number): Promise<Uint8Array> => {
    const wanted = Math.max(0, Math.min(length, source.size - from));
    const range = find(from, wanted);
    return range
      ? range.bytes.subarray(from - range.from, from - range.from + wanted)
      : source.read(from, wanted);
  };
  return {
    size: source.size,
    read,
    hold: async (from, length) => {
      const isHeld = find(from, Math.min(length, source.size - from)) !== undefined;
      const bytes = await read(from, length);
      if (isHeld) return bytes;
      kept.push({ from, bytes });
      if (kept.length > keptRanges) kept.shift();
      return bytes;
    },
    holds: (from, length) => find(from, Math.min(length, source.size - from)) !== undefined,
  };
}

export interface Range {
  readonly from: number;
  readonly length: number;
}

/** Reads neighbours together: so far apart, and so much at once, that a byte too many costs less than a request. */
const maxGapBytes = 256 * 1024;
const maxGroupBytes = 8 * 1024 * 1024;

/** Groups of what lies close together, in the order in which it lies. */
export function neighbours<T extends Range>(ranges: readonly T[]): (Range & { readonly members: T[] })[] {
  const groups: { from: number; length: number; members: T[] }[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const end = range.from + range.length;
    const group = groups.at(-1);
    if (
      group &&
      range.from - (group.from + group.length) <= maxGapBytes &&
      end - group.from <= maxGroupBytes
    ) {
      group.length = Math.max(group.length, end - group.from);
      group.members.push(range);
    } else {
      groups.push({ from: range.from, length: range.length, members: [range] });
    }
  }
  return groups;
}
