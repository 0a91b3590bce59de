import type { Inflate } from '../structure.ts';
import { latin1 } from './lexer.ts';
import { countOf, isPresent, nameOf, type Value } from './values.ts';

export interface Filter {
  readonly name: string;
  readonly parameters?: Value;
}

/** The filters of a stream in the order in which they are undone; undefined where another object says which. */
export function filtersOf(filter: Value | undefined, parameters: Value | undefined): Filter[] | undefined {
  const named = listOf(filter);
  const given = listOf(parameters);
  const filters: Filter[] = [];
  for (const [index, item] of named.entries()) {
    const name = nameOf(item);
    const own = given[index];
    if (name === undefined || (typeof own === 'object' && own.kind === 'reference')) return undefined;
    filters.push({ name, ...(own !== undefined && isPresent(own) && { parameters: own }) });
  }
  return filters;
}

function listOf(value: Value | undefined): readonly Value[] {
  if (value === undefined || !isPresent(value)) return [];
  return typeof value === 'object' && value.kind === 'array' ? value.items : [value];
}

const compressions = new Set(['FlateDecode', 'Fl', 'LZWDecode', 'LZW', 'RunLengthDecode', 'RL']);
export const isCompression = (name: string): boolean => compressions.has(name);

export interface Decoded {
  readonly bytes: Uint8Array;
  /** False where there would be more than `maxBytes`. */
  readonly complete: boolean;
}

/** Undefined where a filter is none that a stream of objects would have, or the data are broken. */
export function decode(
  data: Uint8Array,
  filters: readonly Filter[],
  inflate: Inflate,
  maxBytes: number,
): Decoded | undefined {
  let decoded: Decoded = { bytes: data, complete: true };
  for (const filter of filters) {
    const next = undo(filter, decoded.bytes, inflate, maxBytes);
    if (!next?.complete) return next;
    decoded = next;
  }
  return decoded;
}

function undo(filter: Filter, bytes: Uint8Array, inflate: Inflate, maxBytes: number): Decoded | undefined {
  switch (filter.name) {
    case 'FlateDecode':
    case 'Fl': {
      const inflated = inflateLeniently(bytes, inflate, maxBytes);
      if (!inflated?.complete) return inflated;
      const plain = unpredict(inflated.bytes, filter.parameters);
      return plain && { bytes: plain, complete: true };
    }
    case 'ASCIIHexDecode':
    case 'AHx':
      return { bytes: fromHex(bytes), complete: true };
    case 'ASCII85Decode':
    case 'A85':
      return fromAscii85(bytes, maxBytes);
    default:
      return undefined;
  }
}

/** Viewers do not mind a wrong checksum behind the data, nor a wrong header before them. */
function inflateLeniently(bytes: Uint8Array, inflate: Inflate, maxBytes: number): Decoded | undefined {
  try {
    return inflate(bytes, 'zlib', maxBytes);
  } catch {}
  const headerBytes = 2;
  try {
    const inflated = inflate(bytes.subarray(headerBytes), 'raw', maxBytes);
    return inflated.bytes.length > 0 ? inflated : undefined;
  } catch {
    return undefined;
  }
}

/** Undoes the prediction of PNG, which cross-reference streams use; undefined for a kind that is not known. */
function unpredict(bytes: Uint8Array, parameters: Value | undefined): Uint8Array | undefined {
  const entries =
    typeof parameters === 'object' && parameters.kind === 'dict' ? parameters.entries : undefined;
  const number = (key: string, usual: number) => countOf(entries?.get(key)) ?? usual;
  const predictor = number('Predictor', 1);
  if (predictor === 1) return bytes;
  const bits = number('Columns', 1) * number('Colors', 1) * number('BitsPerComponent', 8);
  const row = Math.ceil(bits / 8);
  const pixel = Math.max(1, (number('Colors', 1) * number('BitsPerComponent', 8)) >> 3);
  if (predictor < 10 || row < 1 || row > bytes.length) return undefined;

  const rows = Math.ceil(bytes.length / (row + 1));
  const plain = new Uint8Array(rows * row);
  for (let index = 0; index < rows; index += 1) {
    const from = index * (row + 1) + 1;
    const to = index * row;
    const kind = bytes[from - 1] as number;
    for (let column = 0; column < row; column += 1) {
      const left = column >= pixel ? (plain[to + column - pixel] as number) : 0;
      const above = index > 0 ? (plain[to + column - row] as number) : 0;
      const corner = index > 0 && column >= pixel ? (plain[to + column - row - pixel] as number) : 0;
      plain[to + column] = (bytes[from + column] ?? 0) + predicted(kind, left, above, corner);
    }
  }
  return plain;
}

function predicted(kind: number, left: number, above: number, corner: number): number {
  switch (kind) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4: {
      const toLeft = Math.abs(above - corner);
      const toAbove = Math.abs(left - corner);
      const toCorner = Math.abs(left + above - 2 * corner);
      if (toLeft <= toAbove && toLeft <= toCorner) return left;
      return toAbove <= toCorner ? above : corner;
    }
    default:
      return 0;
  }
}

function fromHex(bytes: Uint8Array): Uint8Array {
  const plain = new Uint8Array((bytes.length + 1) >> 1);
  let digits = 0;
  for (const byte of bytes) {
    if (byte === 0x3e) break;
    const digit = hexDigit(byte);
    if (digit === undefined) continue;
    const at = digits >> 1;
    plain[at] = (plain[at] as number) | (digits % 2 === 0 ? digit << 4 : digit);
    digits += 1;
  }
  return plain.subarray(0, (digits + 1) >> 1);
}

function hexDigit(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = (byte | 0x20) - 0x61;
  return letter >= 0 && letter < 6 ? letter + 10 : undefined;
}

function fromAscii85(bytes: Uint8Array, maxBytes: number): Decoded {
  // Five characters make four bytes, and each "z" makes four zeros.
  let zeros = 0;
  for (const byte of bytes) if (byte === zeroGroup) zeros += 1;
  const room = 4 * zeros + 4 * Math.ceil((bytes.length - zeros) / 5);
  if (room > maxBytes) return { bytes: new Uint8Array(), complete: false };

  const plain = new Uint8Array(room);
  let length = 0;
  let group = 0;
  let digits = 0;
  const put = (count: number) => {
    for (let index = 0; index < count; index += 1) plain[length + index] = group >>> (24 - 8 * index);
    length += count;
    group = digits = 0;
  };
  const start = latin1(bytes, 0, 2) === '<~' ? 2 : 0;
  for (const byte of bytes.subarray(start)) {
    if (byte === endOfData) break;
    if (byte === zeroGroup && digits === 0) put(4);
    if (byte < 0x21 || byte > 0x75) continue;
    group = group * 85 + (byte - 0x21);
    digits += 1;
    if (digits === 5) put(4);
  }
  if (digits > 1) {
    const given = digits - 1;
    for (; digits < 5; digits += 1) group = group * 85 + 84;
    put(given);
  }
  return { bytes: plain.subarray(0, length), complete: true };
}

const zeroGroup = 0x7a;
const endOfData = 0x7e;
