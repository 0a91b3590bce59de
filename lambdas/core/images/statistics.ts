import { lumaAt, type Pixels } from './pixels.ts';

/** What the pixels of a picture are like, as shares (0 to 1) of those that were looked at. */
export interface PixelStatistics {
  /** Exactly like their neighbours to the right and below: areas that were drawn, not photographed. */
  readonly flat: number;
  /** Of the four most common colours, of 32 steps a channel. */
  readonly dominant: number;
  /** Without colour. */
  readonly grey: number;
  /** As bright as paper, as dark as ink, and what lies between them. */
  readonly light: number;
  readonly dark: number;
  readonly mid: number;
  /** Transparent, wholly or in part. */
  readonly transparent: number;
}

/** Pixels across and down that are looked at: 16,384 in all say a share to within a percent, and take a millisecond. */
const gridSide = 128;

const dominantColours = 4;
/** Steps of a channel, of eight values each, in which a colour is counted; 16 bits hold every pixel of the grid. */
const colourSteps = 32;
const greySteps = 16;
const lightFrom = 190;
const darkTo = 110;

export function statisticsOf(pixels: Pixels): PixelStatistics {
  const { width, height, data, channels } = pixels;
  const count = { flat: 0, grey: 0, light: 0, dark: 0, transparent: 0 };
  const colours = new Uint16Array(colourSteps ** 3);
  const columns = positions(width);
  const rows = positions(height);
  const alike = (at: number, other: number): boolean => {
    for (let channel = 0; channel < channels; channel += 1) {
      if (data[at + channel] !== data[other + channel]) return false;
    }
    return true;
  };
  for (const y of rows) {
    for (const x of columns) {
      const pixel = y * width + x;
      const at = pixel * channels;
      const red = data[at] ?? 0;
      const green = data[at + 1] ?? 0;
      const blue = data[at + 2] ?? 0;
      const right = (y * width + Math.min(x + 1, width - 1)) * channels;
      const below = (Math.min(y + 1, height - 1) * width + x) * channels;
      if (alike(at, right) && alike(at, below)) count.flat += 1;
      if (Math.max(red, green, blue) - Math.min(red, green, blue) <= greySteps) count.grey += 1;
      if (channels === 4 && data[at + 3] !== 255) count.transparent += 1;
      const luma = lumaAt(pixels, pixel);
      if (luma >= lightFrom) count.light += 1;
      else if (luma <= darkTo) count.dark += 1;
      const colour = ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3);
      colours[colour] = (colours[colour] ?? 0) + 1;
    }
  }
  const all = columns.length * rows.length;
  return {
    flat: count.flat / all,
    dominant: mostCommon(colours) / all,
    grey: count.grey / all,
    light: count.light / all,
    dark: count.dark / all,
    mid: (all - count.light - count.dark) / all,
    transparent: count.transparent / all,
  };
}

const mostCommon = (counts: Uint16Array): number =>
  counts
    .filter((count) => count > 0)
    .sort()
    .slice(-dominantColours)
    .reduce((sum, count) => sum + count, 0);

const positions = (length: number): readonly number[] =>
  Array.from({ length: Math.min(gridSide, length) }, (_, at) =>
    Math.floor(((at + 0.5) * length) / Math.min(gridSide, length)),
  );
