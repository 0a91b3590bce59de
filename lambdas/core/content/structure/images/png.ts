import type { Inflate } from '../structure.ts';
import { crc32 } from './crc32.ts';
import { type ImageFacts, refuseEmpty, refuseFrames, refuseTooLarge } from './facts.ts';
import { foreignHeadBytes, refuseForeign } from './foreign.ts';
import {
  asAscii,
  asText,
  bomb,
  fourCc,
  type HeaderReader,
  malformed,
  viewOf,
  WalkTooLong,
} from './header-reader.ts';

/** Encoders write pixels in chunks of 8 KiB, some in 2 KiB: what is walked of a file holds far fewer. */
const maxChunks = 50_000;
/** Profiles and texts of one file, inflated; the largest colour profiles are some 4 MiB. */
const maxInflatedBytes = 8 * 1024 * 1024;
const maxDeflatedBytes = 4 * 1024 * 1024;
/** No byte of a deflate stream makes more than this many. */
const maxDeflateRatio = 1_032;

/** Of the pixels of a file that ends as it should, this much is walked: the rest is more of the same. */
const maxPixelWalkBytes = 256 * 1024;

const signatureBytes = 8;
const headerBytes = 33;
/** Of each chunk: length, type and, behind its data, the checksum. */
const frameBytes = 12;

/** By colour type: channels of a pixel once palettes are resolved, and the depths that the standard allows. */
const colourTypes: Readonly<
  Record<number, { channels: number; samples: number; depths: readonly number[] }>
> = {
  0: { channels: 1, samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, samples: 3, depths: [8, 16] },
  3: { channels: 4, samples: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, samples: 2, depths: [8, 16] },
  6: { channels: 4, samples: 4, depths: [8, 16] },
};

interface Header extends Pick<ImageFacts, 'width' | 'height' | 'coding'> {
  /** Of all rows before they are deflated. */
  readonly rawBytes: number;
}

export async function readPng(
  reader: HeaderReader,
  inflate: Inflate,
  endOfFile: Uint8Array,
): Promise<ImageFacts> {
  const { rawBytes, ...header } = readHeader(await reader.bytes(0, headerBytes));
  refuseTooLarge(header);
  const texts = inflatedTexts(inflate);
  let frames = 1;
  let frameHeaders = 0;
  let pixelBytes = 0;
  const endsWell = asText(endOfFile.subarray(-frameBytes)) === '\0\0\0\0IEND\xaeB`\x82';
  try {
    let at = headerBytes;
    for (let chunks = 1; ; chunks += 1) {
      if (chunks > maxChunks) throw bomb(`more than ${maxChunks} chunks`);
      const head = reader.peek(at, 8) ?? (await reader.bytes(at, 8));
      const length = viewOf(head).getUint32(0);
      const type = fourCc(head, 4);
      const end = at + frameBytes + length;
      if (!/^[a-zA-Z]{4}$/.test(type)) throw malformed('no chunk where one has to be');
      if (end > reader.size) throw malformed(`the chunk ${type} reaches beyond the file`);
      if (type === 'IHDR') throw malformed('a PNG with two headers');
      if (type === 'IEND') {
        if (pixelBytes === 0) throw malformed('a PNG without pixels');
        if (pixelBytes * maxDeflateRatio < rawBytes) throw malformed('too few bytes for so many pixels');
        return { ...header, frames: Math.max(frames, frameHeaders), end };
      }
      if (type === 'IDAT') {
        pixelBytes += length;
        if (endsWell && pixelBytes > maxPixelWalkBytes) {
          refuseBetweenEnds(endOfFile);
          return unwalked(reader, header, rawBytes, frames);
        }
      } else if (type === 'acTL' && length >= 4)
        frames = Math.max(1, (await reader.view(at + 8, 4)).getUint32(0));
      else if (type === 'fcTL') frameHeaders += 1;
      else if (type !== 'fdAT' && length > 0) await texts.refuse(reader, type, at + 8, length);
      refuseFrames(Math.max(frames, frameHeaders), header.width, header.height);
      at = end;
    }
  } catch (error) {
    if (!(error instanceof WalkTooLong)) throw error;
    if (pixelBytes === 0) throw bomb('its metadata goes on for longer than any real one');
    return { ...unwalked(reader, header, rawBytes, frames), ...(!endsWell && { hasTrailer: true }) };
  }
}

/** Where a picture seems to end before its end, something else begins. */
function refuseBetweenEnds(endOfFile: Uint8Array): void {
  const text = asAscii(endOfFile);
  const behindType = 8;
  for (let at = text.indexOf('IEND'); at >= 0; at = text.indexOf('IEND', at + 1)) {
    refuseForeign(endOfFile.subarray(at + behindType), 'what follows the picture');
  }
}

/** Animations say how many frames they have before their first pixel. */
function unwalked(
  reader: HeaderReader,
  header: Omit<Header, 'rawBytes'>,
  rawBytes: number,
  frames: number,
): ImageFacts {
  if (reader.size * maxDeflateRatio < rawBytes) throw malformed('too few bytes for so many pixels');
  return { ...header, frames };
}

function readHeader(bytes: Uint8Array): Header {
  const view = viewOf(bytes);
  if (view.getUint32(signatureBytes) !== 13 || fourCc(bytes, 12) !== 'IHDR')
    throw malformed('a PNG without a header');
  if (crc32(bytes.subarray(12, 29)) !== view.getUint32(29))
    throw malformed('the header does not match its checksum');
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  const depth = view.getUint8(24);
  const colour = colourTypes[view.getUint8(25)];
  const interlacing = view.getUint8(28);
  refuseEmpty(width, height);
  const isKnown = view.getUint8(26) === 0 && view.getUint8(27) === 0 && interlacing <= 1;
  if (!colour?.depths.includes(depth) || !isKnown) throw malformed('a PNG header of no kind that exists');
  const pixelBytes = colour.channels * (depth === 16 ? 2 : 1);
  return {
    width,
    height,
    coding: { format: 'png', interlaced: interlacing === 1, pixelBytes },
    rawBytes: height * (1 + Math.ceil((width * colour.samples * depth) / 8)),
  };
}

/** Looks into chunks besides the pixels; inflates what is deflated, within one bound for the file. */
function inflatedTexts(inflate: Inflate) {
  let inflatedBytes = 0;

  return {
    async refuse(reader: HeaderReader, type: string, at: number, length: number): Promise<void> {
      const deflatedAt = await deflatedStart(reader, type, at, length);
      if (deflatedAt === undefined) {
        return refuseForeign(await reader.aside(at, Math.min(length, foreignHeadBytes)), `its chunk ${type}`);
      }
      const deflatedBytes = at + length - deflatedAt;
      if (deflatedBytes > maxDeflatedBytes)
        throw bomb(`${deflatedBytes} deflated bytes in the chunk ${type}`);
      const inflated = attempt(
        inflate,
        await reader.aside(deflatedAt, deflatedBytes),
        maxInflatedBytes - inflatedBytes,
      );
      if (!inflated) return;
      inflatedBytes += inflated.bytes.length;
      if (!inflated.complete)
        throw bomb(`its texts and profiles inflate to more than ${maxInflatedBytes} bytes`);
      refuseForeign(inflated.bytes, `its chunk ${type}`);
    },
  };
}

/** Where the zlib stream of a chunk begins; undefined where there is none. */
async function deflatedStart(
  reader: HeaderReader,
  type: string,
  at: number,
  length: number,
): Promise<number | undefined> {
  if (type !== 'iCCP' && type !== 'zTXt' && type !== 'iTXt') return undefined;
  const head = await reader.aside(at, Math.min(length, maxKeywordBytes));
  const keywordEnd = head.indexOf(0);
  if (keywordEnd < 0) return undefined;
  if (type !== 'iTXt') return at + keywordEnd + 2;
  if (head[keywordEnd + 1] !== 1) return undefined;
  const languageEnd = head.indexOf(0, keywordEnd + 3);
  const translatedEnd = languageEnd < 0 ? -1 : head.indexOf(0, languageEnd + 1);
  return translatedEnd < 0 ? undefined : at + translatedEnd + 1;
}

/** Keyword, language and translated keyword, each of them short. */
const maxKeywordBytes = 512;

/** A broken text or profile is skipped by decoders. */
function attempt(inflate: Inflate, deflated: Uint8Array, maxBytes: number) {
  try {
    return inflate(deflated, 'zlib', Math.max(1, maxBytes));
  } catch {
    return undefined;
  }
}
