import sharp, { type Sharp } from 'sharp';

export type Rgb = readonly [red: number, green: number, blue: number];

/** The colours of the corners of `corners`, upright, clockwise from the top left. */
export const cornerColours = {
  topLeft: [220, 40, 40],
  topRight: [40, 180, 60],
  bottomRight: [230, 230, 230],
  bottomLeft: [40, 60, 210],
} as const satisfies Record<string, Rgb>;

/** A pipeline of one colour, 400 x 300, with an alpha channel where one is given. */
export const plain = (colour: Rgb, alpha?: number) =>
  sharp({
    create: {
      width: 400,
      height: 300,
      channels: alpha === undefined ? 3 : 4,
      background: { r: colour[0], g: colour[1], b: colour[2], alpha: alpha ?? 1 },
    },
  });

/** A picture of four plain quarters, so that any turn or mirroring shows. PNG, 8 bits, no metadata. */
export async function corners(width: number, height: number): Promise<Buffer> {
  const halfWidth = Math.round(width / 2);
  const halfHeight = Math.round(height / 2);
  const quarter = ([r, g, b]: Rgb, left: number, top: number) => ({
    input: {
      create: { width: halfWidth, height: halfHeight, channels: 3 as const, background: { r, g, b } },
    },
    left: left === 0 ? 0 : width - halfWidth,
    top: top === 0 ? 0 : height - halfHeight,
  });
  return sharp({ create: { width, height, channels: 3, background: '#000' } })
    .composite([
      quarter(cornerColours.topLeft, 0, 0),
      quarter(cornerColours.topRight, 1, 0),
      quarter(cornerColours.bottomLeft, 0, 1),
      quarter(cornerColours.bottomRight, 1, 1),
    ])
    .removeAlpha()
    .png()
    .toBuffer();
}

/** The pixels as a camera held another way would store them, so that EXIF `orientation` makes them upright again. */
export async function storedFor(upright: Buffer, orientation: number): Promise<Buffer> {
  const png = (picture: Sharp) => picture.png().toBuffer();
  const turned = (angle: number) => png(sharp(upright).rotate(angle));
  switch (orientation) {
    case 2:
      return png(sharp(upright).flop());
    case 3:
      return turned(180);
    case 4:
      return png(sharp(upright).flip());
    case 5:
      return png(sharp(await turned(90)).flop());
    case 6:
      return turned(270);
    case 7:
      return png(sharp(await turned(270)).flop());
    case 8:
      return turned(90);
    default:
      return upright;
  }
}

export const cameraExif = {
  IFD0: {
    Make: 'Sluice Optics',
    Model: 'Penstock 7',
    Software: 'firmware 1.2',
    Copyright: 'someone',
  },
  IFD2: {
    DateTimeOriginal: '2026:05:01 12:34:56',
    OffsetTimeOriginal: '+02:00',
    ExposureTime: '1/250',
    FNumber: '28/10',
    ISOSpeedRatings: '200',
    FocalLength: '35/1',
  },
  IFD3: {
    GPSLatitudeRef: 'S',
    GPSLatitude: '33/1 51/1 3120/100',
    GPSLongitudeRef: 'E',
    GPSLongitude: '151/1 12/1 4000/100',
  },
};

/** Stands for what a thumbnail must never give away: it is written to every kind of metadata of `photo`. */
export const privateMark = 'Mrs-Secret-Owner';

export interface PhotoOptions {
  readonly width: number;
  readonly height: number;
  readonly format?: 'jpeg' | 'png';
  readonly progressive?: boolean;
  readonly orientation?: number;
  readonly quality?: number;
  /** `none`: pixels that say nothing of their colours, which are sRGB then. */
  readonly colourProfile?: 'p3' | 'none';
}

/**
 * A picture with the statistics of a photo (gradients, edges, grain), the EXIF of a camera with GPS, XMP and (unless asked not
 * to) a Display P3 profile. Always the same bytes for the same options.
 */
export async function photo(options: PhotoOptions): Promise<Buffer> {
  const { width, height, format = 'jpeg', progressive = false, orientation = 1, quality = 90 } = options;
  const { colourProfile = 'p3' } = options;
  const pixels = scene(width, height);
  const plain = sharp(pixels, { raw: { width, height, channels: 3 } });
  // sharp writes its own orientation over that of `withExif`.
  const scenery = orientation === 1 ? plain : plain.withMetadata({ orientation });
  const picture = (colourProfile === 'p3' ? scenery.withIccProfile('p3') : scenery)
    .withExif({
      ...cameraExif,
      IFD0: { ...cameraExif.IFD0, Artist: privateMark },
    })
    .withXmp(
      `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="${privateMark}"/></rdf:RDF></x:xmpmeta>`,
    );
  return format === 'png'
    ? picture.png({ compressionLevel: 6, progressive }).toBuffer()
    : picture.jpeg({ quality, progressive }).toBuffer();
}

/** RGB pixels: a sky-like gradient, soft waves, some hard edges, and grain from a fixed generator. */
function scene(width: number, height: number): Buffer {
  const pixels = Buffer.allocUnsafe(width * height * 3);
  let state = 0x2545f491;
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    const sky = 90 + (110 * y) / height;
    for (let x = 0; x < width; x += 1) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const grain = ((state & 15) + ((state >>> 8) & 15) - 15) * 1.7;
      const waves = 30 * Math.sin(x / 47) * Math.cos(y / 61);
      const edge = ((x >> 7) + (y >> 7)) % 5 === 0 ? 40 : 0;
      pixels[at] = clamp(sky + waves + edge + grain);
      pixels[at + 1] = clamp(sky * 0.9 + waves * 0.6 + grain);
      pixels[at + 2] = clamp(230 - sky * 0.6 - edge + grain);
      at += 3;
    }
  }
  return pixels;
}

const clamp = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));

/** The mean colour of a small square around a point that is given in fractions of width and height. */
export async function colourAt(picture: Uint8Array, x: number, y: number): Promise<Rgb> {
  const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
  const left = Math.floor(x * (info.width - 1));
  const top = Math.floor(y * (info.height - 1));
  const reach = 2;
  const sum = [0, 0, 0];
  let count = 0;
  for (let row = Math.max(0, top - reach); row <= Math.min(info.height - 1, top + reach); row += 1) {
    for (
      let column = Math.max(0, left - reach);
      column <= Math.min(info.width - 1, left + reach);
      column += 1
    ) {
      const pixel = (row * info.width + column) * info.channels;
      for (const band of [0, 1, 2]) sum[band] = (sum[band] ?? 0) + (data[pixel + band] ?? 0);
      count += 1;
    }
  }
  return sum.map((total) => Math.round(total / count)) as unknown as Rgb;
}

/** The largest difference of any channel. */
export const colourDistance = (one: Rgb, other: Rgb): number =>
  Math.max(...one.map((value, band) => Math.abs(value - (other[band] ?? 0))));

/** Names of the segments of a JPEG or chunks of a WebP that carry anything besides the picture. */
export function metadataParts(picture: Uint8Array): string[] {
  const bytes = Buffer.from(picture);
  return bytes.readUInt16BE(0) === 0xffd8 ? jpegMetadata(bytes) : webpMetadata(bytes);
}

function jpegMetadata(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let at = 2; bytes[at + 1] !== 0xda; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1] as number;
    const isJfif = marker === 0xe0 && bytes.toString('latin1', at + 4, at + 8) === 'JFIF';
    if (((marker & 0xf0) === 0xe0 && !isJfif) || marker === 0xfe) found.push(`0x${marker.toString(16)}`);
  }
  return found;
}

function webpMetadata(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    if (!['VP8 ', 'VP8L', 'VP8X', 'ALPH'].includes(name)) found.push(name);
    at += 8 + size + (size & 1);
  }
  return found;
}

/** A JPEG with one more APP1 segment in front, as it is. */
export function withApp1(jpeg: Buffer, payload: Buffer): Buffer {
  const header = Buffer.from([0xff, 0xe1, 0, 0]);
  header.writeUInt16BE(payload.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), header, payload, jpeg.subarray(2)]);
}
