import type { PixelCoding } from '../../../images/decode-cost.ts';
import { type ImageFacts, refuseEmpty } from './facts.ts';
import { refuseForeign } from './foreign.ts';
import { bomb, type HeaderReader, malformed, viewOf, WalkTooLong } from './header-reader.ts';

/** Extended XMP and depth maps take some hundreds of segments; each holds at most 64 KiB. */
const maxSegments = 4_000;
/** Cameras leave stray bytes between segments, and every decoder skips them. */
const maxStrayBytes = 64 * 1024;
/** Of libjpeg; real pictures have 1, 3 or 4. */
const maxComponents = 4;

const soi = 0xd8;
const eoi = 0xd9;
const sos = 0xda;
const isFrame = (marker: number): boolean => (marker & 0xf0) === 0xc0 && ![0xc4, 0xc8, 0xcc].includes(marker);
const isAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= soi);
const isMetadata = (marker: number): boolean => (marker & 0xf0) === 0xe0 || marker === 0xfe;
/** SOF2, 6, 10 and 14. */
const isProgressive = (marker: number): boolean => (marker & 0x03) === 2;

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly coefficientBytes: number;
  readonly progressive: boolean;
}

/** Walks the segments up to the first scan, and through the scans only where something follows the picture. */
export async function readJpeg(reader: HeaderReader, endOfFile: Uint8Array): Promise<ImageFacts> {
  let frame: Frame | undefined;
  let at = 2;
  for (let segments = 0; ; segments += 1) {
    if (segments > maxSegments) throw bomb(`more than ${maxSegments} segments before the first pixel`);
    const { marker, dataAt } = await nextMarker(reader, at);
    if (marker === eoi) throw malformed('a JPEG without a picture');
    if (isAlone(marker)) {
      at = dataAt;
      continue;
    }
    const length = (await reader.view(dataAt, 2)).getUint16(0);
    if (length < 2 || dataAt + length > reader.size) throw malformed('a segment reaches beyond the file');
    if (isFrame(marker)) {
      if (frame) throw malformed('a JPEG with two frame headers');
      frame = readFrame(marker, await reader.bytes(dataAt + 2, length - 2));
    }
    if (isMetadata(marker)) refuseForeign(await reader.bytes(dataAt + 2, length - 2), 'its metadata');
    if (marker === sos) {
      if (!frame) throw malformed('a JPEG without a frame header');
      const inScan = (await reader.bytes(dataAt + 2, 1))[0] ?? 0;
      const coding = codingOf(frame, inScan);
      return {
        width: frame.width,
        height: frame.height,
        coding,
        frames: 1,
        ...(await endOf(reader, dataAt + length, endOfFile)),
      };
    }
    at = dataAt + length;
  }
}

/** libjpeg keeps the whole picture as coefficients wherever one scan does not hold all components. */
const codingOf = ({ progressive, components, coefficientBytes }: Frame, inScan: number): PixelCoding => ({
  format: 'jpeg',
  coefficientBytes: progressive || inScan < components ? coefficientBytes : 0,
});

async function nextMarker(reader: HeaderReader, from: number): Promise<{ marker: number; dataAt: number }> {
  let at = from;
  let previous = 0;
  for (; at - from < maxStrayBytes; at += 1) {
    const found = reader.byte(at);
    const byte = typeof found === 'number' ? found : await found;
    if (previous === 0xff && byte !== 0xff && byte !== 0) return { marker: byte, dataAt: at + 1 };
    previous = byte;
  }
  throw malformed('no segment where one has to be');
}

function readFrame(marker: number, data: Uint8Array): Frame {
  const view = viewOf(data);
  if (data.length < 6) throw malformed('a frame header that is too short');
  const height = view.getUint16(1);
  const width = view.getUint16(3);
  const components = view.getUint8(5);
  refuseEmpty(width, height);
  if (components === 0 || components > maxComponents || data.length < 6 + 3 * components) {
    throw malformed(`a frame header with ${components} components`);
  }
  const samplings = Array.from({ length: components }, (_, index) => view.getUint8(6 + 3 * index + 1));
  const across = samplings.map((sampling) => sampling >> 4);
  const down = samplings.map((sampling) => sampling & 15);
  if ([...across, ...down].some((factor) => factor < 1 || factor > 4))
    throw malformed('a sampling that is none');
  const whole = Math.max(...across) * Math.max(...down);
  const samples = across.reduce((sum, factor, index) => sum + (factor * (down[index] ?? 1)) / whole, 0);
  const bytesOfCoefficient = 2;
  return {
    width,
    height,
    components,
    progressive: isProgressive(marker),
    coefficientBytes: samples * bytesOfCoefficient,
  };
}

/** A file that ends with the end marker needs no walk: its scans are most of it. Cameras pad with zeros and 0xff. */
async function endOf(
  reader: HeaderReader,
  scanAt: number,
  endOfFile: Uint8Array,
): Promise<Pick<ImageFacts, 'end' | 'hasTrailer'>> {
  let last = endOfFile.length;
  while (last > 0 && (endOfFile[last - 1] === 0 || endOfFile[last - 1] === 0xff)) last -= 1;
  if (endOfFile[last - 1] === eoi && endOfFile[last - 2] === 0xff) {
    refuseBetweenEnds(endOfFile.subarray(Math.max(0, scanAt - (reader.size - endOfFile.length)), last));
    return {};
  }
  try {
    const end = await walkScans(reader, scanAt);
    // Without an end marker: decoders add it.
    return end === undefined ? {} : { end };
  } catch (error) {
    if (error instanceof WalkTooLong) return { hasTrailer: true };
    throw error;
  }
}

/** Scans hold no end marker: behind one that is not the last there is something else, a second picture as a rule. */
function refuseBetweenEnds(tail: Uint8Array): void {
  let looked = 0;
  for (let at = tail.indexOf(0xff); at >= 0 && looked < maxEnds; at = tail.indexOf(0xff, at + 1)) {
    if (tail[at + 1] !== eoi) continue;
    refuseForeign(tail.subarray(at + 2), 'what follows the picture');
    looked += 1;
  }
}

/** Second pictures have thumbnails of their own. */
const maxEnds = 16;

/** Within a scan a 0xff is followed by 0, a restart or the next segment. */
async function walkScans(reader: HeaderReader, scanAt: number): Promise<number | undefined> {
  let at = scanAt;
  while (at + 2 <= reader.size) {
    const chunk = await reader.bytes(at, Math.min(scanChunkBytes, reader.size - at));
    const found = nextInScan(chunk);
    if (found === undefined) {
      at += chunk.length - 1;
      continue;
    }
    const marker = chunk[found + 1] ?? 0;
    at += found + 2;
    if (marker === eoi) return at;
    if (isAlone(marker)) continue;
    if (at + 2 > reader.size) return undefined;
    at += Math.max(2, (await reader.view(at, 2)).getUint16(0));
  }
  return undefined;
}

const scanChunkBytes = 64 * 1024;

/** Where the next 0xff is that begins a segment. */
function nextInScan(chunk: Uint8Array): number | undefined {
  for (let at = chunk.indexOf(0xff); at >= 0 && at + 1 < chunk.length; at = chunk.indexOf(0xff, at + 1)) {
    const next = chunk[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return undefined;
}
