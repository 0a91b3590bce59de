import { readFile } from 'node:fs/promises';
import { decode as decodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createImageProcessor } from '../../../lambdas/adapters/sharp/image-processor.ts';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import type { RenderedImage } from '../../../lambdas/core/images/ports.ts';
import { defaultPresets } from '../../../lambdas/core/images/presets.ts';
import { metadataParts } from '../../support/images.ts';
import { published } from '../../support/published.ts';

interface Fixture {
  readonly path: string;
  readonly mimeType?: string;
  /** Upright pixels. */
  readonly size: readonly [width: number, height: number];
  /** What it must look like: as another decoder sees it, or the same picture in sRGB; absent: there is neither. */
  readonly reference?: 'decoder' | 'decoder of Adobe RGB' | { readonly twin: string };
  /** How far the mean colour of an area may be from that, of 255. */
  readonly tolerance?: number;
}

const ofSharp = (name: string): string => `sharp/tests/${name}`;
const ofJpgStream = (name: string): string => `jpg-stream/test/images/${name}`;

/** Decoders of JPEG differ by rounding and by how they enlarge colour, so areas are compared, not pixels. */
const fixtures: readonly Fixture[] = [
  {
    path: ofSharp('2569067123_aca715a2ee_o.jpg'),
    size: [2725, 2225],
    reference: 'decoder of Adobe RGB',
    tolerance: 3,
  },
  {
    path: ofSharp('50020484-00001.png'),
    mimeType: 'image/png',
    size: [2809, 2074],
    reference: 'decoder',
    tolerance: 3,
  },
  { path: ofSharp('4.webp'), mimeType: 'image/webp', size: [1024, 772] },
  { path: ofJpgStream('j2.jpg'), size: [261, 202], reference: 'decoder', tolerance: 3 },
  { path: ofJpgStream('tetons.jpg'), size: [1600, 1195], reference: 'decoder', tolerance: 3 },
  { path: 'exif-parser/test/starfish.jpg', size: [1278, 720], reference: 'decoder', tolerance: 3 },
  { path: 'exif-parser/test/test.jpg', size: [2, 1] },
  // The same picture under another profile; the profiles are of their time, and rounded.
  { path: ofJpgStream('j1.jpg'), size: [261, 202], reference: { twin: ofJpgStream('j2.jpg') }, tolerance: 6 },
  { path: ofJpgStream('gray.jpg'), size: [620, 371] },
  { path: ofJpgStream('rgb.jpg'), size: [620, 371] },
  {
    path: ofJpgStream('cmyk.jpg'),
    size: [620, 371],
    reference: { twin: ofJpgStream('rgb.jpg') },
    // Inks hold fewer colours; taken for RGB, or inverted, it would be off by more than 100.
    tolerance: 35,
  },
];

/** Decoders in JavaScript take seconds for a large picture, and longer beside others. */
const testTimeoutMs = 60_000;

const processor = createImageProcessor();
const render = (bytes: Uint8Array, mimeType: string): Promise<RenderedImage> =>
  processor.render(bytes, {
    mimeType,
    presets: defaultPresets,
    maxPixels: defaultLimits.pipeline.imageMaxPixels,
  });

describe.each(fixtures)('$path', ({ path, mimeType = 'image/jpeg', size, reference, tolerance = 0 }) => {
  it('renders in its size, upright, without metadata, in the colours that it has', {
    timeout: testTimeoutMs,
  }, async () => {
    const source = await readFile(published(path));
    const { media, renditions } = await render(source, mimeType);

    expect([media.width, media.height]).toEqual(size);
    for (const { name, width, height, body } of renditions) {
      const opened = await sharp(body).metadata();
      expect([opened.width, opened.height], name).toEqual([width, height]);
      expect(opened.space, name).toMatch(/^(srgb|b-w)$/);
      expect(metadataParts(body), name).toEqual([]);
    }
    if (reference === undefined) return;
    const own = areaColours(await previewOf(path, mimeType));
    const other = areaColours(await referencePixels(source, mimeType, reference));
    const distances = own.map((value, index) => Math.abs(value - (other[index] ?? 0)));
    expect(Math.max(...distances)).toBeLessThanOrEqual(tolerance);
  });
});

async function previewOf(path: string, mimeType: string): Promise<Pixels> {
  const { renditions } = await render(await readFile(published(path)), mimeType);
  const preview = renditions.find(({ name }) => name === 'preview')?.body ?? new Uint8Array();
  const opened = sharp(preview).toColourspace('srgb').removeAlpha().raw();
  const { data, info } = await opened.toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

async function referencePixels(
  source: Buffer,
  mimeType: string,
  reference: NonNullable<Fixture['reference']>,
): Promise<Pixels> {
  if (typeof reference === 'object') return previewOf(reference.twin, mimeType);
  const pixels = decoded(source, mimeType);
  return reference === 'decoder' ? pixels : fromAdobeRgb(pixels);
}

interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** By decoders that have nothing in common with libvips. */
function decoded(source: Buffer, mimeType: string): Pixels {
  if (mimeType === 'image/png') {
    const { data, width, height } = PNG.sync.read(source);
    return { data, width, height, channels: 4 };
  }
  const { data, width, height } = decodeJpeg(source, { useTArray: true, maxMemoryUsageInMB: 1024 });
  return { data, width, height, channels: 4 };
}

/** Adobe RGB (1998) to sRGB: both have D65 as white, so that one matrix leads from the linear ones to the others. */
function fromAdobeRgb({ data, width, height, channels }: Pixels): Pixels {
  const linear = Float64Array.from({ length: 256 }, (_, value) => (value / 255) ** (563 / 256));
  const encode = (value: number): number => {
    const bounded = Math.min(1, Math.max(0, value));
    return 255 * (bounded <= 0.0031308 ? 12.92 * bounded : 1.055 * bounded ** (1 / 2.4) - 0.055);
  };
  const converted = new Uint8Array(data);
  for (let at = 0; at < data.length; at += channels) {
    const [red = 0, green = 0, blue = 0] = [0, 1, 2].map((channel) => linear[data[at + channel] ?? 0] ?? 0);
    converted[at] = encode(1.39836 * red - 0.39836 * green);
    converted[at + 1] = encode(green);
    converted[at + 2] = encode(-0.04293 * green + 1.04293 * blue);
  }
  return { data: converted, width, height, channels };
}

const areasPerSide = 8;

/** Mean red, green and blue of each of 8 x 8 areas: what scaling must leave as it is. */
function areaColours({ data, width, height, channels }: Pixels): readonly number[] {
  const sums = new Float64Array(areasPerSide ** 2 * 3);
  const counts = new Float64Array(areasPerSide ** 2);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const area =
        Math.floor((y * areasPerSide) / height) * areasPerSide + Math.floor((x * areasPerSide) / width);
      const at = (y * width + x) * channels;
      counts[area] = (counts[area] ?? 0) + 1;
      for (let channel = 0; channel < 3; channel += 1) {
        sums[area * 3 + channel] = (sums[area * 3 + channel] ?? 0) + (data[at + channel] ?? 0);
      }
    }
  }
  return [...sums].map((sum, index) => sum / (counts[Math.floor(index / 3)] || 1));
}
