import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { createVariantMaker } from '../../../lambdas/adapters/sharp/variant-maker.ts';
import { ImageUnreadable } from '../../../lambdas/core/images/ports.ts';
import type { VariantFormat } from '../../../lambdas/core/images/variant-format.ts';
import { cornerColours, corners, plain, storedFor } from '../../support/images.ts';

const maker = createVariantMaker({ maxPixels: 10_000_000, seconds: 20 });
const averageAt = async (picture: Uint8Array, left: number, top: number) => {
  // `stats` looks at the input, whatever is done with it.
  const part = await sharp(picture).extract({ left, top, width: 20, height: 20 }).png().toBuffer();
  const { channels } = await sharp(part).stats();
  return channels.slice(0, 3).map(({ mean }) => Math.round(mean));
};

describe('a variant', () => {
  let photo: Buffer;
  beforeAll(async () => {
    photo = await corners(800, 600);
  });

  it.each<[VariantFormat, string]>([
    ['jpeg', 'jpeg'],
    ['webp', 'webp'],
    ['avif', 'heif'],
    ['png', 'png'],
  ])('as %s has exactly its size, the colours of the picture and no metadata', async (format, opened) => {
    const withMetadata = await sharp(photo)
      .withExif({ IFD0: { Artist: 'Somebody' } })
      .jpeg()
      .toBuffer();
    const body = await maker.make(withMetadata, { width: 320, height: 240, format, quality: 90 });

    const { width, height, format: found, exif, icc } = await sharp(body).metadata();
    expect({ width, height, format: found }).toEqual({ width: 320, height: 240, format: opened });
    expect([exif, icc]).toEqual([undefined, undefined]);
    const [red = 0, green = 0, blue = 0] = await averageAt(body, 20, 20);
    const [r, g, b] = cornerColours.topLeft;
    for (const distance of [red - r, green - g, blue - b]) expect(Math.abs(distance)).toBeLessThan(12);
  });

  it('is the centre of what does not fit, upright however the camera was held', async () => {
    for (const orientation of [1, 6, 8]) {
      const stored = await sharp(await storedFor(photo, orientation))
        .withMetadata({ orientation })
        .jpeg()
        .toBuffer();
      const body = await maker.make(stored, { width: 300, height: 300, format: 'png' });
      const { width, height } = await sharp(body).metadata();
      expect([width, height]).toEqual([300, 300]);
      const [red = 0] = await averageAt(body, 10, 10);
      expect(Math.abs(red - cornerColours.topLeft[0])).toBeLessThan(12);
    }
  });

  it('lets shine through what the format can, and puts white behind it in JPEG', async () => {
    const clear = await plain([0, 0, 0], 0).png().toBuffer();
    const webp = await maker.make(clear, { width: 40, height: 30, format: 'webp', quality: 75 });
    expect((await sharp(webp).metadata()).hasAlpha).toBe(true);
    const jpeg = await maker.make(clear, { width: 40, height: 30, format: 'jpeg', quality: 75 });
    expect(await averageAt(jpeg, 0, 0)).toEqual([255, 255, 255]);
  });

  it('has the same bytes whenever it is made', async () => {
    const spec = { width: 160, height: 120, format: 'avif', quality: 75 } as const;
    const [one, other] = await Promise.all([maker.make(photo, spec), maker.make(photo, spec)]);
    expect(Buffer.compare(one, other)).toBe(0);
  });

  it('of what is no picture, or has too many pixels, is the fault of the picture', async () => {
    const spec = { width: 10, height: 10, format: 'jpeg', quality: 75 } as const;
    await expect(maker.make(Buffer.from('nothing'), spec)).rejects.toBeInstanceOf(ImageUnreadable);
    const strict = createVariantMaker({ maxPixels: 1_000, seconds: 20 });
    await expect(strict.make(photo, spec)).rejects.toMatchObject({ reason: 'pixels_exceeded' });
  });
});
