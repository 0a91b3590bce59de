import type { Size } from './plan.ts';

export interface SizeBounds {
  /** Pixels, ascending. */
  readonly sides: readonly number[];
  /** Width : height. */
  readonly ratios: readonly (readonly [width: number, height: number])[];
}

/** What somebody asks for, in pixels. */
export interface SizeRequest {
  readonly w?: number | undefined;
  readonly h?: number | undefined;
  /** `cover` fills the box and cuts what sticks out; it takes both sides to name a box. */
  readonly fit?: 'inside' | 'cover' | undefined;
}

/**
 * The size that a variant of a picture really gets: never larger than the picture, and of few sizes at all, whatever is
 * asked for. What is beyond the picture, or beyond the largest side, is the size of the whole picture, or of its largest
 * cut-out; so one of these two ends every ladder.
 *
 * Made of it is always the part of the picture, centred, that fills exactly this size: the size alone tells what the variant
 * shows, and `inside` and `cover` that come to the same size are the same variant.
 */
export function variantSize(source: Size, request: SizeRequest, bounds: SizeBounds): Size {
  const { w, h, fit = 'inside' } = request;
  return fit === 'cover' && w !== undefined && h !== undefined
    ? cutOut(source, { width: w, height: h }, bounds)
    : whole(source, request, bounds);
}

/**
 * Sizes that variants of one picture can have at most: a width for each side, and as many for each ratio. By the defaults
 * 8 + 7 x 8 = 64.
 */
export const maxSizes = ({ sides, ratios }: SizeBounds): number => sides.length * (1 + ratios.length);

/** The smallest width of the ladder with which the picture is as large as the box allows. */
function whole(source: Size, { w, h }: SizeRequest, { sides }: SizeBounds): Size {
  const largest = scaledToFit(source, sides.at(-1) ?? 1);
  const heightOf = (width: number): number => side((width * source.height) / source.width);
  const suffices = (width: number): boolean =>
    (w !== undefined && width >= w) || (h !== undefined && heightOf(width) >= h);
  const width = sides.find(suffices);
  return width === undefined || width >= largest.width ? largest : { width, height: heightOf(width) };
}

/** A box of the nearest ratio, its longer side of the ladder, or the largest such box that the picture holds. */
function cutOut(source: Size, box: Size, { sides, ratios }: SizeBounds): Size {
  const ratio = nearest(box.width / box.height, ratios);
  const longer = sides.find((each) => each >= Math.max(box.width, box.height)) ?? sides.at(-1) ?? 1;
  const scale = Math.min(
    longer / Math.max(ratio.width, ratio.height),
    source.width / ratio.width,
    source.height / ratio.height,
  );
  // Rounding must not make a pixel that the picture does not have.
  return {
    width: Math.min(source.width, side(ratio.width * scale)),
    height: Math.min(source.height, side(ratio.height * scale)),
  };
}

/** By the factor between the two, so that 2:1 is as far from 1:1 as 1:2 is. */
function nearest(wanted: number, ratios: SizeBounds['ratios']): Size {
  const distance = ([width, height]: readonly [number, number]): number =>
    Math.abs(Math.log(wanted / (width / height)));
  const [width, height] = ratios.reduce((best, each) => (distance(each) < distance(best) ? each : best));
  return { width, height };
}

/** Both sides bounded, so that a very long picture stays within what formats can hold. */
function scaledToFit(source: Size, maxSide: number): Size {
  const scale = Math.min(1, maxSide / Math.max(source.width, source.height));
  return { width: side(source.width * scale), height: side(source.height * scale) };
}

const side = (pixels: number): number => Math.max(1, Math.round(pixels));
