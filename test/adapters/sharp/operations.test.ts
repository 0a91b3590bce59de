import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import {
  colourAt,
  colourDistance,
  cornerColours,
  corners,
  photo,
  plain,
  privateMark,
  type Rgb,
  storedFor,
} from '../../support/images.ts';
import { only, operate, operations } from '../../support/operating.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Upright 240 x 180, a colour in each quarter. */
async function sources(): Promise<Readonly<Record<string, Buffer>>> {
  const upright = await corners(240, 180);
  const turned = sharp(await storedFor(upright, 6)).withMetadata({ orientation: 6 });
  const [red, green] = await Promise.all([sharp(upright).toBuffer(), sharp(upright).rotate(180).toBuffer()]);
  const frames = sharp([red, green], { join: { animated: true } });
  return {
    'image/jpeg': await turned.clone().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(),
    'image/png': await turned.clone().png({ compressionLevel: 0 }).toBuffer(),
    'image/webp': await turned.clone().webp({ lossless: true, effort: 0 }).toBuffer(),
    'image/avif': await sharp(upright).avif({ quality: 100, effort: 0 }).toBuffer(),
    'image/gif': await frames.gif({ delay: [70, 130], loop: 3 }).toBuffer(),
    'image/svg+xml': Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 180"><path fill="rgb(220,40,40)" d="M0 0h120v90H0z"/><path fill="rgb(40,180,60)" d="M120 0h120v90H120z"/><path fill="rgb(230,230,230)" d="M120 90h120v90H120z"/><path fill="rgb(40,60,210)" d="M0 90h120v90H0z"/></svg>`,
    ),
  };
}

describe('every operation takes every format', () => {
  const all = sources();
  it.each(['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/gif', 'image/svg+xml'])(
    '%s',
    async (mimeType) => {
      const source = (await all)[mimeType] as Buffer;
      const wanted = operations.filter(({ type }) => !(type === 'compress' && mimeType === 'image/svg+xml'));
      const { made, unmade } = await operate(source, mimeType, wanted);

      expect(unmade.every(({ reason }) => reason === 'not_smaller')).toBe(true);
      expect(made.length + unmade.length).toBe(wanted.length);
      const own = mimeType === 'image/svg+xml' ? [2048, 1536] : [240, 180];
      const sizes = { thumbnail: [64, 64], resize: [90, 68] } as Record<string, number[]>;
      for (const { name, body, width, height, mimeType: made_, extension } of made) {
        const shown = await sharp(body).metadata();
        expect([width, height], name).toEqual(sizes[name.split('-')[0] as string] ?? own);
        expect([shown.width, shown.height], name).toEqual([width, height]);
        expect(`image/${shown.format === 'heif' ? 'avif' : shown.format}`).toBe(made_);
        expect(extension).toMatch(/^\.(jpg|png|webp|avif|gif)$/);
        expect(shown, name).not.toMatchObject({ exif: expect.anything() });
        // Cut to a square, the quarters stay where they are; the watermark lies in the fourth.
        expect(colourDistance(await colourAt(body, 0.2, 0.2), cornerColours.topLeft), name).toBeLessThan(14);
        expect(colourDistance(await colourAt(body, 0.8, 0.2), cornerColours.topRight), name).toBeLessThan(14);
        expect(colourDistance(await colourAt(body, 0.2, 0.8), cornerColours.bottomLeft), name).toBeLessThan(
          14,
        );
      }
    },
  );

  it('converts into every format, and twice to the same bytes', async () => {
    const source = (await all)['image/jpeg'] as Buffer;
    const wanted = (['jpeg', 'png', 'webp', 'avif'] as const).map((format) => ({
      type: 'convert' as const,
      params: { format },
    }));
    const [once, twice] = [
      await operate(source, 'image/jpeg', wanted),
      await operate(source, 'image/jpeg', wanted),
    ];
    expect(once.made.map(({ name, extension }) => `${name}${extension}`)).toEqual([
      'convert-jpeg-q80.jpg',
      'convert-png.png',
      'convert-webp-q80.webp',
      'convert-avif-q55.avif',
    ]);
    expect(twice).toEqual(once);
    for (const { bytesSaved, body } of once.made) expect(bytesSaved).toBe(source.length - body.length);
  });
});

describe('sizes', () => {
  const source = corners(300, 200);
  it.each([
    [{ width: 150 }, [150, 100]],
    [{ height: 50 }, [75, 50]],
    [{ width: 100, height: 100 }, [100, 67]],
    [{ width: 100, height: 100, fit: 'cover' as const }, [100, 100]],
    [{ width: 3000, height: 3000 }, [300, 200]],
    [{ width: 3000, height: 100, fit: 'cover' as const }, [300, 100]],
  ])('resize to %j, never enlarged', async (params, size) => {
    const { shown } = await only(await source, 'image/png', { type: 'resize', params });
    expect([shown.width, shown.height]).toEqual(size);
  });

  it('makes the thumbnails of the default sizes', async () => {
    const { made } = await operate(await corners(1000, 800), 'image/png', [{ type: 'thumbnails' }]);
    expect(made.map(({ name, width, height }) => [name, width, height])).toEqual([
      ['thumbnail-150', 150, 150],
      ['thumbnail-300', 300, 300],
      ['thumbnail-600', 600, 600],
    ]);
  });
});

describe('compress', () => {
  it('makes a progressive JPEG that is smaller', async () => {
    const source = await photo({ width: 1200, height: 800, quality: 95 });
    const { body, bytesSaved, shown } = await only(source, 'image/jpeg', { type: 'compress' });
    expect(shown).toMatchObject({ isProgressive: true, width: 1200, height: 800 });
    expect(body.length).toBeLessThan(source.length * 0.7);
    expect(bytesSaved).toBe(source.length - body.length);
  });

  it('leaves a file whose bytes would not become fewer', async () => {
    const source = await photo({ width: 300, height: 200, quality: 20, colourProfile: 'none' });
    const { made, unmade } = await operate(source, 'image/jpeg', [{ type: 'compress' }]);
    expect(made).toEqual([]);
    expect(unmade).toEqual([{ name: 'compress-q85', status: 'skipped', reason: 'not_smaller' }]);
  });

  it('loses nothing of a PNG, and leaves a palette a palette', async () => {
    const grey = await photo({ width: 200, height: 150, format: 'png', colourProfile: 'none' });
    const colours = await sharp(await corners(200, 150))
      .png({ palette: true, compressionLevel: 0 })
      .toBuffer();
    for (const source of [await sharp(grey).png({ compressionLevel: 1 }).toBuffer(), colours]) {
      const { body, name } = await only(source, 'image/png', { type: 'compress' });
      expect(name).toBe('compress');
      const pixels = (png: Uint8Array) => sharp(png).toColourspace('srgb').removeAlpha().raw().toBuffer();
      expect((await pixels(body)).equals(await pixels(source))).toBe(true);
    }
  });
});

/** Within what print can show, so that the way to CMYK and back loses little. */
const clay: Rgb = [170, 115, 90];

describe('colours', () => {
  const p3Clay = async (format: 'jpeg' | 'png') => {
    const picture = plain(clay).withIccProfile('p3');
    return format === 'png' ? picture.png().toBuffer() : picture.jpeg({ quality: 100 }).toBuffer();
  };
  it.each([
    ['Display P3', 'image/jpeg', () => p3Clay('jpeg')],
    [
      'Display P3, 16 bits',
      'image/png',
      async () =>
        sharp(await p3Clay('png'))
          .keepIccProfile()
          .toColourspace('rgb16')
          .png()
          .toBuffer(),
    ],
    [
      'CMYK',
      'image/jpeg',
      () => plain(clay).toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 100 }).toBuffer(),
    ],
  ])('%s becomes sRGB', async (_, mimeType, make) => {
    const source = await make();
    for (const operation of [
      { type: 'convert', params: { format: 'webp', quality: 100 } },
      { type: 'resize', params: { width: 100 } },
      { type: 'watermark', params: { mark: { text: 'x' } } },
    ] as const) {
      const { body, shown } = await only(source, mimeType, operation);
      expect(shown).toMatchObject({ space: 'srgb' });
      expect(shown.icc).toBeUndefined();
      expect(colourDistance(await colourAt(body, 0.3, 0.3), clay), operation.type).toBeLessThanOrEqual(20);
    }
  });
});

describe('metadata', () => {
  const source = photo({ width: 320, height: 200, orientation: 6 });
  it('goes away unless somebody wants it kept', async () => {
    for (const operation of operations) {
      const { made } = await operate(await source, 'image/jpeg', [operation]);
      for (const { body } of made) {
        const { exif, icc, xmp, orientation } = await sharp(body).metadata();
        expect({ exif, icc, xmp, orientation }).toEqual({});
        expect(Buffer.from(body).includes(privateMark)).toBe(false);
      }
    }
  });

  it.each(['jpeg', 'png', 'webp', 'avif'] as const)(
    'is kept in %s, and the picture stays upright',
    async (format) => {
      const { shown, body } = await only(await source, 'image/jpeg', {
        type: 'convert',
        params: { format, metadata: 'keep' },
      });
      expect(shown).toMatchObject({
        width: 200,
        height: 320,
        exif: expect.anything(),
        icc: expect.anything(),
      });
      expect(shown.orientation ?? 1).toBe(1);
      expect(shown.exif?.includes('Penstock 7')).toBe(true);
      if (format !== 'avif') expect(shown.xmpAsString).toContain(privateMark);
      const upright = await sharp(await source)
        .autoOrient()
        .toColourspace('srgb')
        .png()
        .toBuffer();
      const seen = await sharp(body).autoOrient().toColourspace('srgb').png().toBuffer();
      for (const [x, y] of [
        [0.2, 0.2],
        [0.8, 0.7],
      ] as const) {
        expect(colourDistance(await colourAt(seen, x, y), await colourAt(upright, x, y))).toBeLessThan(16);
      }
    },
  );

  it('keeps no profile that the colours have left', async () => {
    const cmyk = await plain(clay)
      .toColourspace('cmyk')
      .withIccProfile('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer();
    const { shown, body } = await only(cmyk, 'image/jpeg', {
      type: 'convert',
      params: { format: 'webp', metadata: 'keep' },
    });
    expect(shown.icc).toBeUndefined();
    expect(colourDistance(await colourAt(body, 0.5, 0.5), clay)).toBeLessThanOrEqual(20);
  });
});

describe('bounds', () => {
  it('leaves what the time does not suffice for', async () => {
    const { made, unmade } = await operate(await corners(40, 40), 'image/png', operations, { budgetMs: 0 });
    expect(made).toEqual([]);
    expect(unmade.map(({ status, reason }) => `${status} ${reason}`)).toEqual(
      operations.map(() => 'failed too_slow'),
    );
  });

  it('leaves what would take too much memory, and makes the rest', async () => {
    const large = await sharp({ create: { width: 8000, height: 6000, channels: 3, background: '#456' } })
      .jpeg({ quality: 50 })
      .toBuffer();
    const { made, unmade } = await operate(large, 'image/jpeg', [
      { type: 'convert', params: { format: 'avif' } },
      { type: 'resize', params: { width: 100 } },
    ]);
    expect(unmade).toEqual([{ name: 'convert-avif-q55', status: 'skipped', reason: 'pixels_exceeded' }]);
    expect(made.map(({ name }) => name)).toEqual(['resize-w100']);
  });

  it('says of broken bytes what is wrong with them', async () => {
    const source = await photo({ width: 300, height: 200 });
    const cut = source.subarray(0, source.length / 2);
    const { made, unmade } = await operate(cut, 'image/jpeg', [
      { type: 'convert', params: { format: 'webp' } },
    ]);
    expect(made).toEqual([]);
    expect(unmade).toEqual([{ name: 'convert-webp-q80', status: 'failed', reason: 'malformed' }]);
    await expect(operate(Buffer.from('no picture'), 'image/png', operations)).rejects.toMatchObject({
      name: 'ImageUnreadable',
    });
  });
});
