import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultVariantLimits as bounds } from '../../../lambdas/contract/variant-limits.ts';
import type { Size } from '../../../lambdas/core/images/plan.ts';
import { encodingOf, maxEncodings, variantFormats } from '../../../lambdas/core/images/variant-format.ts';
import { maxVariants } from '../../../lambdas/core/images/variant-plan.ts';
import { maxSizes, type SizeRequest, variantSize } from '../../../lambdas/core/images/variant-size.ts';

const photo = { width: 4_000, height: 3_000 };
const sizeOf = (request: SizeRequest, source: Size = photo): string => {
  const { width, height } = variantSize(source, request, bounds);
  return `${width}x${height}`;
};

describe('the size of a variant', () => {
  it.each<[SizeRequest, string]>([
    [{ w: 640 }, '640x480'],
    [{ w: 641 }, '960x720'],
    [{ h: 480 }, '640x480'],
    [{ w: 1_000, h: 100 }, '160x120'],
    [{ w: 1 }, '80x60'],
    [{}, '2560x1920'],
    [{ w: 16_000 }, '2560x1920'],
    [{ w: 300, h: 300, fit: 'cover' }, '320x320'],
    [{ w: 320, h: 180, fit: 'cover' }, '320x180'],
    // The nearest ratio: 16:9 for a banner, 3:2 for what is nearly that.
    [{ w: 1_200, h: 300, fit: 'cover' }, '1280x720'],
    [{ w: 310, h: 200, fit: 'cover' }, '320x213'],
    [{ w: 90, h: 160, fit: 'cover' }, '90x160'],
    // One side is no box.
    [{ w: 640, fit: 'cover' }, '640x480'],
  ])('of %o from a photo of 12 megapixels is %s', (request, expected) => {
    expect(sizeOf(request)).toBe(expected);
  });

  it('is the same for everything beyond the picture', () => {
    const small = { width: 500, height: 300 };
    for (const w of [500, 640, 2_560, 16_000]) expect(sizeOf({ w }, small)).toBe('500x300');
    for (const side of [320, 640, 16_000]) {
      expect(sizeOf({ w: side, h: side, fit: 'cover' }, small)).toBe('300x300');
    }
  });

  it('keeps both sides of a very long picture within the largest side', () => {
    expect(sizeOf({}, { width: 200, height: 100_000 })).toBe('5x2560');
    expect(sizeOf({ w: 80 }, { width: 200, height: 100_000 })).toBe('5x2560');
  });

  const sources = fc.record({
    width: fc.integer({ min: 1, max: 20_000 }),
    height: fc.integer({ min: 1, max: 20_000 }),
  });
  const side = fc.option(fc.integer({ min: 1, max: 16_384 }), { nil: undefined });
  const requests = fc.record({ w: side, h: side, fit: fc.constantFrom('inside', 'cover', undefined) });

  it('never exceeds the picture nor the largest side, and has at least a pixel', () => {
    fc.assert(
      fc.property(sources, requests, (source, request) => {
        const { width, height } = variantSize(source, request, bounds);
        expect(width).toBeLessThanOrEqual(Math.min(source.width, 2_560));
        expect(height).toBeLessThanOrEqual(Math.min(source.height, 2_560));
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('asked for again as what came of it stays the same', () => {
    fc.assert(
      fc.property(sources, requests, (source, request) => {
        fc.pre(Math.max(source.width / source.height, source.height / source.width) < 40);
        const once = variantSize(source, request, bounds);
        const isCut = request.fit === 'cover' && request.w !== undefined && request.h !== undefined;
        // A cut-out of a few pixels has no ratio to speak of.
        fc.pre(!isCut || Math.min(once.width, once.height) >= 16);
        const again = isCut
          ? { w: once.width, h: once.height, fit: 'cover' as const }
          : { w: once.width, fit: 'inside' as const };
        expect(variantSize(source, again, bounds)).toEqual(once);
      }),
    );
  });

  it.each([
    photo,
    { width: 1_000, height: 1_500 },
    { width: 7_000, height: 900 },
    { width: 640, height: 640 },
  ])('is one of 64 for %o, whatever is asked for', (source) => {
    const found = new Set<string>();
    // Around every step, and in between.
    const asked = [1, ...bounds.sides.flatMap((each) => [each - 1, each, each + 1, each * 1.3]), 16_384].map(
      Math.round,
    );
    for (const w of [...asked, undefined]) {
      for (const h of [...asked, undefined]) {
        for (const fit of ['inside', 'cover'] as const) found.add(sizeOf({ w, h, fit }, source));
      }
    }
    expect(found.size).toBeLessThanOrEqual(maxSizes(bounds));
  });

  it('and its encoding make 640 variants of a content at most', () => {
    expect(maxSizes(bounds)).toBe(64);
    expect(maxEncodings(bounds)).toBe(10);
    expect(maxVariants(bounds)).toBe(640);
  });
});

describe('the encoding of a variant', () => {
  const chrome = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8';
  it.each([
    [chrome, false, 'avif'],
    ['image/webp,*/*', false, 'webp'],
    ['image/avif;q=0, IMAGE/WEBP', false, 'webp'],
    ['*/*', false, 'jpeg'],
    ['*/*', true, 'png'],
    ['image/*', false, 'jpeg'],
    [undefined, false, 'jpeg'],
    [undefined, true, 'png'],
  ])('for a client that accepts %s (alpha: %s) is %s', (accept, hasAlpha, format) => {
    expect(encodingOf({}, accept, hasAlpha, bounds).format).toBe(format);
  });

  it('is what was named, whatever the client accepts', () => {
    for (const format of Object.keys(variantFormats) as (keyof typeof variantFormats)[]) {
      expect(encodingOf({ format }, chrome, false, bounds).format).toBe(format);
    }
  });

  it('has one of few qualities, the next one up, and PNG none', () => {
    const qualityOf = (q?: number) => encodingOf({ format: 'webp', q }, undefined, false, bounds).quality;
    expect([1, 50, 51, 75, 76, 90, 91, 100].map(qualityOf)).toEqual([50, 50, 75, 75, 90, 90, 90, 90]);
    expect(qualityOf()).toBe(75);
    expect(encodingOf({ format: 'png', q: 80 }, undefined, false, bounds)).toEqual({ format: 'png' });
  });
});
