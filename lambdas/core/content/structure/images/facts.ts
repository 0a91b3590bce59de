import { decodablePixels, type PixelCoding } from '../../../images/decode-cost.ts';
import { bomb, ImageRefused, malformed } from './header-reader.ts';

/** What the headers of a picture say. */
export interface ImageFacts {
  /** Pixels: of the canvas where it is animated, of the largest picture where there are several. */
  readonly width: number;
  readonly height: number;
  readonly coding: PixelCoding;
  /** 1 where it is not animated and has one page; extrapolated where the file is longer than anybody walks. */
  readonly frames: number;
  /** Where the picture ends; undefined where the format has no end, or nobody walked that far. */
  readonly end?: number;
  /** Something is behind the picture, though nobody knows from where on. */
  readonly hasTrailer?: boolean;
}

/** 200 s at 50 frames a second. */
export const maxFrames = 10_000;

/**
 * Canvas pixels of all frames together: over a minute of full HD at 30 frames a second. Renditions show the first frame
 * alone; who opens the file decodes them all.
 */
export const maxAnimationPixels = 4_000_000_000;

/** @throws ImageRefused as soon as the frames are too many for any honest animation */
export function refuseFrames(frames: number, width: number, height: number): void {
  if (frames > maxFrames) throw bomb(`more than ${maxFrames} frames or pages`);
  if (frames > 1 && frames * width * height > maxAnimationPixels) {
    throw new ImageRefused(
      'pixels_exceeded',
      `${frames} frames of ${width}x${height} are more than ${maxAnimationPixels} pixels together`,
    );
  }
}

export function refuseEmpty(width: number, height: number): void {
  if (width === 0 || height === 0) throw malformed(`a picture of ${width}x${height} pixels`);
}

/** @throws ImageRefused where decoding it would take more memory than it may */
export function refuseTooLarge({
  width,
  height,
  coding,
}: Pick<ImageFacts, 'width' | 'height' | 'coding'>): void {
  const allowed = decodablePixels(coding);
  if (width * height > allowed) {
    throw new ImageRefused('pixels_exceeded', `${width}x${height} pixels, ${allowed} allowed for its kind`);
  }
}
