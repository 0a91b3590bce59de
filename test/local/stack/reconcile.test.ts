import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, inject, it } from 'vitest';
import { type ItemKey, keys, sortKeyPrefix } from '../../../lambdas/contract/table.ts';
import { type Api, ok } from '../../support/api.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { problem } from '../../support/problem.ts';
import { createTenant, type TestTenant, usageOf } from '../../support/tenants.ts';
import { MiB, octets, untilStatus, uploadText } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

interface Job {
  status: string;
  progress: { done: number; failed: number };
  results: { subject?: string; fileId?: string; outcome: string; detail?: string }[];
}

const start = (api: Api, tenantId: string) =>
  api.call<{ jobId: string }>('POST', `/admin/tenants/${tenantId}/reconcile`);

/** Reconciles the tenant and gives what the job reports. */
async function reconcile(api: Api, tenantId: string): Promise<Job['results']> {
  const { jobId } = ok(await start(api, tenantId));
  let last: unknown;
  return eventually(
    'the reconciliation is done',
    async () => {
      const job = ok(await api.call<Job>('GET', `/storage/jobs/${jobId}`));
      last = job;
      return job.status === 'done' ? job.results : undefined;
    },
    { seen: () => last },
  );
}

const add = (key: ItemKey, numbers: Readonly<Record<string, number>>) =>
  engine.db.send(
    new UpdateCommand({
      TableName: engine.stack.tableName,
      Key: { ...key },
      UpdateExpression: `ADD ${Object.keys(numbers)
        .map((name) => `#${name} :${name}`)
        .join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(Object.keys(numbers).map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries(numbers).map(([name, value]) => [`:${name}`, value]),
      ),
    }),
  );

async function repairs(tenantId: string): Promise<Record<string, unknown>[]> {
  const { pk } = keys.tenantEvent(tenantId, new Date().toISOString(), '');
  const { Items = [] } = await engine.db.send(
    new QueryCommand({
      TableName: engine.stack.tableName,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': pk, ':prefix': sortKeyPrefix.event },
    }),
  );
  return Items.filter(({ type }) => type === 'counters.repaired').map(({ data }) => data);
}

async function tenantWithFiles(): Promise<TestTenant & { admin: TestTenant['users'][0] }> {
  const tenant = await createTenant(engine, { roles: ['user', 'user', 'admin'] });
  const [alice, bob, admin] = tenant.users;
  if (!bob || !admin) throw new Error('three users were asked for');
  const stored = await uploadText(alice.api, 'kept by alice', { path: '/notes/2026' });
  await untilStatus(alice.api, stored, 'ready');
  ok(await alice.api.initiate(octets(6 * MiB)));
  ok(await bob.api.initiate(octets(100)));
  return { ...tenant, admin };
}

describe('reconciliation of a tenant', () => {
  it('finds nothing to repair after ordinary traffic', async () => {
    const { tenantId, admin, users } = await tenantWithFiles();

    const results = await reconcile(admin.api, tenantId);

    expect(results.map(({ outcome }) => outcome)).toEqual(users.map(() => 'skipped').concat('skipped'));
    expect(results.at(-1)?.subject).toBe('tenant');
    expect(await repairs(tenantId)).toEqual([]);
  });

  it('repairs counters of users, tenant and folders exactly, and says what it changed', async () => {
    const { tenantId, admin, users } = await tenantWithFiles();
    const [alice, bob] = users;
    const before = { alice: await usageOf(alice.api), bob: await usageOf((bob ?? alice).api) };
    await add(keys.userCounter(tenantId, alice.userId), { committedBytes: 1_000, openUploads: 2 });
    await add(keys.tenantCounter(tenantId), { reservedBytes: -5, committedFiles: 3 });
    await add(keys.folder(tenantId, alice.userId, '/notes/2026'), { files: 4 });

    const results = await reconcile(admin.api, tenantId);

    const repaired = results.filter(({ outcome }) => outcome === 'done');
    expect(repaired.map(({ subject }) => subject)).toEqual([
      `${alice.userId}:/notes/2026`,
      alice.userId,
      'tenant',
    ]);
    expect(await usageOf(alice.api)).toEqual(before.alice);
    expect(await usageOf((bob ?? alice).api)).toEqual(before.bob);
    expect(await repairs(tenantId)).toEqual([
      { of: 'folder', userId: alice.userId, files: -4 },
      { of: 'user', userId: alice.userId, committedBytes: -1_000, openUploads: -2 },
      { of: 'tenant', committedFiles: -3, reservedBytes: 5 },
    ]);
    expect((await reconcile(admin.api, tenantId)).every(({ outcome }) => outcome === 'skipped')).toBe(true);
  });

  it("counts the kept versions themselves, not what the file's record says of them", async () => {
    const { tenantId, admin, users } = await tenantWithFiles();
    const [alice] = users;
    const fileId = await uploadText(alice.api, 'first content', { filename: 'v.txt' });
    await untilStatus(alice.api, fileId, 'ready');
    await uploadText(alice.api, 'second', { filename: 'v.txt', onConflict: 'replace' });
    await eventually('the content was replaced', async () => ok(await alice.api.file(fileId)).version === 2);
    await untilStatus(alice.api, fileId, 'ready');
    const before = await usageOf(alice.api);
    await add(keys.file(tenantId, fileId), { versionsBytes: 77 });

    const results = await reconcile(admin.api, tenantId);

    expect(results.filter(({ outcome }) => outcome === 'done').map((result) => result.fileId)).toEqual([
      fileId,
    ]);
    expect(await usageOf(alice.api)).toEqual(before);
  });

  it('is for admins of the tenant; a foreign tenant is as good as none', async () => {
    const { tenantId, admin, api } = await tenantWithFiles();
    const other = await createTenant(engine, { roles: ['admin'] });

    problem(await start(api, tenantId), 403, 'forbidden');
    const foreign = problem(await start(other.api, tenantId), 404, 'not_found');
    const missing = problem(await start(other.api, 'no-such-tenant'), 404, 'not_found');

    expect(foreign.detail).toBe(missing.detail);
    expect(ok(await start(admin.api, tenantId)).jobId).not.toBe('');
  });

  it('is asked for by root in any tenant, and reports to root', async () => {
    const { tenantId, users } = await tenantWithFiles();
    const operators = await createTenant(engine, { roles: ['root'] });
    await add(keys.tenantCounter(tenantId), { committedBytes: 9 });

    const results = await reconcile(operators.api, tenantId);

    expect(results).toHaveLength(users.length + 1);
    expect(results.at(-1)).toMatchObject({ subject: 'tenant', outcome: 'done' });
    expect(await repairs(tenantId)).toEqual([{ of: 'tenant', committedBytes: -9 }]);
  });
});
