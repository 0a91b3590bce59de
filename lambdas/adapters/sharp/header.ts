import type { Size } from '../../core/images/plan.ts';
import { type ImageMedia, ImageUnreadable } from '../../core/images/ports.ts';
import type { Sharp } from './load.ts';
import { asUnreadable, failOn } from './unreadable.ts';

/** What a decoder may take of the function's 2 GB; see image-processor.ts for the rest. */
const maxDecoderBytes = 1_300_000_000;

/**
 * Bytes a pixel costs while a format is decoded, measured at its worst: progressive JPEG keeps every coefficient,
 * interlaced PNG of 16 bits, GIF and WebP the picture, AVIF its planes, the RGB made of them and copies of both.
 */
const decoderBytesPerPixel = { jpeg: 6, png: 9, webp: 5, gif: 6, avif: 19, deepAvif: 26 } as const;

/** What a picture says about itself before any of its pixels are decoded. */
export interface Header {
  readonly format: ImageMedia['format'];
  readonly upright: Size;
  /** Stored on its side: width and height change places when it is shown. */
  readonly turned: boolean;
  readonly orientation: number | undefined;
  readonly frames: number;
  readonly hasAlpha: boolean;
  readonly colourSpace: string;
  /** A colour profile together with 16 bits a channel. */
  readonly hasDeepProfile: boolean;
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
  refuseBeyond(Math.min(maxPixels, decodablePixels(format, isDeep)), metadata);
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
    exif: metadata.exif,
  };
}

const decodablePixels = (format: ImageMedia['format'], isDeep: boolean): number =>
  Math.floor(maxDecoderBytes / decoderBytesPerPixel[format === 'avif' && isDeep ? 'deepAvif' : format]);

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

function formatOf(format: string, compression: string | undefined): ImageMedia['format'] {
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
