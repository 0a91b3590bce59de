import sharp from 'sharp';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { createImageProcessor } from '../../../lambdas/adapters/sharp/image-processor.ts';
import type { RenderedImage } from '../../../lambdas/core/images/ports.ts';
import { defaultPresets, type RenditionPreset } from '../../../lambdas/core/images/presets.ts';
import {
  colourAt,
  colourDistance,
  cornerColours,
  corners,
  metadataParts,
  photo,
  plain,
  privateMark,
  type Rgb,
  storedFor,
} from '../../support/images.ts';

// Real decoding of large pictures, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const processor = createImageProcessor();
const render = (
  source: Uint8Array,
  maxPixels = 100_000_000,
  presets: readonly RenditionPreset[] = defaultPresets,
): Promise<RenderedImage> => processor.render(source, { mimeType: 'image/any', presets, maxPixels });
const body = (image: RenderedImage, name: string): Uint8Array => {
  const found = image.renditions.find((rendition) => rendition.name === name);
  if (!found) throw new Error(`no rendition ${name}`);
  return found.body;
};
const boxes = ({ renditions }: RenderedImage) =>
  renditions.map(({ name, width, height, extension }) => `${name} ${width}x${height} ${extension}`);
describe('a photo with EXIF, GPS, XMP and a Display P3 profile', () => {
  let source: Buffer;
  let image: RenderedImage;
  beforeAll(async () => {
    source = await photo({ width: 2400, height: 1600 });
    image = await render(source);
  });

  it('gets every preset in its size, as the bytes themselves say', async () => {
    expect(boxes(image)).toEqual([
      'small 150x150 .jpg',
      'medium 300x300 .jpg',
      'large 800x600 .jpg',
      'preview 1620x1080 .jpg',
    ]);
    for (const rendition of image.renditions) {
      const { width, height, format, space } = await sharp(rendition.body).metadata();
      expect({ width, height, format, space }).toEqual({
        width: rendition.width,
        height: rendition.height,
        format: 'jpeg',
        space: 'srgb',
      });
      expect(rendition.mimeType).toBe('image/jpeg');
    }
  });

  it('tells what the picture is and how it was taken', () => {
    expect(image.media).toEqual({
      width: 2400,
      height: 1600,
      format: 'jpeg',
      hasAlpha: false,
      orientation: 1,
      colourSpace: 'srgb',
    });
    expect(image.exif).toMatchObject({
      make: 'Sluice Optics',
      model: 'Penstock 7',
      takenAt: '2026-05-01T12:34:56+02:00',
      exposureSeconds: 0.004,
      fNumber: 2.8,
      iso: 200,
      focalLengthMm: 35,
      gpsLatitude: -33.858667,
      gpsLongitude: 151.211111,
      artist: privateMark,
    });
  });

  it('leaves no metadata in any rendition', () => {
    expect(metadataParts(source).length).toBeGreaterThan(2);
    for (const rendition of image.renditions) {
      expect(metadataParts(rendition.body)).toEqual([]);
      const bytes = Buffer.from(rendition.body).toString('latin1');
      for (const trace of [
        privateMark,
        'Exif',
        'ICC_PROFILE',
        'Photoshop',
        'http://ns.adobe.com',
        'Penstock',
      ]) {
        expect(bytes.includes(trace)).toBe(false);
      }
    }
  });

  it('always gives the same bytes', async () => {
    const again = await createImageProcessor().render(Uint8Array.from(source), {
      mimeType: 'image/jpeg',
      presets: defaultPresets,
      maxPixels: 100_000_000,
    });
    expect(again.renditions.map(({ body }) => Buffer.from(body).toString('base64'))).toEqual(
      image.renditions.map(({ body }) => Buffer.from(body).toString('base64')),
    );
  });

  it('is not touched itself', async () => {
    expect(source.equals(await photo({ width: 2400, height: 1600 }))).toBe(true);
  });
});

describe('EXIF orientation', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is applied: %i', async (orientation) => {
    const stored = await storedFor(await corners(640, 400), orientation);
    const source = await sharp(stored).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();

    const image = await render(source);

    expect(image.media).toMatchObject({ width: 640, height: 400, orientation });
    expect(boxes(image)[3]).toBe('preview 640x400 .jpg');
    for (const { body } of image.renditions) {
      expect((await sharp(body).metadata()).orientation).toBeUndefined();
      expect(colourDistance(await colourAt(body, 0.1, 0.1), cornerColours.topLeft)).toBeLessThan(12);
      expect(colourDistance(await colourAt(body, 0.9, 0.1), cornerColours.topRight)).toBeLessThan(12);
      expect(colourDistance(await colourAt(body, 0.9, 0.9), cornerColours.bottomRight)).toBeLessThan(12);
      expect(colourDistance(await colourAt(body, 0.1, 0.9), cornerColours.bottomLeft)).toBeLessThan(12);
    }
  });

  it.each([1, 4, 6, 7])('is applied to an output that decodes on its own: %i', async (orientation) => {
    // Long enough that the cover's share of it is more than a working image may have.
    const stored = await storedFor(await corners(60_000, 300), orientation);
    const source = await sharp(stored).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
    const presets = [
      { name: 'strip', fit: 'inside', width: 500, height: 500, format: 'jpeg', quality: 90 },
      { name: 'piece', fit: 'cover', width: 400, height: 280, format: 'jpeg', quality: 90 },
    ] as const;

    const image = await render(source, 100_000_000, presets);

    expect(boxes(image)).toEqual(['strip 500x3 .jpg', 'piece 400x280 .jpg']);
    const piece = body(image, 'piece');
    expect(colourDistance(await colourAt(piece, 0.1, 0.1), cornerColours.topLeft)).toBeLessThan(12);
    expect(colourDistance(await colourAt(piece, 0.9, 0.1), cornerColours.topRight)).toBeLessThan(12);
    expect(colourDistance(await colourAt(piece, 0.9, 0.9), cornerColours.bottomRight)).toBeLessThan(12);
    expect(colourDistance(await colourAt(piece, 0.1, 0.9), cornerColours.bottomLeft)).toBeLessThan(12);
    expect((await sharp(piece).metadata()).orientation).toBeUndefined();
  });
});

describe('colours', () => {
  const orange: Rgb = [230, 120, 40];
  /** Within what print can show, so that the way to CMYK and back loses little. */
  const clay: Rgb = [170, 115, 90];

  it.each([
    ['Display P3 JPEG', () => plain(orange).withIccProfile('p3').jpeg({ quality: 95 })],
    ['Display P3 PNG of 16 bits', () => plain(orange).toColourspace('rgb16').withIccProfile('p3').png()],
    ['PNG of 16 bits without a profile', () => plain(orange).toColourspace('rgb16').png()],
    ['Display P3 WebP', () => plain(orange).withIccProfile('p3').webp({ quality: 95 })],
    ['AVIF', () => plain(orange).avif({ quality: 80, effort: 0 })],
  ])('of a %s come out as sRGB', async (_name, make) => {
    const image = await render(await make().toBuffer());

    for (const name of ['small', 'preview']) {
      expect(colourDistance(await colourAt(body(image, name), 0.5, 0.5), orange)).toBeLessThanOrEqual(5);
    }
  });

  it.each([
    ['with', () => plain(clay).toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 95 })],
    ['without', () => plain(clay).toColourspace('cmyk').jpeg({ quality: 95 })],
  ])('of a CMYK JPEG %s a profile come out as sRGB', async (_name, make) => {
    const source = await make().toBuffer();
    expect((await sharp(source).metadata()).space).toBe('cmyk');

    const image = await render(source);

    expect(image.media.colourSpace).toBe('cmyk');
    expect(colourDistance(await colourAt(body(image, 'small'), 0.5, 0.5), clay)).toBeLessThanOrEqual(20);
  });

  it.each([8, 16])('of a greyscale PNG of %i bits stay grey', async (bits) => {
    const source = await plain([90, 90, 90])
      .toColourspace(bits === 16 ? 'grey16' : 'b-w')
      .png()
      .toBuffer();

    const image = await render(source);

    expect(image.media.colourSpace).toBe(bits === 16 ? 'grey16' : 'b-w');
    expect(colourDistance(await colourAt(body(image, 'medium'), 0.5, 0.5), [90, 90, 90])).toBeLessThanOrEqual(
      3,
    );
  });

  it('survive a broken profile', async () => {
    const source = await plain(orange).withIccProfile('p3').jpeg({ quality: 95 }).toBuffer();
    const profile = source.indexOf('ICC_PROFILE') + 14;
    source.fill(0xee, profile + 40, profile + 200);

    const image = await render(source);

    expect(colourDistance(await colourAt(body(image, 'small'), 0.5, 0.5), orange)).toBeLessThanOrEqual(25);
  });
});

describe('formats', () => {
  it('keeps alpha as WebP', async () => {
    const image = await render(await plain([200, 40, 40], 0.5).png().toBuffer());

    expect(image.media).toMatchObject({ format: 'png', hasAlpha: true });
    for (const rendition of image.renditions) {
      expect(rendition).toMatchObject({ mimeType: 'image/webp', extension: '.webp' });
      expect(metadataParts(rendition.body)).toEqual([]);
      const { data, info } = await sharp(rendition.body).raw().toBuffer({ resolveWithObject: true });
      expect(info.channels).toBe(4);
      expect(Math.abs((data[3] ?? 0) - 128)).toBeLessThanOrEqual(2);
    }
  });

  it('puts what is transparent on white where the preset says JPEG', async () => {
    const source = await plain([0, 0, 0], 0).png().toBuffer();
    const image = await render(
      source,
      100_000_000,
      defaultPresets.map((preset) => ({ ...preset, format: 'jpeg' as const })),
    );

    expect(boxes(image)[0]).toBe('small 150x150 .jpg');
    expect(await colourAt(body(image, 'small'), 0.5, 0.5)).toEqual([255, 255, 255]);
  });

  it.each(['gif', 'webp'] as const)('renders the first frame of an animated %s', async (format) => {
    const frame = (colour: Rgb) => plain(colour).png().toBuffer();
    const frames = await Promise.all([frame([200, 40, 40]), frame([40, 40, 200]), frame([40, 200, 40])]);
    const source = await sharp(frames, { join: { animated: true } })
      [format]()
      .toBuffer();

    const image = await render(source);

    expect(image.media).toMatchObject({ format, width: 400, height: 300, frames: 3 });
    expect(colourDistance(await colourAt(body(image, 'small'), 0.5, 0.5), [200, 40, 40])).toBeLessThan(12);
    expect((await sharp(body(image, 'small')).metadata()).pages ?? 1).toBe(1);
  });

  it('renders progressive JPEG, interlaced PNG and tiny pictures', async () => {
    const small = { width: 3, height: 2 };
    const sources = [
      await photo({ width: 700, height: 500, progressive: true }),
      await photo({ width: 700, height: 500, format: 'png', progressive: true }),
    ];
    for (const source of sources) expect(boxes(await render(source))[3]).toBe('preview 700x500 .jpg');
    expect(boxes(await render(await photo(small)))).toEqual([
      'small 3x2 .jpg',
      'medium 3x2 .jpg',
      'large 3x2 .jpg',
      'preview 3x2 .jpg',
    ]);
  });
});
