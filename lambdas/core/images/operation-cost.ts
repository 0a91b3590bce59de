import type { Size } from './plan.ts';
import type { ImageFormat } from './recipes.ts';

const MiB = 1024 * 1024;

/**
 * What one operation may take, beside decode-cost.ts, which says what a picture may take to be opened at all: an operation
 * holds whole pictures where a rendition holds a small one. 70 % of the images function's 2,048 MiB, less 150 MiB for Node and
 * the SDK, 128 MiB for the source and 16 MiB for a stored watermark.
 */
export const maxOperationBytes = 1_135 * MiB;

/**
 * Peak bytes that a written pixel costs, with what the result itself takes; measured as in decode-cost.ts at 12 and 48 MP and
 * rounded up: JPEG 7.0 (7.6 progressive) · WebP 6.7 · PNG 3.7 · AVIF 38.0. CPU seconds for a megapixel: JPEG 0.02 (0.08
 * progressive with trellis) · WebP 0.1 · PNG 0.05 · AVIF 0.55 with little effort · GIF 0.5.
 */
const writtenBytesPerPixel: Readonly<Record<ImageFormat, number>> = {
  jpeg: 8,
  webp: 7,
  png: 4,
  avif: 38,
  gif: 6,
};

export interface OperationCost {
  readonly source: Size;
  /** Bytes that decoding takes for each pixel, by decode-cost.ts. */
  readonly decodeBytesPerPixel: number;
  /** Bytes of one pixel that is kept until the picture has been turned upright; 0 where it is so already. */
  readonly turnedPixelBytes: number;
  readonly result: Size;
  readonly format: ImageFormat;
  /** What a watermark may fill. */
  readonly layer?: Size;
  /** Of the results that were made before, which are kept until all are. */
  readonly keptBytes: number;
}

/** Measured with texts that fill pictures of 24 and 48 MP: the letters, their shadow, both together and the part that is used. */
const layerBytesPerPixel = 11;

export const isAffordable = (cost: OperationCost): boolean => operationBytes(cost) <= maxOperationBytes;

const operationBytes = (cost: OperationCost): number =>
  pixels(cost.source) * (cost.decodeBytesPerPixel + cost.turnedPixelBytes) +
  pixels(cost.result) * writtenBytesPerPixel[cost.format] +
  (cost.layer ? pixels(cost.layer) * layerBytesPerPixel : 0) +
  cost.keptBytes;

const pixels = ({ width, height }: Size): number => width * height;

/** Frames x width x height of an animation that keeps its motion: 30 s of encoding as GIF, 1 s as WebP. */
export const maxMotionPixels = 50_000_000;

/** Larger PNGs are packed with the usual effort: the most that zlib can do takes 0.65 s a megapixel. */
export const maxThoroughPngPixels = 24_000_000;

/** AVIFs larger than this are written with little effort, which is 4 times as fast for half as much again in bytes. */
export const maxThoroughAvifPixels = 2_000_000;
