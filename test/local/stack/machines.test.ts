import { beforeAll, describe, expect, inject, it } from 'vitest';
import { Api, ok } from '../../support/api.ts';
import { type Engine, engineOf } from '../../support/engine.ts';
import { changeTenant, changeUser, createTenant, type TestTenant } from '../../support/tenants.ts';
import { plainText, untilStatus, uploadText } from '../../support/uploads.ts';

interface Client {
  clientId: string;
  clientSecret: string;
  scopes: string[];
}

describe('a machine client', () => {
  let engine: Engine;
  let tenant: TestTenant;
  let admin: Api;
  let clientsPath: string;

  beforeAll(async () => {
    engine = engineOf(inject('stack'));
    tenant = await createTenant(engine, { roles: ['user', 'admin'] });
    admin = tenant.users[1]?.api as Api;
    clientsPath = `/admin/tenants/${tenant.tenantId}/clients`;
  });

  const create = async (scopes = ['uploads', 'files.read', 'files.write']) =>
    ok(await admin.call<Client>('POST', clientsPath, { body: { name: 'nightly import', scopes } }));

  const ask = (form: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${engine.stack.apiUrl}/auth/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
    });

  async function signIn({ clientId, clientSecret }: Client): Promise<Api> {
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const answer = await ask({}, { authorization: `Basic ${basic}` });
    const { access_token } = (await answer.json()) as { access_token: string };
    return new Api(engine.stack.apiUrl, access_token);
  }

  const onBehalfOf = (userId: string) => ({ headers: { 'on-behalf-of': userId } });

  it('gets a token in the words of OAuth, by form fields or Basic, for the scopes that it asks for', async () => {
    const client = await create(['uploads', 'files.read']);
    const credentials = { client_id: client.clientId, client_secret: client.clientSecret };
    const all = await (await ask(credentials)).json();
    expect(all).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3_600,
      scope: 'sluice/files.read sluice/uploads',
    });
    const some = await (await ask({ ...credentials, scope: 'sluice/uploads' })).json();
    expect(some).toMatchObject({ scope: 'sluice/uploads' });
    expect((await ask({ ...credentials, scope: 'sluice/files.write' })).status).toBe(400);
    expect((await ask({ ...credentials, client_secret: 'guess' })).status).toBe(401);
    expect((await ask({ ...credentials, client_id: 'machine-x' })).status).toBe(401);
    expect((await ask({ ...credentials, grant_type: 'password' })).status).toBe(400);
    expect((await ask({})).status).toBe(401);
  });

  it('is told its secret once', async () => {
    const { clientId } = await create();
    const listed = ok(await admin.call<{ clients: object[] }>('GET', clientsPath, { query: { limit: 100 } }));
    const mine = listed.clients.find((client) => 'clientId' in client && client.clientId === clientId);
    expect(mine).toBeDefined();
    expect(JSON.stringify(listed)).not.toMatch(/secret/i);
  });

  it('has files and bounds of its own, which colleagues do not see', async () => {
    const machine = await signIn(await create());
    const id = await uploadText(machine, 'by a machine');
    await untilStatus(machine, id, 'ready');
    expect(ok(await machine.file(id)).ownerId).toMatch(/^machine-/);
    expect((await tenant.api.file(id)).status).toBe(404);
    expect((await admin.file(id)).status).toBe(200);
    const stats = ok(await machine.timeline(id)).events;
    expect(stats[0]?.type).toBe('file.initiated');
  });

  it('acts for a user of its tenant: the file and its quota are the user’s', async () => {
    const machine = await signIn(await create());
    const userId = tenant.users[0].userId;
    const started = await machine.call<{ fileId: string }>('POST', '/storage/multipart/initiate', {
      body: plainText('for somebody'),
      ...onBehalfOf(userId),
    });
    const { fileId } = ok(started);
    expect(ok(await tenant.api.file(fileId)).ownerId).toBe(userId);
    expect((await machine.file(fileId)).status).toBe(404);
    expect((await machine.call('GET', `/storage/files/${fileId}`, onBehalfOf(userId))).status).toBe(200);
  });

  it('acts for nobody outside, nobody inactive, and has no more than a user’s rights for an admin', async () => {
    const [machine, other] = [await signIn(await create()), await createTenant(engine)];
    const files = (userId: string) =>
      machine.call<{ code: string }>('GET', '/storage/files', onBehalfOf(userId));
    expect((await files(other.users[0].userId)).body.code).toBe('forbidden');
    expect((await files('nobody')).body).toEqual({
      ...(await files(other.users[0].userId)).body,
      requestId: expect.any(String),
    });
    const { userId } = tenant.users[0];
    await changeUser(engine, tenant.tenantId, userId, { status: 'inactive' });
    expect((await files(userId)).body.code).toBe('user_inactive');
    await changeUser(engine, tenant.tenantId, userId, { status: 'active' });
    const usersFile = await uploadText(tenant.api, 'private');
    const asAdmin = await machine.call(
      'GET',
      `/storage/files/${usersFile}`,
      onBehalfOf(tenant.users[1]?.userId as string),
    );
    expect(asAdmin.status).toBe(404);
  });

  it('may call what its scopes name, and never the administration', async () => {
    const reader = await signIn(await create(['files.read']));
    expect((await reader.files()).status).toBe(200);
    expect((await reader.initiate(plainText('x'))).body).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await reader.deleteFile('x')).body).toMatchObject({ code: 'forbidden' });
    for (const path of [
      `/admin/tenants/${tenant.tenantId}`,
      '/admin/tenants',
      '/storage/concurrency/stats',
    ]) {
      expect((await reader.call('GET', path)).body).toMatchObject({ code: 'forbidden' });
    }
  });

  it('is refused from the moment that it is removed, or its tenant suspended', async () => {
    const client = await create();
    const machine = await signIn(client);
    await changeTenant(engine, tenant.tenantId, { status: 'suspended' });
    expect((await machine.files()).body).toMatchObject({ code: 'tenant_suspended' });
    await changeTenant(engine, tenant.tenantId, { status: 'active' });
    expect((await admin.call('DELETE', `${clientsPath}/${client.clientId}`)).status).toBe(204);
    expect((await machine.files()).body).toMatchObject({ code: 'unauthenticated' });
    const credentials = { client_id: client.clientId, client_secret: client.clientSecret };
    expect((await ask(credentials)).status).toBe(401);
    expect((await admin.call('DELETE', `${clientsPath}/${client.clientId}`)).status).toBe(404);
  });

  it('lends its header to no person', async () => {
    const answer = await tenant.api.call('GET', '/storage/files', onBehalfOf(tenant.users[0].userId));
    expect(answer.body).toMatchObject({ status: 403, code: 'forbidden' });
  });
});
