import readExif from 'exif-reader';
import { type ExifSummary, type ParsedExif, summariseExif } from '../../core/images/exif.ts';

/** A JPEG can carry 64 KiB of EXIF; PNG, WebP and AVIF any amount. What lies beyond this is not read. */
const maxExifBytes = 256 * 1024;

/** Bytes of one value, by TIFF type 1 to 10. */
const valueBytes = [1, 1, 2, 4, 8, 1, 1, 2, 4, 8];
/** ASCII and UNDEFINED become one slice, whatever their length; other types become arrays of numbers. */
const sliceTypes = new Set([2, 7]);
const exifPointer = 0x8769;
const gpsPointer = 0x8825;
const interopPointer = 0xa005;

/** The summary of an EXIF block, with or without its `Exif\0\0` prefix; undefined when it holds nothing readable. */
export function readExifSummary(block: Uint8Array): ExifSummary | undefined {
  const bytes = Buffer.from(block.buffer, block.byteOffset, Math.min(block.byteLength, maxExifBytes));
  const tiff = bytes.toString('latin1', 0, 6) === 'Exif\0\0' ? bytes.subarray(6) : bytes;
  try {
    if (!isPlausible(tiff)) return undefined;
    return summariseExif(readExif(tiff) as ParsedExif);
  } catch {
    // EXIF is a bonus: a picture with a broken block is still a picture.
    return undefined;
  }
}

/**
 * Whether the block can be parsed in memory proportional to its size. Thousands of entries that all point at the
 * same 64 KiB would become gigabytes of numbers; values of an honest block do not overlap, so they add up to less
 * than the block. Throws RangeError where the block ends too early.
 */
function isPlausible(tiff: Buffer): boolean {
  const bigEndian = tiff[0] === 0x4d;
  const uint16 = (at: number) => (bigEndian ? tiff.readUInt16BE(at) : tiff.readUInt16LE(at));
  const uint32 = (at: number) => (bigEndian ? tiff.readUInt32BE(at) : tiff.readUInt32LE(at));

  const directories = [uint32(4)];
  let arrayBytes = 0;
  for (let index = 0; index < directories.length; index += 1) {
    const start = directories[index] as number;
    const end = start + 2 + uint16(start) * 12;
    for (let at = start + 2; at < end; at += 12) {
      const tag = uint16(at);
      const type = uint16(at + 2);
      if (!sliceTypes.has(type)) arrayBytes += uint32(at + 4) * (valueBytes[type - 1] ?? 0);
      const points = index === 0 ? tag === exifPointer || tag === gpsPointer : tag === interopPointer;
      // IFD0 points to Exif, GPS and the thumbnail's, Exif to Interop: with the first, five at the most.
      if (points && directories.length < 5) directories.push(uint32(at + 8));
    }
    if (arrayBytes > tiff.length) return false;
    if (index === 0 && end + 4 <= tiff.length && uint32(end) !== 0) directories.push(uint32(end));
  }
  return true;
}
