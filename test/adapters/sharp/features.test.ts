import sharp from 'sharp';
import { thumbHashToApproximateAspectRatio, thumbHashToAverageRGBA } from 'thumbhash';
import { describe, expect, it } from 'vitest';
import { createImageProcessor } from '../../../lambdas/adapters/sharp/image-processor.ts';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { hashDistance } from '../../../lambdas/core/images/perceptual-hash.ts';
import type { PictureFeatures } from '../../../lambdas/core/images/ports.ts';
import { defaultPresets } from '../../../lambdas/core/images/presets.ts';
import { plain, storedFor } from '../../support/images.ts';
import { photoLike } from '../../support/pictures.ts';

const images = createImageProcessor();

async function featuresOf(bytes: Buffer, mimeType: string): Promise<PictureFeatures> {
  const maxPixels = defaultLimits.pipeline.imageMaxPixels;
  const { features } = await images.render(bytes, { mimeType, presets: defaultPresets, maxPixels });
  if (!features) throw new Error('the picture has no features');
  return features;
}

const placeholderOf = ({ placeholder }: PictureFeatures): Buffer => Buffer.from(placeholder, 'base64');

describe('what a picture is recognised by', () => {
  it('has a placeholder of its shape and colours, small enough for every listing', async () => {
    const features = await featuresOf(await plain([200, 40, 60]).png().toBuffer(), 'image/png');

    const hash = placeholderOf(features);
    const { r, g, b, a } = thumbHashToAverageRGBA(hash);
    expect([r, g, b].map((value) => Math.round(value * 255))).toEqual([
      expect.closeTo(200, -1),
      expect.closeTo(40, -1),
      expect.closeTo(60, -1),
    ]);
    expect(a).toBe(1);
    expect(thumbHashToApproximateAspectRatio(hash)).toBeCloseTo(4 / 3, 0);
    expect(features.placeholder.length).toBeLessThanOrEqual(40);
    expect(features).not.toHaveProperty('perceptualHash');
  });

  it('keeps transparency in the placeholder', async () => {
    const features = await featuresOf(await plain([20, 140, 60], 0.5).png().toBuffer(), 'image/png');

    expect(thumbHashToAverageRGBA(placeholderOf(features)).a).toBeCloseTo(0.5, 1);
    expect(features.statistics.transparent).toBe(1);
  });

  it('is the same however a camera was held, and in every format', async () => {
    const upright = await photoLike(21).png().toBuffer();
    const { perceptualHash = '', placeholder } = await featuresOf(upright, 'image/png');

    for (const orientation of [3, 6, 8]) {
      const stored = await sharp(await storedFor(upright, orientation))
        .withMetadata({ orientation })
        .png()
        .toBuffer();
      expect(await featuresOf(stored, 'image/png')).toMatchObject({ perceptualHash, placeholder });
    }
    for (const format of ['jpeg', 'webp', 'avif'] as const) {
      const encoded = await sharp(upright).toFormat(format).toBuffer();
      const { perceptualHash: other = '' } = await featuresOf(encoded, `image/${format}`);
      expect(hashDistance(perceptualHash, other)).toBeLessThanOrEqual(2);
    }
  });

  it('is told of the smallest pictures and of drawings', async () => {
    const dot = await sharp(await plain([9, 9, 9]).png().toBuffer())
      .resize(1, 1)
      .png()
      .toBuffer();
    const drawing = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><rect width="40" height="40" fill="red"/></svg>',
    );

    expect((await featuresOf(dot, 'image/png')).placeholder).not.toBe('');
    expect((await featuresOf(drawing, 'image/svg+xml')).perceptualHash).toMatch(/^[\da-f]{16}$/);
  });
});
