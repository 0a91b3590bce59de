import type { Metadata } from 'sharp';
import { decodablePixels, decodeBytesPerPixel, type PixelCoding } from '../../core/images/decode-cost.ts';
import type { Size } from '../../core/images/plan.ts';
import { type ImageMedia, ImageUnreadable } from '../../core/images/ports.ts';
import type { Sharp } from './load.ts';
import { asUnreadable, failOn } from './unreadable.ts';

type Format = Exclude<ImageMedia['format'], 'svg'>;

/** What a picture says about itself before any of its pixels are decoded. */
export interface Header {
  readonly format: Format;
  readonly upright: Size;
  /** Stored on its side: width and height change places when it is shown. */
  readonly turned: boolean;
  readonly orientation: number | undefined;
  readonly frames: number;
  readonly hasAlpha: boolean;
  readonly colourSpace: string;
  /** A colour profile together with 16 bits a channel. */
  readonly hasDeepProfile: boolean;
  /** Its colours are numbers of a table. */
  readonly isPalette: boolean;
  /** By decode-cost.ts. */
  readonly decodeBytesPerPixel: number;
  readonly exif: Uint8Array | undefined;
}

/** Throws ImageUnreadable: `pixels_exceeded` and `unsupported` are decided here, without decoding. */
export async function readHeader(sharp: Sharp, source: Uint8Array, maxPixels: number): Promise<Header> {
  if (source.byteLength === 0) throw new ImageUnreadable('malformed', 'no bytes');
  refuseBeyond(maxPixels, pngSize(source));
  // sharp's own limit is off: it says no in words, Sluice with a reason.
  const metadata = await sharp(source, { failOn, limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw asUnreadable(error, source);
    });

  const { width, height } = metadata;
  const format = formatOf(metadata.format, metadata.compression);
  const isDeep = metadata.depth === 'ushort';
  const coding = codingOf(format, metadata);
  refuseBeyond(Math.min(maxPixels, decodablePixels(coding)), metadata);
  const turned = (metadata.orientation ?? 1) >= 5;
  return {
    format,
    turned,
    upright: turned ? { width: height, height: width } : { width, height },
    orientation: metadata.orientation,
    frames: metadata.pages ?? 1,
    hasAlpha: metadata.hasAlpha,
    colourSpace: metadata.space,
    hasDeepProfile: metadata.hasProfile && isDeep,
    isPalette: metadata.isPalette,
    decodeBytesPerPixel: decodeBytesPerPixel(coding),
    exif: metadata.exif,
  };
}

/** Coefficient bytes a pixel: two for each sample that is stored. */
const coefficientBytes: Readonly<Record<string, number>> = { '4:2:0': 3, '4:2:2': 4, '4:4:4': 6 };

/** By the decoder's own reading of the header; the inspection has read it with other eyes. */
function codingOf(format: Format, metadata: Metadata): PixelCoding {
  const { isProgressive = false, channels, chromaSubsampling = '', isPalette } = metadata;
  const isDeep = metadata.depth === 'ushort';
  switch (format) {
    case 'jpeg':
      return {
        format,
        coefficientBytes: isProgressive ? (coefficientBytes[chromaSubsampling] ?? 2 * channels) : 0,
      };
    case 'png':
      return { format, interlaced: isProgressive, pixelBytes: isPalette ? 4 : channels * (isDeep ? 2 : 1) };
    case 'avif':
      return { format, deep: isDeep };
    default:
      return { format };
  }
}

function refuseBeyond(maxPixels: number, size: Size | undefined): void {
  if (size && size.width * size.height > maxPixels) {
    throw new ImageUnreadable('pixels_exceeded', `${size.width}x${size.height} pixels, ${maxPixels} allowed`);
  }
}

/** A PNG may claim 2^31 pixels a side, which libpng calls a corrupt header before anybody can read the size. */
function pngSize(source: Uint8Array): Size | undefined {
  const ihdrEnd = 24;
  if (source.byteLength < ihdrEnd) return undefined;
  const view = new DataView(source.buffer, source.byteOffset, ihdrEnd);
  const isPng = view.getUint32(0) === 0x89504e47 && view.getUint32(12) === 0x49484452;
  return isPng ? { width: view.getUint32(16), height: view.getUint32(20) } : undefined;
}

function formatOf(format: string, compression: string | undefined): Format {
  switch (format) {
    case 'jpeg':
    case 'png':
    case 'webp':
    case 'gif':
      return format;
    case 'heif':
      // HEIC is the same container with HEVC inside, which the decoder leaves out because of its patents.
      if (compression === 'av1') return 'avif';
      break;
  }
  throw new ImageUnreadable('unsupported', `no decoder for ${compression ?? format}`);
}
