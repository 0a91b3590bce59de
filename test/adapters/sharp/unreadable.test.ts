import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { createImageProcessor } from '../../../lambdas/adapters/sharp/image-processor.ts';
import { ImageUnreadable } from '../../../lambdas/core/images/ports.ts';
import { defaultPresets } from '../../../lambdas/core/images/presets.ts';
import { photo, plain } from '../../support/images.ts';

// Real decoding of pictures, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

const processor = createImageProcessor();
const reasonFor = (source: Uint8Array, maxPixels = 100_000_000): Promise<unknown> =>
  processor.render(source, { mimeType: 'image/any', presets: defaultPresets, maxPixels }).then(
    () => 'rendered',
    (error: unknown) => (error instanceof ImageUnreadable ? error.reason : error),
  );

describe('what cannot be rendered', () => {
  const truncated = async (format: 'jpeg' | 'png' | 'webp' | 'gif' | 'avif', share: number) => {
    const picture = sharp(await photo({ width: 300, height: 200 }));
    const whole = await (format === 'avif' ? picture.avif({ effort: 0 }) : picture[format]()).toBuffer();
    return whole.subarray(0, Math.floor(whole.length * share));
  };

  it.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)('a truncated %s is malformed', async (format) => {
    expect(await reasonFor(await truncated(format, 0.6))).toBe('malformed');
    expect(await reasonFor(await truncated(format, 0.02))).toBe('malformed');
  });

  it('a PNG whose pixels are damaged is malformed', async () => {
    const source = await photo({ width: 600, height: 400, format: 'png' });
    source.fill(0, 20_000, 22_000);

    expect(await reasonFor(source)).toBe('malformed');
  });

  it('no bytes at all are malformed', async () => {
    expect(await reasonFor(new Uint8Array())).toBe('malformed');
  });

  it('formats without a decoder are unsupported', async () => {
    const heic = await sharp(await photo({ width: 64, height: 64 }))
      .avif({ effort: 0 })
      .toBuffer();
    for (const [av1, hevc] of [
      ['ftypavif', 'ftypheic'],
      ['avif', 'heic'],
      ['av01', 'hvc1'],
      ['av1C', 'hvcC'],
    ] as const) {
      const at = heic.indexOf(av1);
      if (at >= 0) heic.write(hevc, at, 'latin1');
    }
    const bmp = Buffer.concat([Buffer.from('BM'), Buffer.alloc(200)]);
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    const tiff = await plain([1, 2, 3]).tiff().toBuffer();

    for (const source of [heic, bmp, svg, tiff]) expect(await reasonFor(source)).toBe('unsupported');
  });

  it.each([
    ['50,000 x 50,000', 50_000, 50_000],
    ['2^31-1 squared', 0x7fffffff, 0x7fffffff],
  ])('a PNG that claims %s pixels is refused by its header', async (_name, width, height) => {
    const source = await photo({ width: 8, height: 8, format: 'png' });
    source.writeUInt32BE(width, 16);
    source.writeUInt32BE(height, 20);
    source.writeUInt32BE(crc32(source.subarray(12, 29)), 29);

    expect(await reasonFor(source)).toBe('pixels_exceeded');
  });

  it('a JPEG that claims 65,500 x 65,500 pixels is refused by its header, in no time', async () => {
    const source = await photo({ width: 16, height: 16 });
    const frame = source.indexOf(Buffer.from([0xff, 0xc0]));
    source.writeUInt16BE(65_500, frame + 5);
    source.writeUInt16BE(65_500, frame + 7);
    const cpu = process.cpuUsage();

    expect(await reasonFor(source)).toBe('pixels_exceeded');
    expect(process.cpuUsage(cpu).user / 1_000).toBeLessThan(100);
  });

  it('an AVIF that would take more memory to decode than the function has is refused by its header', async () => {
    const source = await sharp(await photo({ width: 64, height: 64 }))
      .avif({ effort: 0 })
      .toBuffer();
    // The image spatial extents property: 9,000 x 9,000 is within the bound for formats that cost less.
    const extents = source.indexOf('ispe') + 8;
    source.writeUInt32BE(9_000, extents);
    source.writeUInt32BE(9_000, extents + 4);

    expect(await reasonFor(source)).toBe('pixels_exceeded');
  });

  it('the bound is on pixels: one more is too many', async () => {
    const source = await photo({ width: 40, height: 25 });

    expect(await reasonFor(source, 1_000)).toBe('rendered');
    expect(await reasonFor(source, 999)).toBe('pixels_exceeded');
  });
});
