import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { RouteName } from '../../lambdas/contract/routes.ts';
import { errors } from '../../lambdas/core/errors.ts';
import type { AccessEvent } from '../../lambdas/core/files/event.ts';
import type { RateLimiter } from '../../lambdas/core/ports.ts';
import type { Tenant, User } from '../../lambdas/core/tenancy/policy.ts';
import { uploadSchemas } from '../../lambdas/http/schemas/uploads.ts';
import { uploadRoutes } from '../../lambdas/http/uploads.ts';
import { httpFunction } from '../../lambdas/runtime/http-function.ts';
import { tenant, user } from '../support/domain.ts';
import { type HttpCall, httpEvent, lambdaContext } from '../support/events.ts';
import { silentObserver } from '../support/observer.ts';
import { World } from '../support/world.ts';

const MiB = 1024 ** 2;
const body = { filename: 'a.bin', mimeType: 'application/octet-stream', size: 10 };

function api(
  over: {
    tenant?: Partial<Tenant>;
    user?: Partial<User>;
    take?: (scope: string, what: string, max: number) => void;
  } = {},
) {
  const world = new World();
  const { observer, logged } = silentObserver();
  const counted: string[] = [];
  const recorded: AccessEvent[] = [];
  const rates: RateLimiter = { take: async (scope, what, max) => over.take?.(scope, what, max) };
  const routes = uploadRoutes({
    auth: {
      directory: {
        find: async () => ({ tenant: tenant(over.tenant), user: user(over.user) }),
        client: async () => undefined,
      },
      rates,
      limits: defaultLimits,
      tenantClaim: 'tenant',
      machineClaim: 'machine',
      now: world.now,
      audit: { now: world.now, newId: world.newId, record: async (event) => void recorded.push(event) },
    },
    uploads: { ...world.uploads, rates },
    schemas: uploadSchemas(defaultLimits),
    onUnexpected: () => undefined,
    count: (what, count) => void counted.push(`${what} ${count}`),
  });
  const handler = httpFunction(observer, routes);
  const call = async (name: RouteName, request: HttpCall = {}) => {
    const answer = await handler(httpEvent(name, request), lambdaContext());
    return { ...answer, json: answer.body ? JSON.parse(answer.body) : undefined };
  };
  return { world, call, logged, counted, recorded };
}

describe('an upload over HTTP', () => {
  it('may declare a MIME type with parameters, which are dropped', async () => {
    const { call, world } = api();
    await call('initiate', { body: { ...body, mimeType: 'Text/Plain; charset=UTF-8' } });
    expect([...world.table.files.values()].map(({ mimeType }) => mimeType)).toEqual(['text/plain']);
  });

  it('is told of a query parameter that nobody reads', async () => {
    const { call } = api();
    const answer = await call('listUploads', { query: { limits: '5' } });
    expect(answer.json).toMatchObject({ code: 'validation_failed', errors: [{ field: 'limits' }] });
  });

  it('is initiated with 201, kept alive with 204 and aborted twice with 204', async () => {
    const { call } = api();
    const started = await call('initiate', { body: { ...body, bucket: 'ignored' } });
    expect(started.statusCode).toBe(201);
    expect(started.json).toMatchObject({
      totalParts: 1,
      parts: [{ partNumber: 1, size: 10 }],
      heartbeatSeconds: 30,
    });
    const path = { fileId: started.json.fileId };
    expect((await call('heartbeat', { path })).statusCode).toBe(204);
    expect((await call('abort', { path })).statusCode).toBe(204);
    expect((await call('abort', { path })).statusCode).toBe(204);
    expect((await call('heartbeat', { path })).json).toMatchObject({ status: 410, code: 'upload_aborted' });
  });

  it('answers the same for the same Idempotency-Key and 422 for another body', async () => {
    const { call } = api();
    const headers = { 'idempotency-key': 'K' };
    const [first, second] = [
      await call('initiate', { body, headers }),
      await call('initiate', { body, headers }),
    ];
    expect(second.json.fileId).toBe(first.json.fileId);
    expect((await call('initiate', { body: { ...body, size: 11 }, headers })).json.code).toBe(
      'idempotency_key_reused',
    );
  });

  it('tells which parts are missing with 409', async () => {
    const { call } = api();
    const { json } = await call('initiate', { body: { ...body, size: 12 * MiB } });
    const answer = await call('complete', { path: { fileId: json.fileId }, body: { parts: [] } });
    expect(answer.json).toMatchObject({
      status: 409,
      code: 'upload_incomplete',
      errors: [{ field: 'parts[1]' }, {}, {}],
    });
  });

  it('refuses part 4 of 3 as out of range', async () => {
    const { call } = api();
    const { json } = await call('initiate', { body: { ...body, size: 12 * MiB } });
    for (const n of ['0', '4', '20000']) {
      const answer = await call('partUrl', { path: { fileId: json.fileId, n } });
      expect(answer.json).toMatchObject({ status: 400, code: 'part_number_out_of_range' });
    }
  });

  it('of a batch answers 207 with a problem for each that was refused', async () => {
    const { call, counted } = api({ tenant: { policy: { slotsPerUser: 1 } } });
    const uploads = [body, { ...body, filename: 'b.bin' }];
    const answer = await call('createBatch', { body: { uploads } });
    expect(answer.statusCode).toBe(207);
    expect(answer.json.results).toMatchObject([
      { status: 201, upload: { totalParts: 1 } },
      { status: 429, error: { code: 'concurrency_limit_exceeded', requestId: 'request-1' } },
    ]);
    expect(answer.json.summary).toEqual({ requested: 2, accepted: 1, refused: 1, bytes: 10 });
    expect(counted).toEqual(['initiated 1', 'refused 1']);
  });
});

describe('a refusal', () => {
  it('is a problem that names the request and says what to do', async () => {
    const { call } = api();
    const answer = await call('listParts', { path: { fileId: 'nobody' } });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
    });
    expect(answer.json).toEqual({
      type: 'urn:sluice:error:not_found',
      title: 'Not found',
      status: 404,
      code: 'not_found',
      detail: 'There is no such upload, or it is not yours.',
      message: 'There is no such upload, or it is not yours.',
      requestId: 'request-1',
    });
  });

  it('of a route that does not exist is our own 404', async () => {
    const { call } = api();
    const answer = await call('initiate', { rawPath: '/storage/nothing', method: 'GET' });
    expect(answer.json).toMatchObject({
      status: 404,
      code: 'not_found',
      detail: expect.stringContaining('/storage/nothing'),
    });
  });

  it.each([
    [
      'an unknown field',
      { ...body, fileName: 'x' },
      { field: 'fileName', code: 'unknown_field', detail: 'is not a field of this request' },
    ],
    ['a missing field', { filename: 'a', size: 1 }, { field: 'mimeType', detail: 'is required' }],
    ['a wrong type', { ...body, filename: 7 }, { field: 'filename', detail: 'must be a string' }],
    [
      'a word not on the list',
      { ...body, priority: 'soon' },
      { field: 'priority', detail: 'must be one of low, normal, high, urgent' },
    ],
    ['an empty name', { ...body, filename: '' }, { field: 'filename', detail: 'must not be empty' }],
    ['too small a number', { ...body, size: -1 }, { field: 'size', detail: 'must be at least 0' }],
    ['a fraction', { ...body, size: 1.5 }, { field: 'size', detail: 'must be a whole number of bytes' }],
    [
      'too many tags',
      { ...body, tags: Array(21).fill('t') },
      { field: 'tags', detail: 'must have at most 20 entries' },
    ],
    ['no JSON', '{"filename":', { field: 'body', code: 'not_json' }],
    ['no body', undefined, { field: 'body', detail: 'is required' }],
    ['a list', [], { field: 'body', detail: 'must be an object' }],
  ])('of %s names the field in words that a person can act on', async (_what, sent, problem) => {
    const { call } = api();
    const { json } = await call('initiate', { body: sent });
    expect(json).toMatchObject({ status: 400, code: 'validation_failed' });
    expect(json.errors).toEqual(expect.arrayContaining([expect.objectContaining(problem)]));
  });

  it('of one of several forms speaks of the form that was meant', async () => {
    const { call } = api();
    const { json } = await call('partUrls', { path: { fileId: 'F' }, body: { partNumbers: ['1'] } });
    expect(json.errors).toMatchObject([{ field: 'partNumbers.0', detail: 'must be a number' }]);
  });

  it.each([
    ['an id token', { claims: { sub: 'alice', tenant: 'acme', token_use: 'id' } }, 401, 'unauthenticated'],
    ['a token without a tenant', { claims: { sub: 'alice', token_use: 'access' } }, 401, 'unauthenticated'],
    ['no token', { claims: null }, 401, 'unauthenticated'],
  ])('of %s', async (_what, request, status, code) => {
    expect((await api().call('listUploads', request)).json).toMatchObject({ status, code });
  });

  it('of somebody known is recorded, as often as a caller may call', async () => {
    const { call, recorded } = api({ tenant: { status: 'suspended' } });
    await call('listUploads');

    expect(recorded).toEqual([
      expect.objectContaining({
        type: 'access.refused',
        tenantId: 'acme',
        actor: expect.objectContaining({ kind: 'user', userId: 'alice', address: '192.0.2.1' }),
        data: { operation: 'other', route: 'listUploads', code: 'tenant_suspended' },
      }),
    ]);
    const full = api({
      user: { status: 'inactive' },
      take: (scope) => {
        if (scope.startsWith('barred#')) throw errors.rateLimited('requests', 30);
      },
    });
    expect((await full.call('listUploads')).statusCode).toBe(429);
    expect(full.recorded).toEqual([]);
  });

  it('of a suspended tenant and of an inactive user holds at once', async () => {
    expect((await api({ tenant: { status: 'suspended' } }).call('listUploads')).json).toMatchObject({
      status: 403,
      code: 'tenant_suspended',
    });
    expect((await api({ user: { status: 'inactive' } }).call('listUploads')).json).toMatchObject({
      status: 403,
      code: 'user_inactive',
    });
  });

  it('for the rate says when to come back', async () => {
    const { call } = api({
      take: () => {
        throw errors.rateLimited('requests', 17);
      },
    });
    const answer = await call('listUploads');
    expect(answer.json).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(answer.headers?.['retry-after']).toBe('17');
  });

  it('that is our own fault is logged and tells nothing of the inside', async () => {
    const { call, world, logged } = api();
    world.around = () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7 table-prod'));
    const answer = await call('initiate', { body });
    expect(answer.json).toMatchObject({ status: 500, code: 'internal', requestId: 'request-1' });
    expect(answer.body).not.toContain('10.0.0.7');
    expect(logged.map(({ message }) => message)).toContain('request failed');
  });

  it.each([
    ['too slow', Object.assign(new Error('no answer of table-prod'), { name: 'TimeoutError' })],
    ['too busy', Object.assign(new Error('table-prod is busy'), { name: 'ThrottlingException' })],
    ['not there', Object.assign(new Error('table-prod'), { code: 'ECONNREFUSED' })],
    ['broken', Object.assign(new Error('table-prod'), { $metadata: { httpStatusCode: 501 } })],
  ])('that a service of AWS is %s is no fault of ours, and is worth another try', async (_, outage) => {
    const { call, world, logged } = api();
    world.around = () => Promise.reject(outage);
    const answer = await call('initiate', { body });
    expect(answer.json).toMatchObject({ status: 503, code: 'storage_unavailable' });
    expect(answer.headers?.['retry-after']).toBe('5');
    expect(answer.body).not.toContain('table-prod');
    expect(logged.map(({ message }) => message)).toContain('request failed');
  });
});

describe('the rate', () => {
  it('counts heartbeats, initiations and all other calls in windows of their own', async () => {
    const taken: string[] = [];
    const { call } = api({ take: (scope, _what, max) => taken.push(`${scope}: ${max}`) });
    const { json } = await call('initiate', { body });
    await call('heartbeat', { path: { fileId: json.fileId } });
    await call('heartbeats', { body: { fileIds: [json.fileId] } });
    await call('listUploads');
    expect(taken).toEqual([
      'initiate#acme#alice: 60',
      'heartbeat#acme#alice: 60',
      'heartbeat#acme#alice: 60',
      'other#acme#alice: 600',
    ]);
  });

  it('counts an idempotent replay like any other call, not as an initiation', async () => {
    const taken: string[] = [];
    const { call } = api({ take: (scope) => taken.push(scope) });
    for (const _ of [1, 2, 3]) await call('initiate', { body, headers: { 'idempotency-key': 'K' } });
    expect(taken).toEqual(['initiate#acme#alice', 'other#acme#alice', 'other#acme#alice']);
  });
});
