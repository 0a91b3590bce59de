import type { Sharp as SharpPipeline } from 'sharp';
import type { ImageMedia } from '../../core/images/ports.ts';
import type { Header } from './header.ts';
import type { Sharp } from './load.ts';
import { failOn } from './unreadable.ts';

/** The end of one decode or encode, so that a picture that is slow by design cannot hold a function. */
export const pipelineSeconds = 60;

export interface OpenOptions {
  readonly maxPixels: number;
  readonly seconds?: number;
  /** All frames of an animation, one below the other, instead of the first. */
  readonly moving?: boolean;
  /** The colours stay as they are stored, for who keeps the profile that tells what they mean. */
  readonly ownColours?: boolean;
}

/** The decoder, set to sRGB; libvips shrinks while loading where the format allows it. */
export function openSource(
  sharp: Sharp,
  source: Uint8Array,
  header: Header,
  { maxPixels, seconds = pipelineSeconds, moving = false, ownColours = false }: OpenOptions,
): SharpPipeline {
  const input = {
    failOn,
    limitInputPixels: moving ? false : maxPixels,
    ...(moving && { pages: -1 }),
  } as const;
  const pipeline = sharp(source, input).timeout({ seconds });
  // sharp takes a profile of 8 bits to sRGB by itself, one of 16 bits only to Display P3.
  return header.hasDeepProfile && !ownColours ? pipeline.withIccProfile('srgb', { attach: false }) : pipeline;
}

export const mediaOf = (header: Header): ImageMedia => ({
  width: header.upright.width,
  height: header.upright.height,
  format: header.format,
  ...(header.frames > 1 && { frames: header.frames }),
  hasAlpha: header.hasAlpha,
  ...(header.orientation !== undefined && { orientation: header.orientation }),
  colourSpace: header.colourSpace,
});
