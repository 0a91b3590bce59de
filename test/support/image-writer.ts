import { crc32, deflateSync } from 'node:zlib';

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const uint16 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, 2 * index);
  return bytes;
};
const uint32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
};
const little = (bytes: number, ...values: number[]): Buffer => {
  const all = Buffer.alloc(bytes * values.length);
  for (const [index, value] of values.entries()) all.writeUIntLE(value, bytes * index, bytes);
  return all;
};

export const segment = (marker: number, data: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0xff, marker]), uint16(data.length + 2), data]);

export interface JpegOptions {
  readonly width: number;
  readonly height: number;
  readonly progressive?: boolean;
  /** Components of the first scan, of three. */
  readonly inFirstScan?: number;
  readonly before?: readonly Buffer[];
}

/** Headers as a camera writes them (4:4:4), and a scan of no meaning. */
export function jpeg({
  width,
  height,
  progressive = false,
  inFirstScan = 3,
  before = [],
}: JpegOptions): Buffer {
  const components = [1, 2, 3].flatMap((id) => [id, 0x11, 0]);
  const scanned = Array.from({ length: inFirstScan }, (_, index) => [index + 1, 0]).flat();
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...before,
    segment(
      progressive ? 0xc2 : 0xc0,
      Buffer.concat([Buffer.from([8]), uint16(height, width), Buffer.from([3, ...components])]),
    ),
    segment(0xda, Buffer.from([inFirstScan, ...scanned, 0, 63, 0])),
    Buffer.from([0x12, 0xff, 0, 0x34, 0xff, 0xd9]),
  ]);
}

export const chunk = (type: string, data: Buffer): Buffer => {
  const named = Buffer.concat([ascii(type), data]);
  return Buffer.concat([uint32(data.length), named, uint32(crc32(named))]);
};

export interface PngOptions {
  readonly width: number;
  readonly height: number;
  readonly depth?: number;
  readonly colourType?: number;
  readonly interlaced?: boolean;
  readonly chunks?: readonly Buffer[];
  readonly pixels?: Buffer;
  readonly trailer?: Buffer;
}

/** 8-bit RGB unless told otherwise; `pixels` is a zlib stream. */
export function png(options: PngOptions): Buffer {
  const { width, height, depth = 8, colourType = 2, interlaced = false, chunks = [], trailer } = options;
  const pixels = options.pixels ?? deflateSync(Buffer.alloc(height * (1 + 3 * width)));
  const header = Buffer.concat([
    uint32(width, height),
    Buffer.from([depth, colourType, 0, 0, interlaced ? 1 : 0]),
  ]);
  return Buffer.concat([
    ascii('\x89PNG\r\n\x1a\n'),
    chunk('IHDR', header),
    ...chunks,
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
    trailer ?? Buffer.alloc(0),
  ]);
}

/** Frames of one pixel on a canvas of that size. */
export function gif(width: number, height: number, frames: number, comment = ''): Buffer {
  const palette = Buffer.from([0, 0, 0, 255, 255, 255]);
  const screen = Buffer.concat([
    ascii('GIF89a'),
    little(2, width, height),
    Buffer.from([0x80, 0, 0]),
    palette,
  ]);
  const note =
    comment && Buffer.concat([Buffer.from([0x21, 0xfe, comment.length]), ascii(comment), Buffer.from([0])]);
  const control = Buffer.from([0x21, 0xf9, 4, 0, 2, 0, 0, 0]);
  const frame = Buffer.concat([
    control,
    Buffer.from([0x2c]),
    little(2, 0, 0, 1, 1),
    Buffer.from([0, 2, 2, 0x44, 1, 0]),
  ]);
  const all = Buffer.alloc(frame.length * frames, frame);
  return Buffer.concat([screen, note || Buffer.alloc(0), all, Buffer.from([0x3b])]);
}

const webpChunk = (type: string, data: Buffer): Buffer =>
  Buffer.concat([ascii(type), little(4, data.length), data, Buffer.alloc(data.length & 1)]);

const riff = (...chunks: Buffer[]): Buffer => {
  const content = Buffer.concat([ascii('WEBP'), ...chunks]);
  return Buffer.concat([ascii('RIFF'), little(4, content.length), content]);
};

const vp8 = (width: number, height: number): Buffer =>
  webpChunk(
    'VP8 ',
    Buffer.concat([Buffer.from([0x10, 0, 0, 0x9d, 0x01, 0x2a]), little(2, width, height), Buffer.alloc(8)]),
  );
const canvas = (width: number, height: number, flags: number): Buffer =>
  webpChunk('VP8X', Buffer.concat([Buffer.from([flags, 0, 0, 0]), little(3, width - 1, height - 1)]));

export const webp = (width: number, height: number): Buffer => riff(vp8(width, height));

export const webpOn = (width: number, height: number, pictureWidth: number, pictureHeight: number): Buffer =>
  riff(canvas(width, height, 0), vp8(pictureWidth, pictureHeight));

export function animatedWebp(width: number, height: number, frames: number): Buffer {
  const frame = webpChunk('ANMF', Buffer.concat([little(3, 0, 0, 0, 0, 100), Buffer.from([0]), vp8(1, 1)]));
  const all = Buffer.alloc(frame.length * frames, frame);
  return riff(canvas(width, height, 2), webpChunk('ANIM', Buffer.alloc(6)), all);
}

export type TiffEntry = readonly [tag: number, type: 3 | 4, ...values: number[]];

/** One directory, little-endian, whose values fit into it. `next`: where the next directory is said to be. */
export function tiff(entries: readonly TiffEntry[], pixels = Buffer.alloc(0), next = 0): Buffer {
  const at = 8;
  const written = entries.map(([tag, type, ...values]) =>
    Buffer.concat([
      little(2, tag, type),
      little(4, values.length),
      Buffer.concat([little(type === 3 ? 2 : 4, ...values), Buffer.alloc(4)]).subarray(0, 4),
    ]),
  );
  return Buffer.concat([
    ascii('II*\0'),
    little(4, at),
    little(2, entries.length),
    ...written,
    little(4, next),
    pixels,
  ]);
}

/** The same in BigTIFF. */
export function bigTiff(entries: readonly TiffEntry[], next = 0): Buffer {
  const written = entries.map(([tag, type, value = 0]) =>
    Buffer.concat([little(2, tag, type), little(4, 1, 0), little(4, value, 0)]),
  );
  return Buffer.concat([
    ascii('II+\0'),
    little(2, 8, 0),
    little(4, 16, 0, entries.length, 0),
    ...written,
    little(4, next, 0),
  ]);
}

export function bmp(width: number, height: number, pixelBytes: number): Buffer {
  const headers = Buffer.concat([
    ascii('BM'),
    little(4, 54 + pixelBytes, 0, 54, 40, width, height),
    little(2, 1, 24),
    little(4, 0, 0, 0, 0, 0, 0),
  ]);
  return Buffer.concat([headers, Buffer.alloc(pixelBytes)]);
}

/** An icon of one PNG; `length` is what its directory says of it. */
export const icon = (picture: Buffer, length = picture.length): Buffer =>
  Buffer.concat([
    little(2, 0, 1, 1),
    Buffer.from([0, 0, 0, 0]),
    little(2, 1, 32),
    little(4, length, 22),
    picture,
  ]);

export const box = (type: string, ...content: Buffer[]): Buffer => {
  const data = Buffer.concat(content);
  return Buffer.concat([uint32(data.length + 8), ascii(type), data]);
};

/** What a phone puts behind a photo: the beginning of an MP4. */
export const mp4 = (): Buffer =>
  Buffer.concat([
    box('ftyp', ascii('isom'), uint32(512), ascii('isommp42')),
    box('mdat', Buffer.alloc(5_000, 0x5a)),
    box('moov', Buffer.alloc(64)),
  ]);
