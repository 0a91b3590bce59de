import { InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { edgeSecretHeader, localEdgeSecret } from '../../../lambdas/contract/env.ts';
import { keys } from '../../../lambdas/contract/table.ts';
import { type Answer, Api, ok, type Problem } from '../../support/api.ts';
import { engineOf, inParallel } from '../../support/engine.ts';
import { problem } from '../../support/problem.ts';
import {
  changeTenant,
  changeUser,
  createTenant,
  signIn,
  type TestTenant,
  type TestUser,
} from '../../support/tenants.ts';
import { octets, plainText, untilStatus, uploadText } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const { apiUrl } = engine.stack;
/** Past the front, as the edge calls it. */
const directUrl = `${engine.stack.endpoint}/_aws/execute-api/${engine.stack.apiId}/$default`;

const guessesAtOnce = 8;

/** Every call that names a file, as somebody who must not know it would make it. */
const callsAbout = (api: Api, id: string): Record<string, Promise<Answer<unknown>>> => ({
  file: api.file(id),
  status: api.status(id),
  timeline: api.timeline(id),
  url: api.downloadUrl(id),
  rendition: api.downloadUrl(id, { rendition: 'small' }),
  delete: api.deleteFile(id),
  parts: api.parts(id),
  partUrl: api.partUrl(id, 1),
  partUrls: api.partUrls(id, { partNumbers: [1] }),
  heartbeat: api.heartbeat(id),
  complete: api.complete(id, []),
  abort: api.abort(id),
});

const refusals = async (api: Api, id: string): Promise<Record<string, Omit<Problem, 'requestId'>>> => {
  const answers = await Promise.all(
    Object.entries(callsAbout(api, id)).map(async ([name, answer]) => {
      const { requestId: _, ...rest } = problem(await answer, 404, 'not_found');
      return [name, rest] as const;
    }),
  );
  return Object.fromEntries(answers);
};

describe('who calls', () => {
  let tenant: TestTenant;
  let user: TestUser;

  beforeAll(async () => {
    tenant = await createTenant(engine);
    user = tenant.users[0];
  });

  it('must be signed in: the gateway itself answers 401', async () => {
    const token = user.api.token ?? '';
    const tampered = `${token.slice(0, -8)}${[...token.slice(-8)].reverse().join('')}`;
    for (const wrong of [undefined, 'nonsense', tampered]) {
      expect((await new Api(apiUrl, wrong).quota()).status).toBe(401);
    }
  });

  it('is not believed with the id token of the same sign-in', async () => {
    const { AuthenticationResult } = await engine.cognito.send(
      new InitiateAuthCommand({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: engine.stack.userPoolClientId,
        AuthParameters: { USERNAME: user.email, PASSWORD: user.password },
      }),
    );
    expect((await new Api(apiUrl, AuthenticationResult?.IdToken).quota()).status).toBe(401);
    expect((await new Api(apiUrl, AuthenticationResult?.AccessToken).quota()).status).toBe(200);
  });

  it('signs in with the right password only, and cannot learn who has an account', async () => {
    const anonymous = new Api(apiUrl);
    const wrong = problem(await anonymous.login(user.email, 'wrong'), 401, 'unauthenticated');
    const unknown = problem(await anonymous.login('nobody@nowhere.example', 'wrong'), 401, 'unauthenticated');
    expect(wrong.detail).toBe(unknown.detail);
    problem(await anonymous.login('no address', 'x'), 400, 'validation_failed');
  });

  it('gets a new access token for the refresh token', async () => {
    const login = ok(await new Api(apiUrl).login(user.email, user.password));
    const refreshed = await new Api(apiUrl).call<{ accessToken: string; expiresIn: number }>(
      'POST',
      '/auth/refresh',
      { body: { refreshToken: login.refreshToken } },
    );
    expect(ok(refreshed).expiresIn).toBeGreaterThan(0);
    expect((await new Api(apiUrl, refreshed.body.accessToken).quota()).status).toBe(200);
    const forged = await new Api(apiUrl).call('POST', '/auth/refresh', { body: { refreshToken: 'forged' } });
    problem(forged, 401, 'unauthenticated');
  });

  it('is throttled while guessing passwords, by address and by email', async () => {
    const guess = (email: string, address: string) =>
      new Api(directUrl).call('POST', '/auth/login', {
        body: { email, password: 'wrong' },
        headers: { [edgeSecretHeader]: localEdgeSecret, 'x-forwarded-for': address },
      });
    const oneEmail = await inParallel(Array.from({ length: 41 }), guessesAtOnce, (_, n) =>
      guess(`guess@${tenant.tenantId}.example`, `203.0.113.${n}`),
    );
    const oneAddress = await inParallel(Array.from({ length: 121 }), guessesAtOnce, (_, n) =>
      guess(`guess${n}@${tenant.tenantId}.example`, '198.51.100.7'),
    );
    // Twice the bound and one more: refused even where the minute turns in between.
    for (const answers of [oneEmail, oneAddress]) {
      const refused = answers.filter((answer) => answer.status !== 401);
      expect(refused.length).toBeGreaterThan(0);
      for (const answer of refused) problem(answer, 429, 'rate_limited');
    }
  });

  it('is refused at once when its tenant is suspended, it is inactive or removed, and not longer', async () => {
    const { tenantId, users } = await createTenant(engine, { roles: ['user', 'admin'] });
    const [{ api, userId }, admin] = users;

    await changeTenant(engine, tenantId, { status: 'suspended' });
    problem(await api.quota(), 403, 'tenant_suspended');
    problem(await api.initiate(octets(1)), 403, 'tenant_suspended');
    problem(await (admin as TestUser).api.quota(), 403, 'tenant_suspended');
    await changeTenant(engine, tenantId, { status: 'active' });
    expect((await api.quota()).status).toBe(200);

    await changeUser(engine, tenantId, userId, { status: 'inactive' });
    problem(await api.initiate(octets(1)), 403, 'user_inactive');
    expect((await (admin as TestUser).api.quota()).status).toBe(200);
    await changeUser(engine, tenantId, userId, { status: 'active' });
    expect((await api.quota()).status).toBe(200);

    const { tableName: TableName } = engine.stack;
    await engine.db.send(new DeleteCommand({ TableName, Key: keys.user(tenantId, userId) }));
    problem(await api.quota(), 403, 'forbidden');
  });
});

describe('whose file it is', () => {
  it('a foreign tenant’s file, a colleague’s and one that never was all answer alike', async () => {
    const tenant = await createTenant(engine, { roles: ['user', 'user'] });
    const [owner, colleague] = tenant.users as readonly [TestUser, TestUser];
    const stranger = await createTenant(engine, { roles: ['admin'] });
    const stored = await uploadText(owner.api, 'mine');
    await untilStatus(owner.api, stored, 'ready');
    const open = ok(await owner.api.initiate(octets(1))).fileId;

    for (const caller of [stranger.api, colleague.api]) {
      const never = await refusals(caller, '01ARZ3NDEKTSV4RRFFQ69G5FAV');
      expect(await refusals(caller, stored)).toEqual(never);
      expect(await refusals(caller, open)).toEqual(never);
      expect(ok(await caller.heartbeats([open])).gone).toEqual([open]);
      expect(ok(await caller.files()).files).toEqual([]);
      expect(ok(await caller.uploads()).uploads).toEqual([]);
    }
    expect(ok(await owner.api.file(stored)).status).toBe('ready');
    expect(ok(await owner.api.status(open)).status).toBe('uploading');
  });

  it('an admin of the tenant may read and delete it, and does not upload in its owner’s place', async () => {
    const tenant = await createTenant(engine, { roles: ['user', 'admin'] });
    const [owner, admin] = tenant.users as readonly [TestUser, TestUser];
    const fileId = await uploadText(owner.api, 'read by the admin');
    await untilStatus(owner.api, fileId, 'ready');
    const open = ok(await owner.api.initiate(octets(1))).fileId;

    expect(ok(await admin.api.file(fileId)).ownerId).toBe(owner.userId);
    expect(ok(await admin.api.timeline(fileId)).events).toHaveLength(5);
    const { url } = ok(await admin.api.downloadUrl(fileId));
    expect(await (await fetch(url)).text()).toBe('read by the admin');
    problem(await admin.api.partUrl(open, 1), 404, 'not_found');
    problem(await admin.api.abort(open), 404, 'not_found');
    expect((await admin.api.deleteFile(fileId)).status).toBe(204);
    problem(await owner.api.file(fileId), 404, 'not_found');
  });

  it('ids that lead elsewhere lead nowhere', async () => {
    const { api } = await createTenant(engine);
    for (const [id, expected] of [
      ['..', 404],
      ['%2e%2e%2fx', 404],
      ['%00', 404],
      // No id has these, and a key of the table must not be made of them.
      ['a%23b', 400],
      ['TENANT%23acme', 400],
      ['a'.repeat(2_000), 400],
    ] as const) {
      const { status } = await api.file(id);
      expect([id, status]).toEqual([id, expected]);
    }
  });
});

describe('what needs no sign-in', () => {
  it('is the health, which asks its dependencies', async () => {
    const health = await new Api(apiUrl).call<{ status: string; checks: { name: string; ok: boolean }[] }>(
      'GET',
      '/health',
    );
    // What other tests had rejected or let expire counts against the last hour, whose numbers health judges too.
    expect(health.body.checks.map(({ name }) => name)).toEqual(['table', 'intake']);
    expect(health.body.checks.every((check) => check.ok)).toBe(true);
  });

  it('is the description of every route', async () => {
    const document = ok(
      await new Api(apiUrl).call<{ openapi: string; paths: object }>('GET', '/openapi.json'),
    );
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toContain('/storage/multipart/initiate');
  });

  it('is a route that does not exist', async () => {
    problem(await new Api(apiUrl).call('GET', '/storage/nothing/here'), 404, 'not_found');
    const { api } = await createTenant(engine);
    problem(await api.call('PATCH', '/storage/quota', { body: plainText('x') }), 404, 'not_found');
  });

  it('is not what signing in gives: the token of one tenant does not open another', async () => {
    const [one, other] = [await createTenant(engine), await createTenant(engine)];
    const again = await signIn(engine, one.users[0].email);
    const { fileId } = ok(await other.api.initiate(octets(1)));
    problem(await again.status(fileId), 404, 'not_found');
  });
});
