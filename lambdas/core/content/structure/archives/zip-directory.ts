import { asciiOf, type HoldingSource, viewOf } from './bytes.ts';
import { giveUp, refuse } from './judged.ts';
import { readZipEnd } from './zip-end.ts';

export interface ZipEntry {
  readonly name: string;
  readonly rawName: Uint8Array;
  /** What some readers take for its name instead (Info-ZIP's Unicode path). */
  readonly otherName?: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedBytes: number;
  readonly inflatedBytes: number;
  /** Of the local header, in the source. */
  readonly offset: number;
  /** Where the local header says the content begins follows from its own lengths; this is the least. */
  readonly minEnd: number;
  /** Of a Unix file, type and rights; 0 where none is recorded. */
  readonly unixMode: number;
  readonly encrypted: boolean;
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  /** Where the directory begins and the content ends. */
  readonly from: number;
  readonly prepended: number;
  readonly trailing: boolean;
}

export const localHeaderBytes = 30;
const headerBytes = 46;
const in64 = 0xffffffff;

/** A zip's central directory, of which nothing is believed but what agrees with the rest. */
export async function readZipDirectory(source: HoldingSource): Promise<ZipDirectory> {
  const end = await readZipEnd(source);
  const directory = await source.hold(end.from, end.length);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let number = 0; number < end.entries; number += 1) {
    const { entry, next } = readEntry(directory, at, end.prepended);
    entries.push(entry);
    at = next;
  }
  if (at !== directory.length && !isSignature(directory.subarray(at))) {
    refuse('malformed', "the archive's directory has another number of entries than its end says");
  }
  return { entries, from: end.from, prepended: end.prepended, trailing: end.trailing };
}

const isSignature = (rest: Uint8Array): boolean =>
  rest.length >= 6 &&
  viewOf(rest).getUint32(0, true) === 0x05054b50 &&
  rest.length === 6 + viewOf(rest).getUint16(4, true);

function readEntry(directory: Uint8Array, at: number, prepended: number): { entry: ZipEntry; next: number } {
  const header = viewOf(directory.subarray(at, at + headerBytes));
  if (header.byteLength < headerBytes || header.getUint32(0, true) !== 0x02014b50) {
    refuse('malformed', "the archive's directory ends before its last entry");
  }
  const u16 = (offset: number) => header.getUint16(offset, true);
  const u32 = (offset: number) => header.getUint32(offset, true);
  const nameEnd = at + headerBytes + u16(28);
  const extraEnd = nameEnd + u16(30);
  const next = extraEnd + u16(32);
  if (next > directory.length) refuse('malformed', "the archive's directory is cut off");
  const rawName = directory.subarray(at + headerBytes, nameEnd);
  const extra = extraFields(directory.subarray(nameEnd, extraEnd));
  const [inflatedBytes, compressedBytes, offset] = sizes([u32(24), u32(20), u32(42)], extra.get(0x0001));
  if (u16(34) !== 0 && u16(34) !== 0xffff) giveUp('the archive is one of several parts');
  const unicode = extra.get(0x7075);
  const flags = u16(8);
  const entry = {
    name: asciiOf(rawName),
    rawName,
    ...(unicode && { otherName: asciiOf(unicode.subarray(5)) }),
    flags,
    method: u16(10),
    crc: u32(16),
    compressedBytes,
    inflatedBytes,
    offset: offset + prepended,
    minEnd: offset + prepended + localHeaderBytes + rawName.length + compressedBytes,
    unixMode: u32(38) >>> 16,
    // Flags: traditional, strong, masked headers. Extra: WinZip's AES, strong encryption.
    encrypted: (flags & 0x2041) !== 0 || extra.has(0x9901) || extra.has(0x0017),
  };
  return { entry, next };
}

type Sizes = readonly [inflatedBytes: number, compressedBytes: number, offset: number];

/** What does not fit into 32 bits stands in the Zip64 field, in this order, and only that. */
function sizes(short: Sizes, zip64: Uint8Array | undefined): Sizes {
  let at = 0;
  const long = short.map((value) => {
    if (value !== in64) return value;
    if (!zip64 || zip64.length < at + 8) refuse('malformed', 'an entry lacks its Zip64 sizes');
    at += 8;
    const size = Number(viewOf(zip64).getBigUint64(at - 8, true));
    return Number.isSafeInteger(size) ? size : refuse('malformed', 'an entry has an impossible size');
  });
  return long as unknown as Sizes;
}

/** The first of each kind. What some tools pad headers with is no list of fields, and no harm. */
function extraFields(extra: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = view.getUint16(at + 2, true);
    if (at + 4 + length > extra.length) break;
    const id = view.getUint16(at, true);
    if (!fields.has(id)) fields.set(id, extra.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return fields;
}
