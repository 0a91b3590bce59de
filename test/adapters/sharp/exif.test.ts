import { describe, expect, it } from 'vitest';
import { readExifSummary } from '../../../lambdas/adapters/sharp/exif.ts';
import { createImageProcessor } from '../../../lambdas/adapters/sharp/image-processor.ts';
import { photo, withApp1 } from '../../support/images.ts';

interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: number;
}

/** A little-endian TIFF with one directory. */
function tiff(entries: readonly Entry[], padding = 0): Buffer {
  const bytes = Buffer.alloc(8 + 2 + entries.length * 12 + 4 + padding);
  bytes.write('II*\0', 0, 'latin1');
  bytes.writeUInt32LE(8, 4);
  bytes.writeUInt16LE(entries.length, 8);
  for (const [index, entry] of entries.entries()) {
    const at = 10 + index * 12;
    bytes.writeUInt16LE(entry.tag, at);
    bytes.writeUInt16LE(entry.type, at + 2);
    bytes.writeUInt32LE(entry.count, at + 4);
    bytes.writeUInt32LE(entry.value, at + 8);
  }
  return bytes;
}

const orientation = { tag: 0x0112, type: 3, count: 1, value: 6 };

describe('EXIF block', () => {
  it('is read with and without its prefix, in both byte orders', () => {
    const bare = tiff([orientation]);

    expect(readExifSummary(bare)).toEqual({ orientation: 6 });
    expect(readExifSummary(Buffer.concat([Buffer.from('Exif\0\0'), bare]))).toEqual({ orientation: 6 });
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['noise', Buffer.from('this is not EXIF at all')],
    ['cut off', tiff([orientation]).subarray(0, 15)],
    ['a directory beyond its end', Buffer.from('II*\0\xff\xff\xff\x7f', 'latin1')],
  ])('that is %s is no summary and no error', (_name, block) => {
    expect(readExifSummary(block)).toBeUndefined();
  });

  it('whose directories point at themselves ends', () => {
    const loop = tiff([
      { tag: 0x8769, type: 4, count: 1, value: 8 },
      { tag: 0x8825, type: 4, count: 1, value: 8 },
      { tag: 0xa005, type: 4, count: 1, value: 8 },
      orientation,
    ]);
    // The same values counted again and again are more than the block can hold.
    expect(readExifSummary(loop)).toBeUndefined();
  });

  it('that would unfold into gigabytes is not parsed, and the picture still renders', async () => {
    // 5,000 entries that each claim the same 60,000 bytes as an array of numbers.
    const entries = Array.from({ length: 4_900 }, (_, tag) => ({
      tag: 0x4000 + tag,
      type: 1,
      count: 60_000,
      value: 8,
    }));
    const bomb = Buffer.concat([Buffer.from('Exif\0\0'), tiff(entries, 64_000 - 4_900 * 12)]);
    const source = withApp1(await photo({ width: 50, height: 50 }), bomb.subarray(0, 65_000));
    const before = process.memoryUsage().rss;

    const image = await createImageProcessor().render(source, {
      mimeType: 'image/jpeg',
      presets: [],
      maxPixels: 1e6,
    });

    expect(image.media.width).toBe(50);
    expect(readExifSummary(bomb)).toBeUndefined();
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });
});
