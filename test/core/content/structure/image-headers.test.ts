import { describe, expect, it, vi } from 'vitest';
import { inflate } from '../../../../lambdas/adapters/zlib/inflate.ts';
import { defaultLimits } from '../../../../lambdas/contract/limits.ts';
import { budgetedSource } from '../../../../lambdas/core/content/structure/budgeted-source.ts';
import { inspectImage } from '../../../../lambdas/core/content/structure/images/inspect-image.ts';
import {
  animatedWebp,
  box,
  chunk,
  gif,
  icon,
  jpeg,
  mp4,
  png,
  segment,
} from '../../../support/image-writer.ts';
import { photo } from '../../../support/images.ts';
import { inspectBytes } from '../../../support/inspecting.ts';

vi.setConfig({ testTimeout: 30_000 });

const context = {
  mimeType: 'image/any',
  detected: { kind: 'unknown' } as const,
  rules: { svg: 'rasterize', activeContent: 'allow', encryptedContent: 'allow' } as const,
  inflate,
};

/** An object that is only made where it is read. */
async function inspectLarge(size: number, byteAt: (from: number, length: number) => Uint8Array) {
  let reads = 0;
  const read = async (from: number, length: number) => {
    reads += 1;
    return byteAt(from, length);
  };
  const verdict = await inspectImage(budgetedSource(size, read, defaultLimits.inspection), context);
  return { verdict, reads };
}

/** A beginning, then one block again and again, then an end. */
const repeated = (begin: Buffer, unit: Buffer, times: number, end: Buffer) => {
  const size = begin.length + unit.length * times + end.length;
  const parts = (from: number, length: number): Uint8Array => {
    const bytes = Buffer.alloc(Math.min(length, size - from));
    for (let index = 0; index < bytes.length; ) {
      const at = from + index;
      const within = at - begin.length;
      const [part, offset] =
        within < 0
          ? [begin, at]
          : within < unit.length * times
            ? [unit, within % unit.length]
            : [end, within - unit.length * times];
      index += part.copy(bytes, index, offset);
    }
    return bytes;
  };
  return inspectLarge(size, parts);
};

describe('few reads judge', () => {
  it('a photo: its beginning and its end', async () => {
    const bytes = await photo({ width: 1_600, height: 1_200, quality: 95 });
    const { verdict, reads, readBytes } = await inspectBytes(bytes, {
      filename: 'a.jpg',
      mimeType: 'image/jpeg',
    });
    expect(verdict).toBe('stored');
    expect(bytes.length).toBeGreaterThan(500_000);
    expect(reads).toBeLessThanOrEqual(2);
    expect(readBytes).toBeLessThan(132_000);
  });

  it('a PNG: its first pixels and its end', async () => {
    const bytes = await photo({ width: 1_600, height: 1_200, format: 'png' });
    const { verdict, reads, readBytes } = await inspectBytes(bytes, {
      filename: 'a.png',
      mimeType: 'image/png',
    });
    expect(verdict).toBe('stored');
    expect(bytes.length).toBeGreaterThan(2_000_000);
    expect(reads).toBeLessThanOrEqual(4);
    expect(readBytes).toBeLessThan(600_000);
  });

  it('a JPEG of 100 MB of metadata', async () => {
    const whole = jpeg({ width: 20, height: 10 });
    const app = segment(0xe5, Buffer.alloc(65_533, 0x41));
    const { verdict, reads } = await repeated(whole.subarray(0, 2), app, 1_600, whole.subarray(2));
    expect(verdict).toMatchObject({ verdict: 'refused', reason: 'bomb_suspected' });
    expect(reads).toBeLessThan(40);
  });

  it('a PNG of 400 MB in chunks of 8 KiB', async () => {
    const whole = png({ width: 12_000, height: 12_000, pixels: Buffer.alloc(8_192) });
    const idat = chunk('IDAT', Buffer.alloc(8_192, 0x5a));
    const { verdict, reads } = await repeated(whole.subarray(0, 33), idat, 50_000, whole.subarray(-12));
    expect(verdict).toEqual({ verdict: 'sound', findings: [] });
    expect(reads).toBeLessThan(40);
  });

  it('a GIF of 200 MB by what its first frames are like', async () => {
    const [one, two] = [gif(100, 100, 1), gif(100, 100, 2)];
    const frame = Buffer.concat([
      two.subarray(one.length - 1, -2),
      Buffer.from([255]),
      Buffer.alloc(255),
      Buffer.from([0]),
    ]);
    const filled = Buffer.concat([
      frame.subarray(0, -257),
      Buffer.alloc(256 * 400, Buffer.concat([Buffer.from([255]), Buffer.alloc(255, 1)])),
      Buffer.from([0]),
    ]);
    const { verdict, reads } = await repeated(one.subarray(0, -1), filled, 2_000, Buffer.from([0x3b]));
    expect(verdict).toMatchObject({ verdict: 'sound' });
    expect(reads).toBeLessThan(40);
  });
});

it('a GIF of comments alone is a bomb, before all of them are looked at', async () => {
  const comments = Buffer.from('!\xfe\x01a\0'.repeat(1_000_000), 'latin1');
  const bytes = Buffer.concat([Buffer.from('GIF89a\x01\0\x01\0\0\0\0', 'latin1'), comments]);
  const found = await inspectBytes(bytes, { filename: 'a.gif', mimeType: 'image/gif' });
  expect(found.verdict).toBe('bomb_suspected');
  expect(found.readBytes).toBeLessThan(2 * 1024 ** 2);
});

describe('what follows a picture', () => {
  const jpegNamed = { filename: 'a.jpg', mimeType: 'image/jpeg' };

  it.each([
    ['an MP4', mp4()],
    ['bytes of no meaning', Buffer.from([1, 2, 3, 4, 5])],
    ['another maker’s note', Buffer.from('MotionPhoto_Data and more', 'latin1')],
  ])('%s is recorded', async (_name, trailer) => {
    const bytes = Buffer.concat([await photo({ width: 60, height: 40 }), trailer]);
    expect(await inspectBytes(bytes, jpegNamed)).toMatchObject({
      verdict: 'stored',
      findings: ['trailing_data'],
    });
  });

  it('padding is nothing', async () => {
    const bytes = Buffer.concat([await photo({ width: 60, height: 40 }), Buffer.alloc(5_000)]);
    expect(await inspectBytes(bytes, jpegNamed)).toMatchObject({ verdict: 'stored', findings: [] });
  });

  it('is found behind a PNG, a GIF, a WebP and an icon as well', async () => {
    for (const [mimeType, bytes] of [
      ['image/png', png({ width: 20, height: 10 })],
      ['image/gif', gif(10, 10, 2)],
      ['image/webp', animatedWebp(10, 10, 2)],
      ['image/x-icon', icon(png({ width: 20, height: 10 }))],
    ] as const) {
      const named = { filename: 'a', mimeType };
      expect(await inspectBytes(bytes, named)).toMatchObject({ verdict: 'stored', findings: [] });
      const longer = Buffer.concat([bytes, Buffer.from('and something else')]);
      expect(await inspectBytes(longer, named)).toMatchObject({
        verdict: 'stored',
        findings: ['trailing_data'],
      });
    }
  });
});

describe('a HEIF', () => {
  const u32 = (...values: number[]) => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
    return bytes;
  };
  const named = { filename: 'a.heic', mimeType: 'image/heic' };
  const ftyp = box('ftyp', Buffer.from('heic\0\0\0\0mif1heic'));
  const item = (id: number, type: string) =>
    box('infe', Buffer.from([2, 0, 0, 0, 0, id, 0, 0]), Buffer.from(`${type}\0`));
  const extent = (width: number, height: number) => box('ispe', u32(0, width, height));
  const meta = (properties: Buffer[], references: Buffer[] = [], primary = 1) =>
    box(
      'meta',
      u32(0),
      box('pitm', u32(0), Buffer.from([0, primary])),
      box('iinf', u32(0), Buffer.from([0, 2]), item(1, 'grid'), item(2, 'hvc1')),
      box('iprp', box('ipco', ...properties)),
      box('iref', u32(0), ...references),
    );
  const madeOf = (whole: number, ...parts: number[]) =>
    box('dimg', Buffer.from([0, whole, 0, parts.length, ...parts.flatMap((part) => [0, part])]));
  const inspectHeif = async (...boxes: Buffer[]) => {
    const { verdict, findings } = await inspectBytes(Buffer.concat([ftyp, ...boxes]), named);
    return findings.length > 0 ? `${verdict} ${findings}` : verdict;
  };

  it('of tiles is judged by the largest size in it', async () => {
    expect(await inspectHeif(meta([extent(8_064, 6_048), extent(512, 512)], [madeOf(1, 2, 2, 2)]))).toBe(
      'stored',
    );
    expect(await inspectHeif(meta([extent(64, 64), extent(90_000, 90_000)]))).toBe('pixels_exceeded');
  });

  it('that contradicts itself is malformed', async () => {
    expect(await inspectHeif(meta([]))).toBe('malformed');
    expect(await inspectHeif(meta([extent(64, 64)], [], 9))).toBe('malformed');
    expect(await inspectHeif(meta([extent(64, 64)], [madeOf(1, 2), madeOf(2, 1)]))).toBe('malformed');
    expect(await inspectHeif(meta([extent(64, 64)]), meta([extent(64, 64)]))).toBe('malformed');
    expect(await inspectHeif(meta([extent(64, 64)]).subarray(0, -9))).toBe('malformed');
  });

  it('of a million frames, or of frames too large together, is refused', async () => {
    const track = (frames: number, side: number) =>
      box(
        'moov',
        box(
          'trak',
          box('tkhd', Buffer.alloc(76), u32(side * 65_536, side * 65_536)),
          box(
            'mdia',
            box(
              'minf',
              box(
                'stbl',
                box('stsd', u32(0, 1), box('hvc1', Buffer.alloc(78))),
                box('stsz', u32(0, 1, frames)),
              ),
            ),
          ),
        ),
      );
    expect(await inspectHeif(track(300, 640))).toBe('stored');
    expect(await inspectHeif(track(1_000_000, 64))).toBe('bomb_suspected');
    expect(await inspectHeif(track(9_000, 4_000))).toBe('pixels_exceeded');
  });

  it('may carry a film as phones add it, but no archive in a box of its own', async () => {
    const plain = meta([extent(64, 64)]);
    expect(await inspectHeif(plain, box('mpvd', mp4()))).toBe('stored');
    expect(
      await inspectHeif(plain, box('uuid', Buffer.alloc(16, 7), Buffer.from('PK\x03\x04'), Buffer.alloc(90))),
    ).toBe('type_mismatch');
    expect(await inspectHeif(plain, Buffer.from([0, 0, 0, 9, 1, 2, 3, 4]))).toBe('stored trailing_data');
  });
});
