import { randomUUID } from 'node:crypto';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, inject, it } from 'vitest';
import { keys, metricDimension } from '../../../lambdas/contract/table.ts';
import { type Api, ok } from '../../support/api.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { problem } from '../../support/problem.ts';
import { runSweep } from '../../support/sweeping.ts';
import { createTenant, usageOf } from '../../support/tenants.ts';
import { MiB, multipartUploadsOf, octets, plainText, put, untilStatus } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

interface Stats {
  activeUploads: number;
  maxUploads: number;
  utilization: number;
  peakToday: number;
  byUser: { userId: string; active: number; max: number }[];
  usersActive: number;
}
interface Health {
  consistent: boolean;
  slots: { counted: number; sessions: number };
  lastSweep?: { startedAt: string; endedAt: string; complete: boolean; ageSeconds: number; actions?: object };
  issues: string[];
}

const stats = (api: Api) => api.call<Stats>('GET', '/storage/concurrency/stats');
const health = (api: Api) => api.call<Health>('GET', '/storage/concurrency/health');
const clear = (api: Api, userId: string) =>
  api.call<{ ended: number; left: number; complete: boolean }>(
    'DELETE',
    `/storage/concurrency/user/${userId}`,
  );

const twoUsersAndAdmin = async () => {
  const tenant = await createTenant(engine, {
    roles: ['user', 'user', 'admin'],
    policy: { slotsPerUser: 10, maxConcurrentUploads: 40, initiationsPerMinute: 1_000 },
  });
  const [alice, bob, admin] = tenant.users;
  if (!bob || !admin) throw new Error('three users were asked for');
  return { ...tenant, alice, bob, admin };
};

describe('concurrency of a tenant', () => {
  it("tells its admin who has how many uploads open, and nobody else's", async () => {
    const { alice, bob, admin } = await twoUsersAndAdmin();
    const other = await twoUsersAndAdmin();
    for (let n = 0; n < 3; n += 1) ok(await alice.api.initiate(octets(10)));
    ok(await bob.api.initiate(octets(6 * MiB)));
    ok(await other.alice.api.initiate(octets(10)));

    const answer = await eventually('the listing knows all uploads', async () => {
      const seen = ok(await stats(admin.api));
      return seen.byUser.length === 2 ? seen : undefined;
    });

    expect(answer).toEqual({
      activeUploads: 4,
      maxUploads: 40,
      utilization: 0.1,
      peakToday: 4,
      byUser: [
        { userId: alice.userId, active: 3, max: 10 },
        { userId: bob.userId, active: 1, max: 10 },
      ],
      usersActive: 2,
    });
    problem(await stats(alice.api), 403, 'forbidden');
    problem(await health(alice.api), 403, 'forbidden');
    problem(await clear(alice.api, bob.userId), 403, 'forbidden');
  });

  it('remembers the most uploads at once of the day when all have ended', async () => {
    const { tenantId, alice, admin } = await twoUsersAndAdmin();
    const day = new Date().toISOString().slice(0, 10);
    for (let n = 0; n < 3; n += 1) ok(await alice.api.initiate(octets(10)));
    const window = keys.metricWindow(day, metricDimension.tenant(tenantId));
    await eventually('the events were tallied', async () => {
      const { Item } = await engine.db.send(
        new GetCommand({ TableName: engine.stack.tableName, Key: { ...window } }),
      );
      return Item?.peakOpenUploads === 3;
    });

    ok(await clear(admin.api, alice.userId));

    expect(ok(await stats(admin.api))).toMatchObject({ activeUploads: 0, peakToday: 3 });
  });

  it("ends a user's open uploads for its admin: at S3, slots, reservations and names", async () => {
    const { tenantId, alice, bob, admin } = await twoUsersAndAdmin();
    const name = `${randomUUID()}.bin`;
    const large = ok(await alice.api.initiate(octets(6 * MiB, { filename: name })));
    const small = ok(await alice.api.initiate(octets(10)));
    const others = ok(await bob.api.initiate(octets(6 * MiB)));

    const ended = ok(await clear(admin.api, alice.userId));

    expect(ended).toEqual({ ended: 2, left: 0, complete: true });
    expect(await usageOf(alice.api)).toMatchObject({ reserved: 0, slots: 0 });
    expect(await usageOf(bob.api)).toMatchObject({ reserved: 6 * MiB, slots: 1 });
    expect(await multipartUploadsOf(engine, tenantId)).toHaveLength(1);
    for (const { fileId } of [large, small]) {
      expect(ok(await alice.api.file(fileId)).status).toBe('aborted');
    }
    expect((await alice.api.initiate(octets(10, { filename: name }))).status).toBe(201);
    expect(ok(await bob.api.file(others.fileId)).status).toBe('uploading');
    expect(ok(await clear(admin.api, bob.userId)).ended).toBe(1);
    expect(ok(await clear(admin.api, bob.userId)).ended).toBe(0);
  });

  it('ends an upload that was to replace a file, and leaves the file', async () => {
    const { alice, admin } = await twoUsersAndAdmin();
    const request = plainText('first content', { filename: 'kept.txt' });
    const first = ok(await alice.api.initiate(request));
    await put(first.parts[0] as never, Buffer.from('first content'));
    await untilStatus(alice.api, first.fileId, 'ready');
    ok(await alice.api.initiate(plainText('other content', { filename: 'kept.txt', onConflict: 'replace' })));

    expect(ok(await clear(admin.api, alice.userId)).ended).toBe(1);

    expect(ok(await alice.api.file(first.fileId))).toMatchObject({ status: 'ready', version: 1 });
    expect(await usageOf(alice.api)).toMatchObject({ used: 13, reserved: 0, slots: 0, files: 1 });
  });

  it('knows no user of another tenant, exactly as one that does not exist', async () => {
    const { admin } = await twoUsersAndAdmin();
    const other = await twoUsersAndAdmin();
    ok(await other.alice.api.initiate(octets(10)));

    const foreign = problem(await clear(admin.api, other.alice.userId), 404, 'not_found');
    const missing = problem(await clear(admin.api, randomUUID()), 404, 'not_found');

    expect(foreign.detail).toBe(missing.detail);
    expect(await usageOf(other.alice.api)).toMatchObject({ slots: 1 });
  });

  it('is consistent while every slot has a session, and says when one does not', async () => {
    const { tenantId, alice, admin } = await twoUsersAndAdmin();
    await runSweep(engine);
    ok(await alice.api.initiate(octets(10)));

    const good = ok(await health(admin.api));

    expect(good).toMatchObject({
      consistent: true,
      slots: { counted: 1, sessions: 1 },
      lastSweep: { complete: true },
    });
    // What the sweep did concerns all tenants.
    expect(good.lastSweep).not.toHaveProperty('actions');
    expect(good.lastSweep?.ageSeconds).toBeLessThan(60);

    await engine.db.send(
      new UpdateCommand({
        TableName: engine.stack.tableName,
        Key: keys.tenantCounter(tenantId),
        UpdateExpression: 'ADD openUploads :two',
        ExpressionAttributeValues: { ':two': 2 },
      }),
    );
    const bad = ok(await health(admin.api));

    expect(bad).toMatchObject({ consistent: false, slots: { counted: 3, sessions: 1 } });
    expect(bad.issues.join()).toContain('reconcile');
  });
});
