import { type ImageFacts, refuseEmpty } from './facts.ts';
import { bomb, fourCc, type HeaderReader, malformed, viewOf } from './header-reader.ts';

const fileHeaderBytes = 14;
/** The oldest header has 12 bytes and 16-bit sides; every other begins like that of Windows 3. */
const coreHeaderBytes = 12;
const infoHeaderBytes = 40;
const depths = new Set([1, 2, 4, 8, 16, 24, 32]);
/** BI_RGB, BI_BITFIELDS and BI_ALPHABITFIELDS: rows as they are. */
const plainCompressions = new Set([0, 3, 6]);

export async function readBmp(reader: HeaderReader): Promise<ImageFacts> {
  const file = await reader.view(0, fileHeaderBytes);
  const pixelsAt = file.getUint32(10, true);
  const dib = await readDib(reader, fileHeaderBytes);
  const { width, height, bits, compression, pixelBytes } = dib;
  if (pixelsAt > reader.size) throw malformed('its pixels lie beyond the file');
  const facts = { width, height, coding: { format: 'stored', pixelBytes } as const, frames: 1 };
  if (!plainCompressions.has(compression)) return facts;
  const rowBytes = 4 * Math.ceil((width * bits) / 32);
  const end = pixelsAt + rowBytes * height;
  if (end > reader.size) throw malformed('too few bytes for so many pixels');
  // A profile may follow the pixels; the header's own length says whether it belongs to the file.
  return { ...facts, end: Math.max(end, Math.min(file.getUint32(2, true), reader.size)) };
}

async function readDib(reader: HeaderReader, at: number) {
  const headerBytes = (await reader.view(at, 4)).getUint32(0, true);
  if (headerBytes !== coreHeaderBytes && headerBytes < infoHeaderBytes && headerBytes !== 16) {
    throw malformed('a bitmap header of no kind that exists');
  }
  const isCore = headerBytes === coreHeaderBytes;
  const view = await reader.view(at, Math.min(headerBytes, infoHeaderBytes));
  const width = isCore ? view.getUint16(4, true) : view.getInt32(4, true);
  // Negative: from top to bottom.
  const height = isCore ? view.getUint16(6, true) : Math.abs(view.getInt32(8, true));
  const bits = view.getUint16(isCore ? 10 : 14, true);
  const compression = view.byteLength >= infoHeaderBytes ? view.getUint32(16, true) : 0;
  if (width < 0) throw malformed('a picture of a negative width');
  refuseEmpty(width, height);
  // 0: the pixels are a JPEG or a PNG of their own.
  if (bits !== 0 && !depths.has(bits)) throw malformed(`a bitmap of ${bits} bits a pixel`);
  return { width, height, bits, compression, pixelBytes: 4 };
}

const iconHeaderBytes = 6;
const entryBytes = 16;
const maxIcons = 256;
const pngSignature = '\x89PNG';

/** A list of bitmaps and PNGs, each of which says its size once more. */
export async function readIcon(reader: HeaderReader): Promise<ImageFacts> {
  const count = (await reader.view(0, iconHeaderBytes)).getUint16(4, true);
  if (count === 0) throw malformed('an icon without a picture');
  if (count > maxIcons) throw bomb(`an icon of more than ${maxIcons} pictures`);
  const entries = viewOf((await reader.bytes(iconHeaderBytes, count * entryBytes)).slice());
  let largest = { width: 0, height: 0 };
  let end = iconHeaderBytes + count * entryBytes;
  for (let index = 0; index < count; index += 1) {
    const length = entries.getUint32(index * entryBytes + 8, true);
    const at = entries.getUint32(index * entryBytes + 12, true);
    if (at + length > reader.size) throw malformed('a picture of the icon lies beyond the file');
    end = Math.max(end, at + length);
    const size = await iconSize(reader, at);
    if (size.width * size.height > largest.width * largest.height) largest = size;
  }
  return { ...largest, coding: { format: 'stored', pixelBytes: 4 }, frames: 1, end };
}

async function iconSize(reader: HeaderReader, at: number): Promise<{ width: number; height: number }> {
  const ihdrEnd = 24;
  const head = await reader.aside(at, ihdrEnd);
  if (fourCc(head, 0) !== pngSignature) {
    const { width, height } = await readDib(reader, at);
    // The mask stands above the colours.
    return { width, height: Math.ceil(height / 2) };
  }
  if (head.length < ihdrEnd) throw malformed('the file ends within its headers');
  const view = viewOf(head);
  const size = { width: view.getUint32(16), height: view.getUint32(20) };
  refuseEmpty(size.width, size.height);
  return size;
}
