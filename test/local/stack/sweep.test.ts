import { expect, inject, it } from 'vitest';
import { ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import {
  ageSessions,
  dueKeysOf,
  minutesAgo,
  openSessionKeys,
  runSweep,
  sessionOf,
} from '../../support/sweeping.ts';
import { createTenant, noUsage, storedUsage, usageOf } from '../../support/tenants.ts';
import {
  MiB,
  multipartUploadsOf,
  octets,
  putParts,
  randomBytesOf,
  untilStatus,
  versionsOf,
} from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

const abandoned = 1_000;
const perBatch = 100;
const size = 6 * MiB;
const sweepTimeoutMs = 5 * 60_000;

it('1,000 abandoned uploads leave no multipart upload, slot or reservation; living ones are not touched', {
  timeout: sweepTimeoutMs,
}, async () => {
  const policy = { slotsPerUser: 2_000, maxConcurrentUploads: 2_000, initiationsPerMinute: 1_000 };
  const tenant = await createTenant(engine, { policy, roles: ['user', 'user'] });
  const [{ api, userId }, living] = tenant.users;
  if (!living) throw new Error('no second user');
  for (let batch = 0; batch < abandoned / perBatch; batch += 1) {
    // Every other one in two parts, so that S3 has a multipart upload of it.
    const uploads = Array.from({ length: perBatch }, (_, index) =>
      octets(index % 2 ? size : 10, { urls: 0 }),
    );
    expect(ok(await api.batch(uploads)).summary.accepted).toBe(perBatch);
  }
  const sessions = await openSessionKeys(engine, tenant.tenantId, userId);
  expect(sessions).toHaveLength(abandoned);
  expect(await multipartUploadsOf(engine, tenant.tenantId)).toHaveLength(abandoned / 2);
  const long = minutesAgo(20);
  await ageSessions(engine, sessions, { createdAt: long, lastActivityAt: long, lastProgressAt: long });

  const bytes = randomBytesOf(size);
  const start = async () => ok(await living.api.initiate(octets(size)));
  const aged = async (fileId: string, fields: Parameters<typeof ageSessions>[2]) =>
    ageSessions(engine, [await sessionOf(engine, tenant.tenantId, fileId)], fields);
  // Never calls the API while its slow line sends; its part in S3 is the only sign of life.
  const slow = await start();
  const slowParts = await putParts(slow, slow.parts.slice(0, 1), bytes);
  await aged(slow.fileId, { createdAt: long, lastActivityAt: long, lastProgressAt: long });
  // Still on its first part, but its heartbeats come.
  const beating = await start();
  await aged(beating.fileId, {
    createdAt: minutesAgo(100),
    lastActivityAt: minutesAgo(1),
    lastProgressAt: minutesAgo(100),
  });
  // Heartbeats alone do not keep an upload for ever, nor does anything beyond its lifetime.
  const stalled = await start();
  await aged(stalled.fileId, { lastActivityAt: minutesAgo(1), lastProgressAt: minutesAgo(121) });
  const tooOld = await start();
  await aged(tooOld.fileId, {
    lastActivityAt: minutesAgo(1),
    lastProgressAt: minutesAgo(1),
    expiresAt: minutesAgo(1),
  });

  const actions = await runSweep(engine);

  expect(actions.failed ?? 0).toBe(0);
  // The scheduled sweep may have taken some of them at the same moment: together they end exactly these.
  await expect.poll(() => openSessionKeys(engine, tenant.tenantId, userId)).toEqual([]);
  expect(await multipartUploadsOf(engine, tenant.tenantId)).toHaveLength(2);
  expect(await dueKeysOf(engine, tenant.tenantId, 'SESSION#')).toHaveLength(2);
  expect(await usageOf(api)).toMatchObject({ used: 0, reserved: 0, files: 0, slots: 0 });
  expect(await usageOf(living.api)).toMatchObject({
    reserved: 2 * size,
    slots: 2,
    tenant: { used: 0, reserved: 2 * size, files: 0, slots: 2 },
  });
  for (const { fileId } of [stalled, tooOld]) {
    expect(ok(await living.api.file(fileId)).status).toBe('expired');
  }

  expect((await living.api.heartbeat(beating.fileId)).status).toBe(204);
  ok(await living.api.abort(beating.fileId));
  const rest = await putParts(slow, slow.parts.slice(1), bytes);
  ok(await living.api.complete(slow.fileId, [...slowParts, ...rest]));
  await untilStatus(living.api, slow.fileId, 'ready');
  expect(await multipartUploadsOf(engine, tenant.tenantId)).toEqual([]);
  expect((await usageOf(living.api)).tenant).toEqual(storedUsage(size).tenant);
});

it('an expired upload is told so, its URL leaves no bytes, and its name is free', async () => {
  const { api, tenantId } = await createTenant(engine);
  const request = octets(10, { filename: 'again.bin' });
  const { fileId, parts } = ok(await api.initiate(request));
  const long = minutesAgo(16);
  await ageSessions(engine, [await sessionOf(engine, tenantId, fileId)], {
    lastActivityAt: long,
    lastProgressAt: long,
  });

  await runSweep(engine);

  expect(ok(await api.file(fileId)).status).toBe('expired');
  for (const answer of [
    await api.partUrl(fileId, 1),
    await api.parts(fileId),
    await api.heartbeat(fileId),
    await api.complete(fileId),
  ]) {
    expect([answer.status, (answer.body as { code?: string }).code]).toEqual([410, 'upload_expired']);
  }
  expect(ok(await api.heartbeats([fileId]))).toEqual({ alive: [], gone: [fileId] });
  expect((await api.abort(fileId)).status).toBe(204);
  await putParts({ partSize: 10 }, parts, randomBytesOf(10));
  await expect.poll(() => versionsOf(engine, 'intake', tenantId), { timeout: 30_000 }).toEqual([]);
  expect(await usageOf(api)).toEqual(noUsage);
  expect((await api.initiate(request)).status).toBe(201);
});
