import type { VideoTrack } from './probe.ts';

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Bounds by side instead of direction, so that a portrait fits like the landscape that it is turned from. */
export interface Box {
  readonly longer: number;
  readonly shorter: number;
}

/** MediaConvert makes no picture with a side below this. */
export const minSidePixels = 32;

/** What a player shows: pixels made square by the width, then turned. Whole pixels, odd ones too. */
export function shownSize({
  width,
  height,
  pixelAspect,
  rotation,
}: Pick<VideoTrack, 'width' | 'height' | 'pixelAspect' | 'rotation'>): Size {
  const square = Math.round(width * pixelAspect);
  return rotation === 90 || rotation === 270 ? { width: height, height: square } : { width: square, height };
}

export const longerSide = ({ width, height }: Size): number => Math.max(width, height);
export const shorterSide = ({ width, height }: Size): number => Math.min(width, height);

/**
 * The whole picture, just small enough for the box and never enlarged, with even sides, as 4:2:0 needs them. Each side is
 * within a pixel of the exact one. What is so long that its shorter side would fall below `minSidePixels` sticks out of the
 * box instead.
 */
export function fitted(source: Size, box: Box): Size {
  const [longer, shorter] = [longerSide(source), shorterSide(source)];
  const scale = Math.min(
    1,
    Math.max(Math.min(box.longer / longer, box.shorter / shorter), minSidePixels / shorter),
  );
  return { width: evenSide(source.width, scale), height: evenSide(source.height, scale) };
}

/** The nearest even number of pixels that is not above the source's own. */
const evenSide = (side: number, scale: number): number =>
  Math.max(2, Math.min(2 * Math.round((side * scale) / 2), 2 * Math.floor(side / 2)));
