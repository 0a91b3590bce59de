import { beforeEach, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { errors } from '../../../lambdas/core/errors.ts';
import type { FileRecord, Rendition } from '../../../lambdas/core/files/file.ts';
import { ImageUnreadable } from '../../../lambdas/core/images/ports.ts';
import { planVariant, type VariantSpec } from '../../../lambdas/core/images/variant-plan.ts';
import { type VariantDeps, variantUrl } from '../../../lambdas/core/images/variants.ts';
import type { DownloadRequest } from '../../../lambdas/core/ports.ts';
import { file, startOfTime } from '../../support/domain.ts';

const bounds = { ...defaultLimits.variants, maxBytes: defaultLimits.pipeline.imageMaxBytes };
const rendition = (
  name: string,
  width: number,
  height: number,
  over: Partial<Rendition> = {},
): Rendition => ({
  ...{ name, status: 'ready', mimeType: 'image/jpeg', width, height, key: `derived/${name}` },
  ...over,
});
const named = (...all: Rendition[]) => Object.fromEntries(all.map((each) => [each.name, each]));
const photo = file({
  ...{ status: 'ready', libraryKey: 'K', libraryVersionId: 'V' },
  media: { width: 4_000, height: 3_000, format: 'jpeg', hasAlpha: false },
  renditions: named(
    rendition('small', 150, 150),
    rendition('large', 800, 600),
    rendition('preview', 1_440, 1_080),
  ),
});
const sourceOf = (over: Partial<FileRecord>, w: number) =>
  planVariant({ ...photo, ...over }, { w }, undefined, bounds).source;

describe('what a variant is made of', () => {
  it('is the smallest whole rendition of at least twice its size, else the original', () => {
    expect(sourceOf({}, 80)).toEqual({ kind: 'rendition', key: 'derived/large' });
    expect(sourceOf({}, 320)).toEqual({ kind: 'rendition', key: 'derived/large' });
    expect(sourceOf({}, 640)).toEqual({ kind: 'rendition', key: 'derived/preview' });
    expect(sourceOf({}, 960)).toEqual({ kind: 'original' });
  });

  it('is nothing that somebody asked for, that is not ready, or that lost what shines through', () => {
    const preview = (over: Partial<Rendition>) => named(rendition('preview', 1_440, 1_080, over));
    expect(sourceOf({ renditions: preview({ onDemand: true }) }, 320).kind).toBe('original');
    expect(sourceOf({ renditions: preview({ status: 'pending' }) }, 320).kind).toBe('original');
    const media = { ...photo.media, hasAlpha: true };
    expect(sourceOf({ media, renditions: preview({}) }, 320).kind).toBe('original');
    expect(sourceOf({ media, renditions: preview({ mimeType: 'image/webp' }) }, 320).kind).toBe('rendition');
  });

  it('is the largest rendition where the original is no picture, or too large a one, and never enlarged', () => {
    const huge = { media: { width: 20_000, height: 15_000 } };
    const others: Partial<FileRecord>[] = [
      huge,
      { size: bounds.maxBytes + 1 },
      { mimeType: 'image/svg+xml' },
      { mimeType: 'image/heic', media: { width: 4_000, height: 3_000 } },
      { mimeType: 'application/pdf', media: { pages: 3 } },
    ];
    for (const over of others) {
      const plan = planVariant({ ...photo, ...over }, { w: 2_560 }, undefined, bounds);
      expect(plan.source).toEqual({ kind: 'rendition', key: 'derived/preview' });
      expect(plan.spec).toMatchObject({ width: 1_440, height: 1_080 });
    }
  });

  it('is the first page of a document', () => {
    const renditions = named(rendition('page-1', 1_000, 1_414), rendition('page-2', 2_000, 2_828));
    const plan = planVariant({ ...photo, mimeType: 'application/pdf', renditions }, {}, undefined, bounds);
    expect(plan.source).toEqual({ kind: 'rendition', key: 'derived/page-1' });
  });

  it('is not there yet while the file is processed, and never for what has no picture', () => {
    const { media: _, ...unknown } = { ...photo, renditions: {} };
    const plan = (over: Partial<FileRecord>) => () =>
      planVariant({ ...unknown, ...over }, {}, undefined, bounds);
    expect(plan({ status: 'processing' })).toThrow(
      expect.objectContaining({ code: 'upload_state_conflict' }),
    );
    expect(plan({ status: 'ready', mimeType: 'application/zip' })).toThrow(
      expect.objectContaining({ code: 'type_not_allowed' }),
    );
    expect(plan({ status: 'failed' })).toThrow(expect.objectContaining({ code: 'type_not_allowed' }));
  });
});

describe('a variant', () => {
  let stored: Map<string, Uint8Array>;
  let made: VariantSpec[];
  let read: string[];
  let signed: DownloadRequest[];
  let current: FileRecord | undefined;
  let taken: unknown[][];
  let deps: VariantDeps;
  beforeEach(() => {
    [stored, made, read, signed, taken] = [new Map(), [], [], [], []];
    current = photo;
    deps = {
      store: { file: async () => current },
      variants: {
        keyOf: ({ fileId, version }, name) => `${fileId}/v${version}/${name}`,
        has: async (key) => stored.has(key),
        read: async (key) => {
          read.push(key);
          return new Uint8Array();
        },
        put: async (_file, key, _mimeType, body) => void stored.set(key, body),
        delete: async (key) => void stored.delete(key),
      },
      library: {
        read: async ({ key, versionId }) => {
          read.push(`${key}@${versionId}`);
          return new Uint8Array();
        },
      },
      maker: {
        make: async (_source, spec) => {
          made.push(spec);
          return Uint8Array.of(1);
        },
      },
      signer: {
        sign: async (request) => {
          signed.push(request);
          return { url: `https://derived.test/${request.key}`, expiresAt: startOfTime };
        },
      },
      rates: { take: async (...args) => void taken.push(args) },
      now: () => startOfTime,
      bounds,
      perTenantAndMinute: 300,
      urlSeconds: 900,
    };
  });

  it('is made once, then found', async () => {
    const first = await variantUrl(deps, photo, { w: 1_000 }, 'image/webp');
    const second = await variantUrl(deps, photo, { w: 1_280, q: 75 }, 'image/webp,*/*');

    expect(second).toEqual(first);
    expect(first.url).toBe('https://derived.test/F1/v1/1280x960q75.webp');
    expect(made).toEqual([{ width: 1_280, height: 960, format: 'webp', quality: 75 }]);
    expect(read).toEqual(['K@V']);
    expect(signed[0]).toMatchObject({
      ...{ bucket: 'derived', filename: 'photo-1280x960.webp', mimeType: 'image/webp' },
      ...{ disposition: 'inline', seconds: 900 },
    });
  });

  it('counts for its tenant only where it is made', async () => {
    await variantUrl(deps, photo, { w: 320 }, undefined);
    await variantUrl(deps, photo, { w: 320 }, undefined);
    expect(taken).toEqual([['variants#acme', 'new pictures', 300, startOfTime]]);
    expect(read).toEqual(['derived/large']);
  });

  it('is not made beyond what its tenant may have made', async () => {
    const rates = { take: () => Promise.reject(errors.rateLimited('new pictures', 30)) };
    await expect(variantUrl({ ...deps, rates }, photo, {}, undefined)).rejects.toMatchObject({
      ...{ code: 'rate_limited', retryAfterSeconds: 30 },
    });
    expect(made).toEqual([]);
  });

  it('has different bytes for whatever differs in size, format or quality, and for another content', async () => {
    const requests = [{ w: 320 }, { w: 640 }, { w: 320, q: 90 }, { w: 320, format: 'png' as const }];
    for (const request of requests) await variantUrl(deps, photo, request, undefined);
    current = { ...photo, version: 2 };
    await variantUrl(deps, current, { w: 320 }, undefined);
    expect([...stored.keys()]).toEqual([
      'F1/v1/320x240q75.jpg',
      'F1/v1/640x480q75.jpg',
      'F1/v1/320x240q90.jpg',
      'F1/v1/320x240.png',
      'F1/v2/320x240q75.jpg',
    ]);
  });

  it.each([
    ['purged', () => undefined],
    ['put into the trash', () => ({ ...photo, status: 'deleted' as const })],
    ['withdrawn', () => ({ ...photo, status: 'rejected' as const })],
    ['given other content', () => ({ ...photo, version: 2 })],
  ])('of a file that was %s meanwhile leaves nothing', async (_what, changed) => {
    const maker = {
      make: async () => {
        current = changed();
        return Uint8Array.of(1);
      },
    };
    await expect(variantUrl({ ...deps, maker }, photo, {}, undefined)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(stored.size).toBe(0);
    expect(signed).toEqual([]);
  });

  it('of a picture that nobody can decode is refused in words; what the machine fails at is not', async () => {
    const fails = (error: Error) => ({ ...deps, maker: { make: () => Promise.reject(error) } });
    await expect(
      variantUrl(fails(new ImageUnreadable('malformed', 'bad')), photo, {}, undefined),
    ).rejects.toMatchObject({ code: 'type_not_allowed', message: expect.stringContaining('malformed') });
    await expect(variantUrl(fails(new Error('timeout')), photo, {}, undefined)).rejects.toThrow('timeout');
  });

  it('of a file that has no content, or is in the trash, is refused', async () => {
    for (const status of ['uploading', 'inspecting', 'held', 'deleted', 'rejected'] as const) {
      await expect(variantUrl(deps, { ...photo, status }, {}, undefined)).rejects.toMatchObject({
        code: 'upload_state_conflict',
      });
    }
  });
});
