import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { type RouteName, routes } from '../../lambdas/contract/routes.ts';
import { scopeOf } from '../../lambdas/contract/scopes.ts';
import type { Caller } from '../../lambdas/core/tenancy/caller.ts';
import type { TokenRouteDeps } from '../../lambdas/http/token.ts';
import { tokenRoutes } from '../../lambdas/http/token.ts';
import { authenticated } from '../../lambdas/runtime/authenticated.ts';
import { httpFunction } from '../../lambdas/runtime/http-function.ts';
import { noContent } from '../../lambdas/runtime/http-response.ts';
import { startOfTime, tenant, user } from '../support/domain.ts';
import { type HttpCall, httpEvent, lambdaContext } from '../support/events.ts';
import { silentObserver } from '../support/observer.ts';

const machine = { sub: 'pool-client', client_id: 'pool-client', token_use: 'access', machine: 'machine-1' };

function calls() {
  const callers: Caller[] = [];
  const route = authenticated({
    directory: {
      find: async (_tenantId, userId) => ({
        tenant: tenant(),
        ...(userId === 'alice' && { user: user() }),
      }),
      client: async (clientId) =>
        clientId === 'machine-1'
          ? {
              ...{ clientId, tenantId: 'acme', name: 'm', scopes: ['files.read'] },
              ...{ status: 'active', createdAt: startOfTime, createdBy: 'admin' },
            }
          : undefined,
    },
    rates: { take: async () => {} },
    limits: defaultLimits,
    tenantClaim: 'tenant',
    machineClaim: 'machine',
    now: () => startOfTime,
    audit: { now: () => startOfTime, newId: () => 'E', record: async () => {} },
  });
  const handle = route('other', async (_request, caller) => {
    callers.push(caller);
    return noContent();
  });
  const handler = httpFunction(silentObserver().observer, {
    listFiles: handle,
    setTags: handle,
    getTenant: handle,
  });
  return async (name: RouteName, request: HttpCall) => {
    const answer = await handler(httpEvent(name, request), lambdaContext());
    return {
      status: answer.statusCode,
      code: answer.body && JSON.parse(answer.body).code,
      caller: callers.at(-1),
    };
  };
}

const scope = 'sluice/files.read sluice/files.write other/files.write';

describe('a call with the token of a machine', () => {
  it.each<[string, RouteName, HttpCall, number, string | undefined]>([
    ['that has the scope', 'listFiles', { claims: { ...machine, scope } }, 204, undefined],
    [
      'whose client lost the scope',
      'setTags',
      { claims: { ...machine, scope }, path: { id: 'F' } },
      403,
      'forbidden',
    ],
    ['without scopes', 'listFiles', { claims: machine }, 403, 'forbidden'],
    [
      'with another server’s scopes',
      'listFiles',
      { claims: { ...machine, scope: 'x/files.read' } },
      403,
      'forbidden',
    ],
    [
      'for what is people’s',
      'getTenant',
      { claims: { ...machine, scope }, path: { t: 'acme' } },
      403,
      'forbidden',
    ],
    [
      'that nobody knows',
      'listFiles',
      { claims: { ...machine, machine: 'x', scope } },
      401,
      'unauthenticated',
    ],
    [
      'that is an id token',
      'listFiles',
      { claims: { ...machine, token_use: 'id', scope } },
      401,
      'unauthenticated',
    ],
  ])('%s', async (_what, name, request, status, code) => {
    expect(await calls()(name, request)).toMatchObject({ status, ...(code && { code }) });
  });

  it('acts for the user whom On-Behalf-Of names', async () => {
    const claims = { ...machine, scope };
    const { caller } = await calls()('listFiles', { claims, headers: { 'on-behalf-of': 'alice' } });
    expect(caller).toMatchObject({ userId: 'alice', actor: { kind: 'machine', clientId: 'machine-1' } });
    expect(await calls()('listFiles', { claims, headers: { 'on-behalf-of': '' } })).toMatchObject({
      status: 403,
    });
  });

  it('is a person’s as soon as it names a tenant, whatever else it says', async () => {
    const claims = { ...machine, sub: 'alice', tenant: 'acme', scope };
    expect((await calls()('setTags', { claims, path: { id: 'F' } })).caller?.actor.kind).toBe('user');
    const lent = await calls()('listFiles', { claims, headers: { 'on-behalf-of': 'bob' } });
    expect(lent).toMatchObject({ status: 403, code: 'forbidden' });
  });
});

it('every route is either for a scope or for people', () => {
  const forPeople = Object.entries(routes).filter(([, route]) => route.auth === 'jwt' && !scopeOf(route));
  expect(new Set(forPeople.map(([, route]) => route.function))).toEqual(new Set(['tenants', 'operations']));
});

describe('POST /auth/token', () => {
  const counted: string[] = [];
  const tokens: TokenRouteDeps['tokens'] = {
    client: async () => undefined,
    verify: () => false,
    mint: () => Promise.reject(new Error('nobody')),
    rates: {
      take: async (scope) => void counted.push(scope),
    },
    bounds: defaultLimits.rates,
    fullScope: (name) => name,
    now: () => startOfTime,
  };
  const handler = httpFunction(silentObserver().observer, tokenRoutes({ tokens, edgeSecret: 'edge' }));
  const ask = async (form: string, headers: Record<string, string> = {}) => {
    const event = httpEvent('token', { claims: null, headers });
    const answer = await handler({ ...event, body: form }, lambdaContext());
    return { status: answer.statusCode, ...JSON.parse(answer.body ?? '{}') };
  };

  it('reads id and secret from the form or from Basic, where both are form-encoded', async () => {
    const grant = 'grant_type=client_credentials';
    await ask(`${grant}&client_id=a%20b&client_secret=s`);
    await ask(grant, { authorization: `Basic ${Buffer.from('c%2Bd:s').toString('base64')}` });
    const clients = counted.filter((scope) => scope.startsWith('token-client#'));
    expect(clients).toEqual(['token-client#a b', 'token-client#c+d']);
  });

  it.each([
    ['another grant', 'grant_type=password', 400],
    ['no grant', '', 400],
    ['no credentials', 'grant_type=client_credentials', 401],
    ['an empty secret', 'grant_type=client_credentials&client_id=a&client_secret=', 400],
    ['a field that it does not know', 'grant_type=client_credentials&resource=x', 400],
  ])('refuses %s', async (_what, form, status) => {
    expect(await ask(form)).toMatchObject({ status });
  });

  it.each([
    ['longer than any id', 'c'.repeat(3_000)],
    ['that would reach into another key', 'c#d'],
  ])('refuses an id %s, by Basic too', async (_what, clientId) => {
    const authorization = `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:s`).toString('base64')}`;
    expect(await ask('grant_type=client_credentials', { authorization })).toMatchObject({ status: 401 });
  });

  it('counts all of an IPv6 network as one address', async () => {
    const before = counted.length;
    const headers = { 'x-sluice-edge-secret': 'edge', 'x-forwarded-for': '2001:db8::1' };
    await ask('grant_type=client_credentials&client_id=a&client_secret=s', headers);
    expect(counted[before]).toBe('token-address#2001:db8:0:0::/64');
  });
});
