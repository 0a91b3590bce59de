import sharp from 'sharp';
import { bigTiff, bmp, icon, png, type TiffEntry, tiff } from '../image-writer.ts';
import { pictureSamples as samples } from './picture-samples.ts';
import type { HostileSample } from './sample.ts';

const aTiff = samples('image/tiff', 'scan.tiff', 'TIFF');
const aBmp = samples('image/bmp', 'picture.bmp', 'BMP');
const anIcon = samples('image/x-icon', 'site.ico', 'ICO');

const tooManyPixels = { reason: 'pixels_exceeded' } as const;
const isMalformed = { reason: 'malformed' } as const;
const small = { width: 20, height: 10 };

/** Grey, 8 bits, one strip. */
const page = (width: number, height: number, stripBytes: number): TiffEntry[] => [
  [0x100, 4, width],
  [0x101, 4, height],
  [0x102, 3, 8],
  [0x103, 3, 1],
  [0x111, 4, 8],
  [0x115, 3, 1],
  [0x116, 4, height],
  [0x117, 4, stripBytes],
];

/** Formats that are stored and have no renditions. */
export const rarePictureBombs: readonly HostileSample[] = [
  aTiff('of 100,000 x 100,000 pixels', () => tiff(page(100_000, 100_000, 8)), tooManyPixels),
  aTiff(
    'of 2^31 x 2^31 pixels in 64 bits',
    () =>
      bigTiff([
        [0x100, 4, 2 ** 31],
        [0x101, 4, 2 ** 31],
      ]),
    tooManyPixels,
  ),
  aTiff(
    'whose directories run in a circle',
    () => tiff(page(20, 10, 200), Buffer.alloc(200), 8),
    isMalformed,
  ),
  aTiff('whose strips are longer than the file', () => tiff(page(20, 10, 2_000_000)), isMalformed),
  aTiff(
    'whose strips are too short for its pixels',
    () => tiff(page(9_000, 9_000, 100), Buffer.alloc(200)),
    isMalformed,
  ),
  aTiff(
    'as a scanner makes it',
    () =>
      sharp({ create: { ...small, channels: 3, background: '#468' } })
        .tiff()
        .toBuffer(),
    'stored',
  ),

  aBmp('whose pixels are promised and not there', () => bmp(30_000, 30_000, 100), isMalformed),
  aBmp('as it should be', () => bmp(20, 10, 600), 'stored'),
  anIcon('whose picture lies beyond the file', () => icon(png(small), 1_000_000), isMalformed),
  anIcon(
    'of 40,000 x 40,000 pixels',
    () => icon(png({ width: 40_000, height: 40_000, pixels: Buffer.alloc(9) })),
    tooManyPixels,
  ),
  anIcon('as it should be', () => icon(png({ width: 256, height: 256 })), 'stored'),
];
