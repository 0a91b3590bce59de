import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { RouteName } from '../../lambdas/contract/routes.ts';
import { fileChangeRoutes } from '../../lambdas/http/file-changes.ts';
import { fileSchemas } from '../../lambdas/http/schemas/files.ts';
import { httpFunction } from '../../lambdas/runtime/http-function.ts';
import { tenant, user } from '../support/domain.ts';
import { type HttpCall, httpEvent, lambdaContext } from '../support/events.ts';
import { silentObserver } from '../support/observer.ts';
import { Shelf } from '../support/shelf.ts';

function api() {
  const shelf = new Shelf();
  shelf.put();
  const routes = fileChangeRoutes({
    auth: {
      directory: { find: async () => ({ tenant: tenant(), user: user() }), client: async () => undefined },
      rates: { take: async () => undefined },
      limits: defaultLimits,
      tenantClaim: 'tenant',
      machineClaim: 'machine',
      now: shelf.now,
      audit: { now: shelf.now, newId: shelf.newId, record: async () => undefined },
    },
    changes: shelf.changing,
    schemas: fileSchemas(defaultLimits),
  });
  const handler = httpFunction(silentObserver().observer, routes);
  const call = async (name: RouteName, request: HttpCall = {}) => {
    const answer = await handler(httpEvent(name, { path: { id: 'F1' }, ...request }), lambdaContext());
    return { ...answer, json: answer.body ? JSON.parse(answer.body) : undefined };
  };
  return { shelf, call };
}

describe('a change of a file over HTTP', () => {
  it('answers with the file and its ETag, which the next change may send', async () => {
    const { call } = api();
    const first = await call('setTags', { body: { tags: ['e\u0301', '\u00e9'] } });
    expect(first).toMatchObject({ statusCode: 200, headers: { etag: '"2"' }, json: { tags: ['\u00e9'] } });
    const headers = { 'if-match': '"1"' };
    const late = await call('renameFile', { body: { newFilename: 'b.jpg' }, headers });
    expect(late.json).toMatchObject({ status: 412, code: 'precondition_failed' });
  });

  it.each([
    ['nothing', {}, 'deleted'],
    ['hard=false', { hard: 'false' }, 'deleted'],
    ['hard=true', { hard: 'true' }, 'purged'],
  ])('deletes with %s: %s', async (_what, query, status) => {
    const { call, shelf } = api();
    expect((await call('deleteFile', { query })).statusCode).toBe(204);
    expect(shelf.get().status).toBe(status);
  });

  it('restores with and without a body', async () => {
    const { call } = api();
    for (const body of [undefined, {}, { onConflict: 'rename' }]) {
      await call('deleteFile');
      const restored = await call('restoreFile', body === undefined ? {} : { body });
      expect(restored).toMatchObject({ statusCode: 200, json: { status: 'ready' } });
    }
  });

  it.each([
    ['a field named __proto__', '{"metadata":{"__proto__":"x"}}', 'metadata.__proto__'],
    ['half of a surrogate pair', '{"metadata":{"a":"\\ud800"}}', 'metadata.a'],
    ['half of a pair in the name of a field', '{"metadata":{"\\udc00":"x"}}', 'metadata'],
    ['a control character in the name of a field', '{"metadata":{"a\\u0000":"x"}}', undefined],
  ])('refuses %s by its name', async (_what, text, field) => {
    const { call, shelf } = api();
    const { json } = await call('setMetadata', { body: text });
    expect(json).toMatchObject({ status: 400, code: 'validation_failed' });
    if (field) expect(json.errors[0].field).toBe(field);
    expect(shelf.get().revision).toBe(1);
  });

  it('keeps metadata whose fields are called like parts of JavaScript', async () => {
    const { call } = api();
    const metadata = { constructor: 'a', toString: 'b', hasOwnProperty: 'c', valueOf: 'd' };
    const { json } = await call('setMetadata', { body: { metadata } });
    expect({ ...json.metadata }).toEqual(metadata);
  });

  it.each(['a#b', 'x'.repeat(256)])('refuses %j for an id', async (id) => {
    const { call } = api();
    expect((await call('deleteFile', { path: { id } })).json).toMatchObject({ status: 400 });
  });
});
