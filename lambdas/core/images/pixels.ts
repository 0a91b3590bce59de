/** Upright 8-bit sRGB pixels, row by row, without padding. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/** Rec. 601 luma of a pixel as it shows on white. */
export function lumaAt({ data, channels }: Pixels, pixel: number): number {
  const at = pixel * channels;
  const luma = 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
  if (channels === 3) return luma;
  const opacity = (data[at + 3] ?? 255) / 255;
  return luma * opacity + 255 * (1 - opacity);
}

/** The picture in grey, each sample the mean of what it covers, stretched to a square of `side` x `side`. */
export function greySquare(pixels: Pixels, side: number): Float64Array {
  const columns = coverage(pixels.width, side);
  const rows = coverage(pixels.height, side);
  const grey = new Float64Array(side * side);
  let sample = 0;
  for (const row of rows) {
    for (const column of columns) {
      let mean = 0;
      for (const down of row) {
        for (const across of column) {
          mean += down.share * across.share * lumaAt(pixels, down.at * pixels.width + across.at);
        }
      }
      grey[sample] = mean;
      sample += 1;
    }
  }
  return grey;
}

interface Covered {
  readonly at: number;
  /** Of the sample; those of one sample make 1. */
  readonly share: number;
}

/** For each of `side` samples along a line of `length` pixels, the pixels that it covers. */
const coverage = (length: number, side: number): readonly (readonly Covered[])[] =>
  Array.from({ length: side }, (_, sample) => {
    const from = (sample * length) / side;
    const to = ((sample + 1) * length) / side;
    const first = Math.floor(from);
    const count = Math.min(Math.ceil(to), length) - first;
    return Array.from({ length: count }, (_, step) => {
      const at = first + step;
      return { at, share: (Math.min(to, at + 1) - Math.max(from, at)) / (to - from) };
    });
  });
