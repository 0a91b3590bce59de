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
  const { width, height } = pixels;
  const luma = Float64Array.from({ length: width * height }, (_, pixel) => lumaAt(pixels, pixel));
  const rows = resample(luma, width, height, side);
  return transposed(resample(transposed(rows, side, height), height, side, side), side, side);
}

/** Rows of `length` samples become rows of `side` samples. */
function resample(samples: Float64Array, length: number, rows: number, side: number): Float64Array {
  const out = new Float64Array(rows * side);
  for (let cell = 0; cell < side; cell += 1) {
    const from = (cell * length) / side;
    const to = ((cell + 1) * length) / side;
    for (let at = Math.floor(from); at < to && at < length; at += 1) {
      const share = (Math.min(to, at + 1) - Math.max(from, at)) / (to - from);
      for (let row = 0; row < rows; row += 1) {
        const into = row * side + cell;
        out[into] = (out[into] ?? 0) + share * (samples[row * length + at] ?? 0);
      }
    }
  }
  return out;
}

function transposed(samples: Float64Array, width: number, height: number): Float64Array {
  return Float64Array.from(
    { length: width * height },
    (_, at) => samples[(at % height) * width + Math.floor(at / height)] ?? 0,
  );
}
