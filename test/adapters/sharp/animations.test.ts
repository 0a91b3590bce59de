import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { colourAt, colourDistance, plain } from '../../support/images.ts';
import { logo, only } from '../../support/operating.ts';

vi.setConfig({ testTimeout: 60_000 });

describe('an animation', () => {
  const animated = async (format: 'gif' | 'webp') => {
    const colours = [
      [220, 40, 40],
      [40, 180, 60],
      [40, 60, 210],
    ] as const;
    const frames = await Promise.all(colours.map((colour) => plain(colour).png().toBuffer()));
    const joined = sharp(frames, { join: { animated: true } });
    const timing = { delay: [70, 130, 200], loop: 4 };
    return format === 'gif'
      ? joined.gif(timing).toBuffer()
      : joined.webp({ ...timing, quality: 90 }).toBuffer();
  };
  it.each(['gif', 'webp'] as const)('of %s keeps frames, delays and loops', async (format) => {
    const source = await animated(format);
    for (const operation of [
      { type: 'resize', params: { width: 100 } },
      { type: 'resize', params: { width: 60, height: 60, fit: 'cover' } },
      { type: 'thumbnails', params: { sizes: [64] } },
      { type: 'convert', params: { format: 'webp' } },
      { type: 'watermark', params: { mark: { text: 'mine' } } },
    ] as const) {
      const { shown, frames, width, height } = await only(source, `image/${format}`, operation);
      expect(shown, operation.type).toMatchObject({ pages: 3, delay: [70, 130, 200], loop: 4 });
      expect(shown.pageHeight ?? shown.height).toBe(height);
      expect(shown.width).toBe(width);
      expect(frames).toBe(3);
    }
  });

  it('has the watermark on each of its frames', async () => {
    const { body } = await only(
      await animated('gif'),
      'image/gif',
      {
        type: 'watermark',
        params: { mark: { fileId: 'L', version: 1 }, opacity: 1, format: 'webp', quality: 100 },
      },
      { mark: await logo() },
    );
    for (const page of [0, 1, 2]) {
      const frame = await sharp(body, { page }).png().toBuffer();
      expect(colourDistance(await colourAt(frame, 0.94, 0.92), [255, 0, 255])).toBeLessThan(20);
    }
  });

  it('becomes its first frame where the format cannot move', async () => {
    const { shown, frames, body } = await only(await animated('gif'), 'image/gif', {
      type: 'convert',
      params: { format: 'jpeg' },
    });
    expect(shown.pages).toBeUndefined();
    expect(frames).toBeUndefined();
    expect(colourDistance(await colourAt(body, 0.5, 0.5), [220, 40, 40])).toBeLessThan(14);
  });
});
