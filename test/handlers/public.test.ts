import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { AccessEvent } from '../../lambdas/core/files/event.ts';
import type { FileRecord } from '../../lambdas/core/files/file.ts';
import type { PublicCandidate } from '../../lambdas/core/files/public.ts';
import { statuses } from '../../lambdas/core/files/status.ts';
import type { DownloadRequest } from '../../lambdas/core/ports.ts';
import type { Tenant } from '../../lambdas/core/tenancy/policy.ts';
import { publicRoutes } from '../../lambdas/http/public.ts';
import { publicSchemas } from '../../lambdas/http/schemas/public.ts';
import { httpFunction } from '../../lambdas/runtime/http-function.ts';
import { file, startOfTime, tenant } from '../support/domain.ts';
import { type HttpCall, httpEvent, lambdaContext } from '../support/events.ts';
import { silentObserver } from '../support/observer.ts';

const shown = file({ status: 'ready', isPublic: true, libraryKey: 'K', libraryVersionId: 'V' });
const fromEdge = { 'x-sluice-edge-secret': 'secret', 'x-forwarded-for': '198.51.100.7' };

function api(
  over: { file?: Partial<FileRecord>; tenant?: Partial<Tenant>; candidate?: PublicCandidate } = {},
) {
  const taken: unknown[][] = [];
  const recorded: AccessEvent[] = [];
  let signed: DownloadRequest | undefined;
  const candidate = over.candidate ?? { file: { ...shown, ...over.file }, tenant: tenant(over.tenant) };
  const routes = publicRoutes({
    downloads: {
      files: { candidate: async () => candidate },
      signer: {
        sign: async (request) => {
          signed = request;
          return { url: 'https://library.test/K', expiresAt: startOfTime };
        },
      },
      urlSeconds: { default: 3_600 },
      defaults: defaultLimits,
    },
    rates: { take: async (scope, _what, max, _now, seconds) => void taken.push([scope, max, seconds]) },
    bounds: defaultLimits.rates,
    edgeSecret: 'secret',
    schemas: publicSchemas(defaultLimits),
    now: () => startOfTime,
    audit: {
      now: () => startOfTime,
      newId: () => 'event',
      record: async (event) => void recorded.push(event),
    },
  });
  const handler = httpFunction(silentObserver().observer, routes);
  const call = async (request: HttpCall = {}) => {
    const event = httpEvent('publicFileUrl', { path: { id: 'F1' }, claims: null, ...request });
    const answer = await handler(event, lambdaContext());
    return { ...answer, json: JSON.parse(answer.body ?? '') };
  };
  return { call, taken, recorded, signed: () => signed };
}

describe('the public endpoint', () => {
  it('signs a public file for whoever asks, and says nothing of the file', async () => {
    const { call, signed } = api();
    const answer = await call({ query: { expirationSeconds: '60' } });

    expect(answer.statusCode).toBe(200);
    expect(answer.json).toEqual({ url: 'https://library.test/K', expiresAt: startOfTime });
    expect(signed()).toMatchObject({
      key: 'K',
      versionId: 'V',
      seconds: 60,
      disposition: 'inline',
      cacheControl: 'public, max-age=31536000',
    });
  });

  it('records the URL before it gives it out', async () => {
    const { call, recorded } = api();
    await call();

    expect(recorded).toEqual([
      expect.objectContaining({
        type: 'access.download',
        fileId: 'F1',
        actor: expect.objectContaining({ kind: 'public' }),
        data: { operation: 'download', route: 'publicFileUrl' },
      }),
    ]);
  });

  it('never shows inline what a browser would run', async () => {
    const { call, signed } = api({ file: { mimeType: 'text/html' } });
    await call();
    expect(signed()?.disposition).toBe('attachment');
  });

  it('answers for everything else as for what does not exist', async () => {
    const unavailable = statuses.filter(
      (status) => !['stored', 'processing', 'ready', 'failed'].includes(status),
    );
    const cases = [
      api({ candidate: {} }),
      api({ candidate: { tenant: tenant() } }),
      api({ candidate: { file: shown } }),
      api({ file: { isPublic: false } }),
      api({ tenant: { status: 'suspended' } }),
      api({ tenant: { status: 'erasing' } }),
      api({ tenant: { tenantId: 'globex' } }),
      ...unavailable.map((status) => api({ file: { status } })),
    ];
    const answers = await Promise.all(cases.map(({ call }) => call()));

    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([404]));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  });

  it('counts by the minute and address, then by the second over all', async () => {
    const { call, taken } = api();
    await call({ headers: fromEdge });
    expect(taken).toEqual([
      ['public-address#198.51.100.7', 60, undefined],
      ['public', 20, 1],
    ]);
  });

  it('believes a forwarded address and a country only from the edge', async () => {
    const german = { policy: { geoRestrictions: { allow: ['DE'] } } };
    const country = { 'cloudfront-viewer-country': 'DE' };
    const { call, taken } = api({ tenant: german });

    expect((await call({ headers: { ...fromEdge, ...country } })).statusCode).toBe(200);
    const forged = await call({ headers: { ...fromEdge, ...country, 'x-sluice-edge-secret': 'guess' } });
    expect(forged.json).toMatchObject({ status: 403, code: 'region_blocked' });
    expect(taken.at(-2)?.[0]).toBe('public-address#192.0.2.1');
  });

  it('refuses what it does not know', async () => {
    const { call } = api();
    const unknown: Record<string, string>[] = [
      { rendition: 'small' },
      { expirationSeconds: '59' },
      { expirationSeconds: '86401' },
    ];
    for (const query of unknown) {
      expect((await call({ query })).json.code).toBe('validation_failed');
    }
  });
});
