/** A part of a sheet: what is seen from one second to another. */
export interface Thumbnail {
  readonly from: number;
  readonly to: number;
  readonly sheet: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const CUE = /^([\d:.]+) --> ([\d:.]+).*\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)$/gm;

/** `00:01:02.500` in seconds. */
const secondsOf = (time: string): number =>
  time.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0);

/** WebVTT as it is written for scrubbing, in order of time. `base`: where it was loaded from. */
export function parseThumbnails(text: string, base: string): readonly Thumbnail[] {
  return [...text.matchAll(CUE)].map(([, from = '', to = '', sheet = '', ...numbers]) => {
    const [x = 0, y = 0, width = 0, height = 0] = numbers.map(Number);
    const url = new URL(sheet, base).href;
    return { from: secondsOf(from), to: secondsOf(to), sheet: url, x, y, width, height };
  });
}

/** The last one begins before the end and stands for it, too. */
export const thumbnailAt = (thumbnails: readonly Thumbnail[], seconds: number): Thumbnail | undefined =>
  thumbnails.findLast(({ from }) => from <= seconds);
