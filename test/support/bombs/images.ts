import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { zip } from '../archives.ts';
import { animatedWebp, chunk, gif, jpeg, mp4, png, segment, webp, webpOn } from '../image-writer.ts';
import { deflatedZeros } from './pdf.ts';
import { pictureSamples as samples } from './picture-samples.ts';
import { rarePictureBombs } from './rare-pictures.ts';
import type { HostileSample } from './sample.ts';
import { svgBombs } from './svg.ts';

const MiB = 1024 * 1024;
const aJpeg = samples('image/jpeg', 'photo.jpg', 'JPEG');
const aPng = samples('image/png', 'picture.png', 'PNG');
const aGif = samples('image/gif', 'animation.gif', 'GIF');
const aWebp = samples('image/webp', 'picture.webp', 'WebP');
const anAvif = samples('image/avif', 'picture.avif', 'AVIF');

const tooManyPixels = { reason: 'pixels_exceeded' } as const;
const isBomb = { reason: 'bomb_suspected' } as const;
const isMalformed = { reason: 'malformed' } as const;
const isTwoThings = { reason: 'type_mismatch' } as const;

const small = { width: 20, height: 10 };
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const keyword = (text: string): Buffer => ascii(`${text}\0\0`);
const patched = (bytes: Buffer, at: number, value: number): Buffer => {
  bytes[at] = value;
  return bytes;
};
const photo = (width: number, height: number, progressive = false): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#468' } })
    .jpeg({ progressive })
    .toBuffer();
const aZip = (): Buffer => zip([{ name: 'a.txt', content: 'hidden' }]);

/** Several headers before the pixels, as many as it takes. */
const segments = (count: number): Buffer[] => [Buffer.alloc(count * 6, segment(0xe5, ascii('xy')))];

async function avif(ispe: (width: number) => number): Promise<Buffer> {
  const bytes = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#468' } })
    .avif({ effort: 0 })
    .toBuffer();
  const extents = bytes.indexOf('ispe') + 8;
  bytes.writeUInt32BE(ispe(bytes.readUInt32BE(extents)), extents);
  bytes.writeUInt32BE(ispe(bytes.readUInt32BE(extents + 4)), extents + 4);
  return bytes;
}

export const imageBombs: readonly HostileSample[] = [
  aJpeg('of 65,500 x 65,500 pixels', () => jpeg({ width: 65_500, height: 65_500 }), tooManyPixels),
  aJpeg(
    'of 14,000 x 14,000 pixels, progressive',
    () => jpeg({ width: 14_000, height: 14_000, progressive: true }),
    tooManyPixels,
  ),
  aJpeg(
    'of 13,000 x 13,000 pixels, a scan for each channel',
    () => jpeg({ width: 13_000, height: 13_000, inFirstScan: 1 }),
    tooManyPixels,
  ),
  aJpeg('of 10,000 segments', () => jpeg({ ...small, before: segments(10_000) }), isBomb),
  aJpeg('of no height', () => jpeg({ width: 20, height: 0 }), isMalformed),
  aJpeg(
    'with a segment that is longer than the file',
    () =>
      Buffer.concat([jpeg(small).subarray(0, 2), Buffer.from([0xff, 0xe1, 0xff, 0xff]), Buffer.alloc(99)]),
    isMalformed,
  ),
  aJpeg('that is a zip as well', async () => Buffer.concat([await photo(64, 64), aZip()]), isTwoThings),
  aJpeg(
    'with PHP in a comment',
    () => jpeg({ ...small, before: [segment(0xfe, ascii('<?php system($_GET[0]);'))] }),
    isTwoThings,
  ),
  aJpeg(
    'that is a PDF as well',
    () => jpeg({ ...small, before: [segment(0xfe, ascii('\n%PDF-1.7\n1 0 obj'))] }),
    isTwoThings,
  ),
  aJpeg(
    'with a program behind it',
    () => Buffer.concat([jpeg(small), ascii('\x7fELF'), Buffer.alloc(500, 7)]),
    isTwoThings,
  ),
  aJpeg(
    'with a RAR between two ends',
    () => Buffer.concat([jpeg(small), ascii('Rar!\x1a\x07\x01\0hidden'), jpeg(small).subarray(-2)]),
    isTwoThings,
  ),
  aJpeg(
    'with a page behind it',
    () => Buffer.concat([jpeg(small), ascii('\n<html><script>alert(1)</script>')]),
    isTwoThings,
  ),
  aJpeg('that is a motion photo', async () => Buffer.concat([await photo(640, 480), mp4()]), 'stored'),
  aJpeg(
    'of two pictures, as multi-picture files are',
    async () => Buffer.concat([await photo(640, 480), await photo(64, 48)]),
    'stored',
  ),
  aJpeg('of 12 MP, progressive', () => photo(4_000, 3_000, true), 'stored'),
  aJpeg(
    'with stray bytes between its segments and zeros at its end',
    async () => {
      const plain = await photo(64, 48);
      return Buffer.concat([
        plain.subarray(0, 20),
        Buffer.from([0, 1, 2]),
        plain.subarray(20),
        Buffer.alloc(900),
      ]);
    },
    'stored',
  ),

  aPng(
    'of 50,000 x 50,000 pixels',
    () => png({ width: 50_000, height: 50_000, pixels: deflatedZeros(8 * MiB) }),
    tooManyPixels,
  ),
  aPng(
    'of 16,000 x 16,000 pixels, interlaced',
    () => png({ width: 16_000, height: 16_000, interlaced: true, pixels: deflatedZeros(768 * MiB) }),
    tooManyPixels,
  ),
  aPng(
    'of 11,000 x 11,000 deep pixels, interlaced',
    () =>
      png({
        width: 11_000,
        height: 11_000,
        depth: 16,
        colourType: 6,
        interlaced: true,
        pixels: deflatedZeros(928 * MiB),
      }),
    tooManyPixels,
  ),
  aPng(
    'whose pixels are promised and not there',
    () => png({ width: 10_000, height: 10_000, pixels: deflateSync(Buffer.alloc(100)) }),
    isMalformed,
  ),
  aPng(
    'of a million chunks',
    () => png({ ...small, chunks: [Buffer.alloc(12_000_000, chunk('teSt', Buffer.alloc(0)))] }),
    isBomb,
  ),
  aPng(
    'whose profile inflates to 256 MiB',
    () =>
      png({ ...small, chunks: [chunk('iCCP', Buffer.concat([keyword('icc'), deflatedZeros(256 * MiB)]))] }),
    isBomb,
  ),
  aPng(
    'whose text inflates to 256 MiB',
    () =>
      png({
        ...small,
        chunks: [chunk('zTXt', Buffer.concat([keyword('Comment'), deflatedZeros(256 * MiB)]))],
      }),
    isBomb,
  ),
  aPng('whose header has been changed', () => patched(png(small), 17, 1), isMalformed),
  aPng('of no width', () => png({ width: 0, height: 10, pixels: deflateSync(Buffer.alloc(9)) }), isMalformed),
  aPng(
    'of 2^31 frames',
    () => png({ ...small, chunks: [chunk('acTL', Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0]))] }),
    isBomb,
  ),
  aPng(
    'with a script in its text',
    () => png({ ...small, chunks: [chunk('tEXt', ascii('Comment\0<script>alert(1)</script>'))] }),
    isTwoThings,
  ),
  aPng(
    'with PHP in its deflated text',
    () =>
      png({
        ...small,
        chunks: [chunk('zTXt', Buffer.concat([keyword('Comment'), deflateSync(ascii('<?php echo 1;'))]))],
      }),
    isTwoThings,
  ),
  aPng(
    'with a RAR behind it',
    () => png({ ...small, trailer: ascii('Rar!\x1a\x07\x01\0hidden') }),
    isTwoThings,
  ),
  aPng(
    'of few pixels, interlaced',
    () =>
      sharp({ create: { ...small, channels: 4, background: '#4688' } })
        .png({ progressive: true })
        .toBuffer(),
    'stored',
  ),

  aGif('of 65,535 x 65,535 pixels', () => gif(65_535, 65_535, 1), tooManyPixels),
  aGif('of a million frames', () => gif(10, 10, 1_000_000), isBomb),
  aGif('of 5,000 frames of 1,000 x 1,000 pixels', () => gif(1_000, 1_000, 5_000), tooManyPixels),
  aGif('without a frame', () => gif(10, 10, 0), isMalformed),
  aGif('with a script in its comment', () => gif(10, 10, 1, '<script src=//example.com>'), isTwoThings),
  aGif('without a trailer', () => gif(10, 10, 2).subarray(0, -1), 'stored'),
  aGif('of 300 frames', () => gif(500, 500, 300), 'stored'),

  aWebp('of 16,383 x 16,383 pixels', () => webp(16_383, 16_383), tooManyPixels),
  aWebp('whose canvas is smaller than its picture', () => webpOn(16, 16, 8_000, 8_000), isMalformed),
  aWebp('of 5,000 frames of 1,000 x 1,000 pixels', () => animatedWebp(1_000, 1_000, 5_000), tooManyPixels),
  aWebp('that promises more than there is', () => patched(webp(16, 16), 6, 0xff), isMalformed),
  aWebp(
    'with a program behind it',
    () => Buffer.concat([webp(16, 16), ascii('\x7fELF\x02'), Buffer.alloc(64)]),
    isTwoThings,
  ),

  anAvif('of 30,000 x 30,000 pixels', () => avif(() => 30_000), tooManyPixels),
  anAvif('whose container says less than its stream', () => avif((width) => width / 2), isMalformed),
  anAvif('of no size', () => avif(() => 0), isMalformed),
  anAvif(
    'that is a zip as well',
    async () => Buffer.concat([await avif((width) => width), aZip()]),
    isTwoThings,
  ),
  anAvif('as it should be', () => avif((width) => width), 'stored'),

  ...rarePictureBombs,
  ...svgBombs,
];
