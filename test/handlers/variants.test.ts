import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { RouteName } from '../../lambdas/contract/routes.ts';
import type { AccessEvent } from '../../lambdas/core/files/event.ts';
import type { FileRecord } from '../../lambdas/core/files/file.ts';
import type { Tenant } from '../../lambdas/core/tenancy/policy.ts';
import { variantSchemas } from '../../lambdas/http/schemas/variants.ts';
import { variantRoutes } from '../../lambdas/http/variants.ts';
import { httpFunction } from '../../lambdas/runtime/http-function.ts';
import { file, startOfTime, tenant, user } from '../support/domain.ts';
import { type HttpCall, httpEvent, lambdaContext } from '../support/events.ts';
import { linkKeys } from '../support/in-process-ports.ts';
import { silentObserver } from '../support/observer.ts';

const photo = file({
  ...{ status: 'ready', libraryKey: 'K', libraryVersionId: 'V' },
  media: { width: 4_000, height: 3_000, format: 'jpeg', hasAlpha: false },
});
const start = Date.parse(startOfTime);
const bounds = { ...defaultLimits.variants, maxBytes: defaultLimits.pipeline.imageMaxBytes };

function api(
  over: { file?: Partial<FileRecord> | null; tenant?: Partial<Tenant>; urlSeconds?: number } = {},
) {
  const recorded: AccessEvent[] = [];
  const taken: unknown[][] = [];
  let now = start;
  const clock = { now: () => new Date(now).toISOString(), newId: () => 'event' };
  const found = over.file === null ? undefined : { ...photo, ...over.file };
  const ofTenant = tenant(over.tenant);
  const rates = { take: async (...args: unknown[]) => void taken.push(args) };
  const store = {
    file: async ({ tenantId }: { tenantId: string }) => (tenantId === 'acme' ? found : undefined),
    share: async () => undefined,
  };
  const links = {
    keys: linkKeys,
    now: clock.now,
    maxSeconds: 86_400,
  };
  const routes = variantRoutes({
    auth: {
      ...clock,
      directory: {
        find: async () => ({ tenant: ofTenant, user: user() }),
        client: async () => undefined,
      },
      rates,
      limits: defaultLimits,
      tenantClaim: 'tenant',
      machineClaim: 'machine',
      edgeSecret: 'secret',
      audit: { ...clock, record: async (event) => void recorded.push(event) },
    },
    store,
    variants: {
      ...{ store, rates, bounds, now: clock.now, perTenantAndMinute: 300, urlSeconds: 900 },
      variants: {
        keyOf: (_file, name) => name,
        has: async () => true,
        read: async () => new Uint8Array(),
        put: async () => undefined,
        delete: async () => undefined,
      },
      library: { read: async () => new Uint8Array() },
      maker: { make: async () => new Uint8Array() },
      signer: {
        sign: async ({ key }) => ({
          url: `https://derived.test/${key}`,
          expiresAt: new Date(now + (over.urlSeconds ?? 900) * 1000).toISOString(),
        }),
      },
    },
    linking: { bounds, links, linkSeconds: { default: 3_600 } },
    opening: {
      links,
      files: {
        linked: async (ref) => {
          const asked = await store.file(ref);
          return { ...(asked && { file: asked }), tenant: ofTenant };
        },
      },
      defaults: defaultLimits,
    },
    bounds: { linkCallsPerAddressAndMinute: 1_200, publicCallsPerAddressAndMinute: 60 },
    schemas: variantSchemas(defaultLimits),
  });
  const handler = httpFunction(silentObserver().observer, routes);
  const call = async (name: RouteName, request: HttpCall = {}) => {
    const answer = await handler(httpEvent(name, { path: { id: 'F1' }, ...request }), lambdaContext());
    return {
      ...answer,
      header: (answer.headers ?? {}) as Record<string, string>,
      json: answer.body ? JSON.parse(answer.body) : undefined,
    };
  };
  const open = (url: string, headers: Record<string, string> = {}) => {
    const { pathname, searchParams } = new URL(url, 'https://api.test');
    const id = decodeURIComponent(pathname.split('/').at(-2) ?? '');
    return call('linkedImage', {
      claims: null,
      path: { id },
      query: Object.fromEntries(searchParams),
      headers,
    });
  };
  const later = (seconds: number) => {
    now = start + seconds * 1000;
  };
  return { call, open, recorded, taken, later };
}

describe('a picture of a file', () => {
  it('is a redirect that browsers keep for less than its URL lives, by what they accept and who they are', async () => {
    const { call, recorded } = api();
    const answer = await call('fileImage', { query: { w: '600' }, headers: { accept: 'image/webp,*/*' } });

    expect(answer.statusCode).toBe(302);
    expect(answer.header).toMatchObject({
      location: 'https://derived.test/640x480q75.webp',
      'cache-control': 'private, max-age=840',
      vary: 'Accept, Authorization',
    });
    expect(recorded).toEqual([
      expect.objectContaining({
        type: 'access.download',
        fileId: 'F1',
        actor: expect.objectContaining({ userId: 'alice' }),
      }),
    ]);
  });

  it('is not kept where its URL ends soon', async () => {
    const answer = await api({ urlSeconds: 60 }).call('fileImage');
    expect(answer.header['cache-control']).toBe('no-store');
  });

  it('refuses what it does not know', async () => {
    const { call } = api();
    const wrong: Record<string, string>[] = [
      ...[{ w: '0' }, { w: '16385' }, { w: '1.5' }, { w: '-1' }, { h: 'x' }, { q: '0' }, { q: '101' }],
      ...[{ fit: 'fill' }, { format: 'svg' }, { width: '10' }, { expires: '1' }],
    ];
    for (const query of wrong) {
      expect((await call('fileImage', { query })).json, JSON.stringify(query)).toMatchObject({
        code: 'validation_failed',
      });
    }
  });

  it('is nobody else’s', async () => {
    for (const over of [{ file: null }, { file: { ownerId: 'bob' } }, { file: { tenantId: 'globex' } }]) {
      const { call } = api(over);
      expect((await call('fileImage')).json).toMatchObject({ code: 'not_found' });
      expect((await call('imageLinks')).json).toMatchObject({ code: 'not_found' });
    }
  });
});

describe('a link to a picture', () => {
  const asked = { query: { w: '600', q: '80', expirationSeconds: '3600' } };

  it('opens it without a sign-in, as a read of whoever has it, and lets itself be kept no longer than it lives', async () => {
    const { call, open, recorded, taken, later } = api({ tenant: { policy: { auditLevel: 'full' } } });
    const { json } = await call('imageLinks', asked);
    expect(json).toMatchObject({ width: 640, height: 480 });
    recorded.length = 0;
    taken.length = 0;

    const answer = await open(json.url, { accept: 'image/avif' });
    expect(answer.statusCode).toBe(302);
    expect(answer.header).toMatchObject({
      location: 'https://derived.test/640x480q90.avif',
      'cache-control': 'private, max-age=840',
      vary: 'Accept',
    });
    expect(recorded).toEqual([
      expect.objectContaining({
        type: 'access.read',
        fileId: 'F1',
        actor: expect.objectContaining({ kind: 'public' }),
      }),
    ]);
    expect(taken).toEqual([['link-address#192.0.2.1', 'pictures', 1_200, startOfTime]]);

    const life = (Date.parse(json.expiresAt) - start) / 1000;
    later(life - 300);
    expect((await open(json.url)).header['cache-control']).toBe('private, max-age=240');
    later(life);
    expect((await open(json.url)).json).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('that was changed in any part opens nothing and counts as guessing', async () => {
    const { call, open, taken } = api();
    const { url } = (await call('imageLinks', asked)).json;
    const { searchParams } = new URL(url, 'https://api.test');
    for (const [name, value] of searchParams) {
      const changed = new URL(url, 'https://api.test');
      changed.searchParams.set(
        name,
        name === 'signature' ? `${value.slice(0, -1)}~` : name === 'tenant' ? 'globex' : '99',
      );
      taken.length = 0;
      expect((await open(String(changed))).json, name).toMatchObject({ code: 'forbidden' });
      expect(taken, name).toEqual([['public-address#192.0.2.1', 'requests', 60, startOfTime]]);
    }
    for (const more of [{ h: '10' }, { fit: 'cover' }, { format: 'png' }]) {
      const changed = new URL(url, 'https://api.test');
      for (const [name, value] of Object.entries(more)) changed.searchParams.set(name, value);
      expect((await open(String(changed))).json).toMatchObject({ code: 'forbidden' });
    }
    expect((await open(url.replace('/F1/', '/F2/'))).json).toMatchObject({ code: 'forbidden' });
  });

  it('opens nothing once its file is gone, or its tenant out of business', async () => {
    const { url } = (await api().call('imageLinks', asked)).json;
    for (const status of ['deleted', 'purged', 'rejected', 'inspecting'] as const) {
      expect((await api({ file: { status } }).open(url)).json).toMatchObject({
        status: 404,
        code: 'not_found',
      });
    }
    expect((await api({ file: null }).open(url)).json).toMatchObject({ status: 404 });
    expect((await api({ tenant: { status: 'suspended' } }).open(url)).json).toMatchObject({ status: 404 });
    const elsewhere = api({ tenant: { policy: { geoRestrictions: { allow: ['DE'] } } } });
    expect((await elsewhere.open(url)).json).toMatchObject({ status: 403, code: 'region_blocked' });
    expect(elsewhere.recorded).toEqual([expect.objectContaining({ type: 'access.refused' })]);
  });

  it('comes for several widths at once, each width once, cut-outs in proportion', async () => {
    const { call, open } = api();
    const cut = { w: '320', h: '320', fit: 'cover', widths: '2560,300,320,640,9000' };
    const { json } = await call('imageLinks', { query: cut });

    const sizes = json.sources.map(({ width, height }: { width: number; height: number }) => [width, height]);
    expect(sizes).toEqual([
      [320, 320],
      [640, 640],
      [2_560, 2_560],
    ]);
    const answer = await open(json.sources[1].url);
    expect(answer.header.location).toBe('https://derived.test/640x640q75.jpg');
    for (const widths of ['', 'a', '1,', '1,2,3,4,5,6,7,8,9', '123456']) {
      expect((await call('imageLinks', { query: { widths } })).json.code).toBe('validation_failed');
    }
  });
});
