import { asciiOf, viewOf } from './bytes.ts';
import { giveUp, refuse } from './judged.ts';

export const tarBlockBytes = 512;

/** One header of a tar, of any of its dialects (v7, ustar, GNU, star, pax). */
export interface TarHeader {
  readonly name: string;
  readonly linkName: string;
  readonly type: string;
  readonly bytes: number;
  /** Of a sparse file in GNU's old dialect: what it becomes. */
  readonly sparseBytes?: number;
}

/** Undefined for the block of zeros that ends a tar. */
export function readTarHeader(block: Uint8Array): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  checkSum(block);
  const type = String.fromCharCode(block[156] ?? 0);
  const isPosix = textOf(block, 257, 8) === 'ustar';
  const prefix = isPosix ? textOf(block, 345, 155) : '';
  const name = textOf(block, 0, 100);
  return {
    name: prefix ? `${prefix}/${name}` : name,
    linkName: textOf(block, 157, 100),
    type,
    bytes: numberOf(block, 124, 12),
    ...(type === 'S' && { sparseBytes: sparseBytesOf(block) }),
  };
}

/** A map of more than four pieces goes on behind the header; what writes such files today writes pax. */
function sparseBytesOf(block: Uint8Array): number {
  if (block[482] !== 0) giveUp('the archive holds a sparse file with more pieces than can be looked at');
  return numberOf(block, 483, 12);
}

/** The sum of the header with spaces in its own place; some old tars took bytes for signed. */
function checkSum(block: Uint8Array): void {
  let unsigned = 0;
  let signed = 0;
  for (let at = 0; at < block.length; at += 1) {
    const byte = at >= 148 && at < 156 ? 0x20 : (block[at] ?? 0);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  const sum = numberOf(block, 148, 8);
  if (sum !== unsigned && sum !== signed) refuse('malformed', "an entry's header is damaged");
}

const textOf = (block: Uint8Array, at: number, length: number): string =>
  asciiOf(block.subarray(at, at + length)).split('\0', 1)[0] ?? '';

/** Octal digits, or, where the first bit is set, a binary number. */
function numberOf(block: Uint8Array, at: number, length: number): number {
  const field = block.subarray(at, at + length);
  const first = field[0] ?? 0;
  if (first >= 0x80) {
    // Eight bytes of twelve are enough; what stands before them is zero, or the number is beyond all sizes.
    const high = field.subarray(0, length - 8);
    const isSmall = high.every((byte, index) => byte === (index === 0 ? 0x80 : 0));
    const value = length > 8 ? Number(viewOf(field).getBigUint64(length - 8)) : Number.NaN;
    return isSmall && Number.isSafeInteger(value)
      ? value
      : refuse('malformed', 'an entry has an impossible size');
  }
  const text = textOf(block, at, length).trim();
  if (!/^[0-7]*$/.test(text)) refuse('malformed', "an entry's header is damaged");
  return text === '' ? 0 : Number.parseInt(text, 8);
}

/** `length key=value` lines. Undefined where they are none. */
export function paxRecords(data: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < data.length && data[at] !== 0; ) {
    const digits = /^(\d{1,7}) /.exec(asciiOf(data.subarray(at, at + 8)))?.[1];
    const length = Number(digits);
    const record = asciiOf(data.subarray(at, at + length));
    const equals = record.indexOf('=');
    if (
      !digits ||
      length <= digits.length + 2 ||
      record.length < length ||
      equals < 0 ||
      !record.endsWith('\n')
    ) {
      return refuse('malformed', "an entry's extended header is damaged");
    }
    records.set(record.slice(digits.length + 1, equals), record.slice(equals + 1, -1));
    at += length;
  }
  return records;
}
