import { maxDecodeBytes } from '../../../images/decode-cost.ts';
import { type ImageFacts, maxFrames, refuseEmpty } from './facts.ts';
import { foreignHeadBytes, refuseForeign } from './foreign.ts';
import { bomb, type HeaderReader, ImageRefused, malformed, viewOf, WalkTooLong } from './header-reader.ts';

/** Real directories have some dozens of entries. */
const maxEntries = 4_096;
/** Byte counts of strips or tiles that are added up; of more, only that they lie within the file is checked. */
const maxCountedParts = 65_536;

const tags = {
  width: 0x100,
  length: 0x101,
  bitsPerSample: 0x102,
  compression: 0x103,
  photometric: 0x106,
  description: 0x10e,
  samplesPerPixel: 0x115,
  rowsPerStrip: 0x116,
  stripByteCounts: 0x117,
  software: 0x131,
  tileWidth: 0x142,
  tileLength: 0x143,
  tileByteCounts: 0x145,
  xmp: 0x2bc,
} as const;
const texts: readonly number[] = [tags.description, tags.software, tags.xmp];
const uncompressed = 1;
/** Its colours may be stored for several pixels together. */
const yCbCr = 6;

/** Bytes of one value, by type 0 to 18. */
const valueBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

interface Entry {
  readonly type: number;
  readonly count: number;
  /** Where the values are: within the entry where they fit. */
  readonly at: number;
}

interface Page {
  readonly width: number;
  readonly height: number;
  readonly pixelBytes: number;
}

/**
 * Classic and BigTIFF: the chain of directories, and whether each holds what it promises. Pages are opened one at a time, so
 * that the largest decides, and a scanned book is no animation.
 */
export async function readTiff(reader: HeaderReader): Promise<ImageFacts> {
  const format = await readFormat(reader);
  const seen = new Set<number>();
  let largest: Page = { width: 0, height: 0, pixelBytes: 1 };
  let next = format.firstAt;
  try {
    while (next !== 0) {
      if (seen.has(next)) throw malformed('its directories run in a circle');
      seen.add(next);
      if (seen.size > maxFrames) throw bomb(`more than ${maxFrames} pages`);
      const directory = await readDirectory(reader, format, next);
      const page = await readPage(reader, format, directory.entries);
      if (weight(page) > weight(largest)) largest = page;
      next = directory.next;
    }
  } catch (error) {
    // Those that are too far to walk to are taken to be like the others.
    if (!(error instanceof WalkTooLong) || largest.width === 0) throw error;
  }
  if (seen.size === 0) throw malformed('a TIFF without a picture');
  const { width, height, pixelBytes } = largest;
  return { width, height, coding: { format: 'stored', pixelBytes }, frames: 1 };
}

const weight = ({ width, height, pixelBytes }: Page): number => width * height * pixelBytes;

interface Format {
  readonly littleEndian: boolean;
  readonly big: boolean;
  readonly firstAt: number;
}

async function readFormat(reader: HeaderReader): Promise<Format> {
  const view = await reader.view(0, 8);
  const littleEndian = view.getUint8(0) === 0x49;
  const version = view.getUint16(2, littleEndian);
  if (version === 42) return { littleEndian, big: false, firstAt: view.getUint32(4, littleEndian) };
  if (version !== 43) throw malformed('a TIFF of no version that exists');
  const rest = await reader.view(0, 16);
  return { littleEndian, big: true, firstAt: uint64(rest, 8, littleEndian) };
}

/** Offsets beyond 2^53 are beyond every file as well. */
const uint64 = (view: DataView, at: number, littleEndian: boolean): number =>
  Number(view.getBigUint64(at, littleEndian));

async function readDirectory(reader: HeaderReader, { littleEndian, big }: Format, at: number) {
  const countBytes = big ? 8 : 2;
  const entryBytes = big ? 20 : 12;
  const offsetBytes = big ? 8 : 4;
  const head = await reader.view(at, countBytes);
  const count = big ? uint64(head, 0, littleEndian) : head.getUint16(0, littleEndian);
  if (count === 0 || count > maxEntries) throw malformed(`a directory of ${count} entries`);
  const view = await reader.view(at + countBytes, count * entryBytes + offsetBytes);
  const entries = new Map<number, Entry>();
  for (let index = 0; index < count; index += 1) {
    const from = index * entryBytes;
    const type = view.getUint16(from + 2, littleEndian);
    const values = big ? uint64(view, from + 4, littleEndian) : view.getUint32(from + 4, littleEndian);
    const valueAt = from + 4 + offsetBytes;
    const bytes = values * (valueBytes[type] ?? 0);
    const within = bytes <= offsetBytes;
    const offset = big ? uint64(view, valueAt, littleEndian) : view.getUint32(valueAt, littleEndian);
    const entry = { type, count: values, at: within ? at + countBytes + valueAt : offset };
    if (!within && entry.at + bytes > reader.size) throw malformed('a directory points beyond the file');
    entries.set(view.getUint16(from, littleEndian), entry);
  }
  const nextAt = count * entryBytes;
  return { entries, next: big ? uint64(view, nextAt, littleEndian) : view.getUint32(nextAt, littleEndian) };
}

async function readPage(
  reader: HeaderReader,
  format: Format,
  entries: ReadonlyMap<number, Entry>,
): Promise<Page> {
  const numbers = (tag: number, max: number) => readNumbers(reader, format, entries.get(tag), max);
  const first = async (tag: number, otherwise: number) => (await numbers(tag, 1))[0] ?? otherwise;
  const width = await first(tags.width, 0);
  const height = await first(tags.length, 0);
  refuseEmpty(width, height);
  const samples = await first(tags.samplesPerPixel, 1);
  const bits = await first(tags.bitsPerSample, 1);
  if (samples === 0 || samples > 64 || bits === 0 || bits > 64)
    throw malformed(`${samples} samples of ${bits} bits`);
  const pixelBytes = (samples * bits) / 8;
  const isTiled = entries.has(tags.tileWidth);
  const partWidth = isTiled ? await first(tags.tileWidth, 0) : width;
  const partHeight = isTiled
    ? await first(tags.tileLength, 0)
    : Math.min(height, await first(tags.rowsPerStrip, height));
  refuseEmpty(partWidth, partHeight);
  if (partWidth * partHeight * pixelBytes > maxDecodeBytes) {
    throw new ImageRefused('pixels_exceeded', `a strip or tile of ${partWidth}x${partHeight} pixels`);
  }
  const parts = Math.ceil(width / partWidth) * Math.ceil(height / partHeight);
  const counts = entries.get(isTiled ? tags.tileByteCounts : tags.stripByteCounts);
  if (counts && counts.count < parts) throw malformed(`${counts.count} strips or tiles of ${parts}`);
  if (counts && counts.count <= maxCountedParts) {
    const bytes = (await readNumbers(reader, format, counts, counts.count)).reduce(
      (sum, part) => sum + part,
      0,
    );
    if (bytes > reader.size) throw malformed('its strips or tiles are longer than the file');
    const isPlain =
      (await first(tags.compression, uncompressed)) === uncompressed &&
      (await first(tags.photometric, 0)) !== yCbCr;
    // Old writers leave the counts at zero.
    if (isPlain && bytes > 0 && bytes < Math.floor(width * height * pixelBytes))
      throw malformed('too few bytes for so many pixels');
  }
  for (const tag of texts) {
    const entry = entries.get(tag);
    if (!entry || entry.at >= reader.size) continue;
    const length = Math.min(entry.count * (valueBytes[entry.type] ?? 0), foreignHeadBytes);
    refuseForeign(await reader.aside(entry.at, length), 'its metadata');
  }
  return { width, height, pixelBytes };
}

async function readNumbers(
  reader: HeaderReader,
  { littleEndian }: Format,
  entry: Entry | undefined,
  max: number,
): Promise<number[]> {
  const size = valueBytes[entry?.type ?? 0] ?? 0;
  if (!entry || entry.count === 0 || size === 0) return [];
  const count = Math.min(entry.count, max);
  if (entry.at + count * size > reader.size) throw malformed('a directory points beyond the file');
  const view = viewOf(await reader.aside(entry.at, count * size));
  const read = (at: number): number =>
    size === 1
      ? view.getUint8(at)
      : size === 2
        ? view.getUint16(at, littleEndian)
        : size === 4
          ? view.getUint32(at, littleEndian)
          : uint64(view, at, littleEndian);
  return Array.from({ length: Math.floor(view.byteLength / size) }, (_, index) => read(index * size));
}
