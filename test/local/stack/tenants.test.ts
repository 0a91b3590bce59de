import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { Api, ok } from '../../support/api.ts';
import { type Engine, engineOf } from '../../support/engine.ts';
import { createTenant, type TestTenant } from '../../support/tenants.ts';

interface TenantView {
  tenantId: string;
  status: string;
  tier: string;
  policy: Record<string, unknown>;
  effectivePolicy: Record<string, unknown>;
  userCount: number;
}
interface UserView {
  userId: string;
  email: string;
  role: string;
  status: string;
  tier?: string;
}

const password = 'Another-password-1!';
const newId = () => `n-${randomUUID().slice(0, 8)}`;

describe('the administration of tenants', () => {
  let engine: Engine;
  let operators: TestTenant;
  let root: Api;
  let customer: TestTenant;
  let user: Api;
  let admin: Api;

  beforeAll(async () => {
    engine = engineOf(inject('stack'));
    [operators, customer] = await Promise.all([
      createTenant(engine, { roles: ['root'] }),
      createTenant(engine, { tier: 'premium', roles: ['user', 'admin'], policy: {} }),
    ]);
    root = operators.api;
    user = customer.api;
    admin = customer.users[1]?.api as Api;
  });

  const get = (api: Api, path: string) => api.call<TenantView>('GET', path);
  const put = (api: Api, tenantId: string, body: unknown) =>
    api.call<TenantView>('PUT', `/admin/tenants/${tenantId}`, { body });
  const create = (body: unknown) => root.call<TenantView>('POST', '/admin/tenants', { body });
  const usersOf = (tenantId: string) => `/admin/tenants/${tenantId}/users`;

  it('is root’s: a tenant is made, listed page by page, and its id is taken from then on', async () => {
    const ids = [newId(), newId()];
    for (const tenantId of ids) {
      const made = ok(await create({ tenantId, name: 'Näme', tier: 'basic', policy: { trashDays: 7 } }));
      expect(made).toMatchObject({ tenantId, status: 'active', userCount: 0, policy: { trashDays: 7 } });
      expect(made.effectivePolicy).toMatchObject({ trashDays: 7, auditLevel: 'standard', svg: 'rasterize' });
    }
    expect((await create({ tenantId: ids[0], name: 'x' })).body).toMatchObject({ code: 'name_conflict' });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = ok(
        await root.call<{ tenants: TenantView[]; nextCursor?: string }>('GET', '/admin/tenants', {
          query: { limit: 3, cursor },
        }),
      );
      seen.push(...page.tenants.map(({ tenantId }) => tenantId));
      cursor = page.nextCursor;
    } while (cursor);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining([...ids, operators.tenantId, customer.tenantId]));
  });

  it.each(['Upper', 'with space', 'a#b', '-dash', 'a/b', 'x'.repeat(65), ''])(
    'refuses %j as a tenant’s id',
    async (tenantId) => {
      expect((await create({ tenantId, name: 'x' })).body).toMatchObject({ code: 'validation_failed' });
    },
  );

  it('tells nobody of a foreign tenant: it answers like one that never was, to admins and to users', async () => {
    for (const api of [admin, user]) {
      for (const [method, rest, body] of [
        ['GET', '', undefined],
        ['PUT', '', { name: 'x' }],
        ['DELETE', '', undefined],
        ['GET', '/users', undefined],
        ['POST', '/users', { email: 'a@b.example' }],
        ['PUT', '/users/x', { role: 'user' }],
        ['DELETE', '/users/x', undefined],
        ['GET', '/clients', undefined],
        ['POST', '/clients', { name: 'x', scopes: ['uploads'] }],
        ['DELETE', '/clients/x', undefined],
      ] as const) {
        const [foreign, missing] = await Promise.all(
          [operators.tenantId, 'no-such-tenant'].map((t) =>
            api.call<{ code: string; detail: string }>(method, `/admin/tenants/${t}${rest}`, { body }),
          ),
        );
        const told = (answer: typeof foreign) => [answer?.status, answer?.body.code, answer?.body.detail];
        expect(told(foreign), `${method} ${rest}`).toEqual(told(missing));
        expect([403, 404]).toContain(foreign?.status);
      }
    }
  });

  it('lets an admin tighten its tenant’s policy, and only root loosen it', async () => {
    const tighter = ok(
      await put(admin, customer.tenantId, { policy: { maxFileSize: 1_000, timeZone: 'Europe/Berlin' } }),
    );
    expect(tighter.effectivePolicy).toMatchObject({ maxFileSize: 1_000, timeZone: 'Europe/Berlin' });
    expect(
      (await user.initiate({ filename: 'a.txt', mimeType: 'text/plain', size: 1_001 })).body,
    ).toMatchObject({
      code: 'file_too_large',
    });
    for (const body of [
      { policy: { maxFileSize: null } },
      { policy: { maxFilesPerDay: 1_000_000 } },
      { tier: 'enterprise' },
    ]) {
      expect((await put(admin, customer.tenantId, body)).body).toMatchObject({ code: 'forbidden' });
    }
    ok(await put(root, customer.tenantId, { policy: { maxFileSize: null, timeZone: null } }));
    expect(ok(await get(admin, `/admin/tenants/${customer.tenantId}`)).policy).toEqual({});
    expect((await get(user, `/admin/tenants/${customer.tenantId}`)).body).toMatchObject({
      code: 'forbidden',
    });
  });

  it('sets what a framework asks for, and takes nothing laxer', async () => {
    const { tenantId } = ok(
      await create({ tenantId: newId(), name: 'x', policy: { complianceFrameworks: ['SOX', 'GDPR'] } }),
    );
    const { effectivePolicy } = ok(await get(root, `/admin/tenants/${tenantId}`));
    expect(effectivePolicy).toMatchObject({ retentionDays: 2_557, trashDays: 28, encryptionRequired: true });
    const laxer = await put(root, tenantId, { policy: { trashDays: 29 } });
    expect(laxer.body).toMatchObject({ code: 'validation_failed', errors: [{ field: 'policy.trashDays' }] });
    expect(ok(await put(root, tenantId, { policy: { trashDays: 5 } })).effectivePolicy).toMatchObject({
      trashDays: 5,
    });
  });

  it('stops every call of a suspended tenant at once, and lets them in again', async () => {
    const other = await createTenant(engine);
    ok(await other.api.quota());
    ok(await put(root, other.tenantId, { status: 'suspended' }));
    for (const call of [other.api.quota(), other.api.files(), other.api.uploads()]) {
      expect((await call).body).toMatchObject({ status: 403, code: 'tenant_suspended' });
    }
    ok(await put(root, other.tenantId, { status: 'active' }));
    ok(await other.api.quota());
  });

  it('makes users with a sign-in, counts them, changes what they may at once, and removes them', async () => {
    const email = `new@${customer.tenantId}.example`;
    const before = ok(await get(admin, `/admin/tenants/${customer.tenantId}`)).userCount;
    const request = { body: { email, password, tier: 'basic' } };
    const made = ok(await admin.call<UserView>('POST', usersOf(customer.tenantId), request));
    expect(made).toMatchObject({ email, role: 'user', status: 'active', tier: 'basic' });
    expect(ok(await admin.call<UserView>('POST', usersOf(customer.tenantId), request))).toEqual(made);
    expect(ok(await get(admin, `/admin/tenants/${customer.tenantId}`)).userCount).toBe(before + 1);

    const signedIn = async () => {
      const { accessToken } = ok(await new Api(engine.stack.apiUrl).login(email, password));
      return new Api(engine.stack.apiUrl, accessToken);
    };
    const their = await signedIn();
    expect(ok(await their.quota()).tier).toBe('basic');
    const at = `${usersOf(customer.tenantId)}/${made.userId}`;
    ok(await admin.call('PUT', at, { body: { tier: null } }));
    expect(ok(await their.quota()).tier).toBe('premium');
    ok(await admin.call('PUT', at, { body: { status: 'inactive' } }));
    expect((await their.quota()).body).toMatchObject({ status: 403, code: 'user_inactive' });
    ok(await admin.call('PUT', at, { body: { status: 'active', role: 'admin' } }));
    ok(await get(their, `/admin/tenants/${customer.tenantId}`));

    expect((await admin.call('DELETE', at)).status).toBe(204);
    expect((await their.quota()).body).toMatchObject({ code: 'user_inactive' });
    expect((await new Api(engine.stack.apiUrl).login(email, password)).status).toBe(401);
    expect((await admin.call('DELETE', at)).status).toBe(204);
    expect(ok(await get(admin, `/admin/tenants/${customer.tenantId}`)).userCount).toBe(before);
  });

  it('keeps admins from making roots, from more than their tier, and from themselves', async () => {
    const own = usersOf(customer.tenantId);
    const self = customer.users[1]?.userId;
    for (const [method, path, body] of [
      ['POST', own, { email: 'r@x.example', role: 'root', password }],
      ['POST', own, { email: 'r@x.example', tier: 'enterprise', password }],
      ['PUT', `${own}/${customer.users[0].userId}`, { role: 'root' }],
      ['PUT', `${own}/${self}`, { role: 'user' }],
      ['DELETE', `${own}/${self}`, undefined],
    ] as const) {
      expect((await admin.call(method, path, { body })).body, `${method} ${path}`).toMatchObject({
        code: 'forbidden',
      });
    }
    expect((await admin.call('PUT', `${own}/nobody`, { body: { role: 'admin' } })).status).toBe(404);
    expect(
      (
        await root.call('PUT', `${usersOf(operators.tenantId)}/${operators.users[0].userId}`, {
          body: { role: 'user' },
        })
      ).status,
    ).toBe(403);
  });

  it('loses no change of those that come at once, and counts every user once', async () => {
    const { tenantId } = ok(await create({ tenantId: newId(), name: 'x' }));
    const email = `once@${tenantId}.example`;
    const answers = await Promise.all([
      put(root, tenantId, { policy: { trashDays: 3 } }),
      put(root, tenantId, { policy: { retentionDays: 4 } }),
      put(root, tenantId, { name: 'y' }),
      ...[1, 2, 3].map(() => root.call('POST', usersOf(tenantId), { body: { email, password } })),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 201, 201, 201]);
    expect(ok(await get(root, `/admin/tenants/${tenantId}`))).toMatchObject({
      name: 'y',
      policy: { trashDays: 3, retentionDays: 4 },
      userCount: 1,
    });
  });

  it('gives an address to one tenant only', async () => {
    const email = customer.users[0].email;
    const elsewhere = await root.call('POST', usersOf(operators.tenantId), { body: { email, password } });
    expect(elsewhere.body).toMatchObject({ code: 'name_conflict' });
  });
});
