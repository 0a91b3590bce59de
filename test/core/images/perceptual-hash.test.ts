import type { Sharp } from 'sharp';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { hashDistance, hashedSide, perceptualHash } from '../../../lambdas/core/images/perceptual-hash.ts';
import { greySquare } from '../../../lambdas/core/images/pixels.ts';
import { photoLike } from '../../support/pictures.ts';

const pictures = 16;

async function hashOf(picture: Sharp | Buffer): Promise<string> {
  const { data, info } = await (Buffer.isBuffer(picture) ? sharp(picture) : picture)
    .resize(64, 64, { fit: 'inside' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return perceptualHash(greySquare({ data, width, height, channels: 3 }, hashedSide)) ?? 'none';
}

let originals: readonly Buffer[];
let hashes: readonly string[];

beforeAll(async () => {
  originals = await Promise.all(
    Array.from({ length: pictures }, (_, seed) =>
      photoLike(seed + 1)
        .png()
        .toBuffer(),
    ),
  );
  hashes = await Promise.all(originals.map(hashOf));
});

/** The distances of what an edit makes of each picture from the picture, smallest first. */
async function distances(edit: (picture: Sharp) => Sharp): Promise<readonly number[]> {
  const edited = await Promise.all(
    // Written in between, as a copy is: sharp orders the operations of one pipeline itself.
    originals.map(async (original) => hashOf(await edit(sharp(original)).toBuffer())),
  );
  return edited.map((hash, at) => hashDistance(hash, hashes[at] ?? '')).sort((a, b) => a - b);
}

const cropped = (share: number) => (picture: Sharp) =>
  picture.extract({
    left: Math.round(240 * share),
    top: Math.round(180 * share),
    width: Math.round(480 * (1 - share)),
    height: Math.round(360 * (1 - share)),
  });

const mostOf = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length * 0.9)] ?? 64;

describe('perceptualHash', () => {
  it.each([
    ['scaled to half', (picture: Sharp) => picture.resize({ width: 240 }), 2],
    ['recompressed as JPEG of quality 40', (picture: Sharp) => picture.jpeg({ quality: 40 }), 3],
    ['recompressed as WebP of quality 30', (picture: Sharp) => picture.webp({ quality: 30 }), 3],
    ['blurred', (picture: Sharp) => picture.blur(1.5), 3],
    ['made brighter', (picture: Sharp) => picture.modulate({ brightness: 1.12 }), 8],
    ['given more contrast', (picture: Sharp) => picture.linear(1.15, -15), 8],
    ['cropped by 2 %', cropped(0.02), 8],
  ])('stays within a few bits when a picture is %s', async (_, edit, atMost) => {
    const found = await distances(edit);

    expect(found.at(-1)).toBeLessThanOrEqual(atMost);
  });

  it.each([
    ['cropped by 4 %', cropped(0.04), 9],
    ['shifted in its colours', (picture: Sharp) => picture.modulate({ saturation: 0.7, hue: 8 }), 9],
  ])('stays within 9 bits for nine of ten pictures that are %s', async (_, edit, atMost) => {
    expect(mostOf(await distances(edit))).toBeLessThanOrEqual(atMost);
  });

  it('keeps different pictures far apart', () => {
    const apart = hashes.flatMap((hash, at) => hashes.slice(0, at).map((other) => hashDistance(hash, other)));

    expect(Math.min(...apart)).toBeGreaterThanOrEqual(16);
    expect(apart.reduce((sum, distance) => sum + distance, 0) / apart.length).toBeGreaterThan(29);
  });

  it.each([
    ['turned by 90 degrees', (picture: Sharp) => picture.rotate(90)],
    ['turned upside down', (picture: Sharp) => picture.rotate(180)],
    ['mirrored', (picture: Sharp) => picture.flop()],
  ])('takes a picture that was %s for another one', async (_, edit) => {
    expect((await distances(edit))[0]).toBeGreaterThanOrEqual(16);
  });

  it('has nothing to say of a picture without contrast', async () => {
    const paper = sharp({ create: { width: 300, height: 400, channels: 3, background: '#f4f3ef' } });

    expect(await hashOf(paper)).toBe('none');
  });

  it('is 16 hexadecimal digits', () => {
    for (const hash of hashes) expect(hash).toMatch(/^[\da-f]{16}$/);
  });
});

describe('hashDistance', () => {
  it('counts the bits that differ', () => {
    expect(hashDistance('0000000000000000', 'ffffffffffffffff')).toBe(64);
    expect(hashDistance('00000000000000f1', '00000000000000f1')).toBe(0);
    expect(hashDistance('8000000000000001', '0000000000000000')).toBe(2);
  });
});
