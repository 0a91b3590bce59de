import { randomInt, randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { createJobStore } from '../../../lambdas/adapters/dynamodb/job-store.ts';
import { jobQueue } from '../../../lambdas/adapters/sqs/file-queues.ts';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import type { FoundRecord } from '../../../lambdas/core/audit/search.ts';
import { type RescanParams, rescanJob } from '../../../lambdas/core/intake/rescan-job.ts';
import { startJob } from '../../../lambdas/core/jobs/start-job.ts';
import { clock } from '../../../lambdas/runtime/clock.ts';
import { jobStoreSettings } from '../../../lambdas/runtime/settings.ts';
import { type Api, ok } from '../../support/api.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { photo } from '../../support/images.ts';
import { becomesMalware } from '../../support/known-malware.ts';
import { problem } from '../../support/problem.ts';
import { createTenant, noUsage, storedUsage, usageOf } from '../../support/tenants.ts';
import {
  download,
  eventsOf,
  octets,
  randomBytesOf,
  untilStatus,
  upload,
  versionsOf,
} from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

const family = async () => {
  const tenant = await createTenant(engine, { roles: ['user', 'admin'] });
  const [user, admin] = tenant.users as unknown as [{ api: Api }, { api: Api }];
  return { ...tenant, api: user.api, admin: admin.api };
};

const untilRecorded = (admin: Api, type: string) =>
  eventually(`an audit record of ${type}`, async () => {
    const query = { type };
    const { records } = ok(await admin.call<{ records: FoundRecord[] }>('GET', '/admin/audit', { query }));
    return records[0];
  });

/** The file as it is when one of its contents has been withdrawn. */
const untilWithdrawn = (api: Api, fileId: string) =>
  eventually(`a content of ${fileId} is withdrawn`, async () => {
    const file = ok(await api.file(fileId));
    return file.withdrawals && file;
  });

it('young files are scanned again by a job, which asks for each of them', async () => {
  const { api, tenantId } = await family();
  const bytes = randomBytesOf(2_000, randomUUID());
  const fileId = await upload(api, octets(bytes.length), bytes);
  await untilStatus(api, fileId, 'ready');
  const scannedAt = ok(await api.file(fileId)).scan?.at;

  const db = { client: engine.db, table: engine.stack.tableName };
  await startJob(
    {
      ...clock,
      jobs: createJobStore(db, jobStoreSettings(defaultLimits)),
      queue: jobQueue(engine.sqs, engine.stack.queues.Bulk ?? ''),
      bounds: defaultLimits.jobs,
    },
    {
      ...{ tenantId, ownerId: 'system', actor: { kind: 'system' }, kind: rescanJob },
      params: { definitions: 'newer', since: '2000-01-01T00:00:00.000Z' } satisfies RescanParams,
    },
  );

  await eventually('the file has been scanned again', async () => {
    const { scan } = ok(await api.file(fileId));
    return scan !== undefined && scan.at !== scannedAt;
  });
});

describe('a stored file that is malware after all', () => {
  it('is withdrawn when an admin has it scanned again: for everybody, with its renditions, and announced', async () => {
    const { api, admin, tenantId } = await family();
    // What is malware once stays it, also for the next run on the same stack.
    const bytes = await photo({ width: 640, height: randomInt(300, 3_000), quality: 70 });
    const request = { path: '/', filename: 'holiday.jpg', mimeType: 'image/jpeg', isPublic: true };
    const fileId = await upload(api, request, bytes);
    await untilStatus(api, fileId, 'ready');
    const { url } = ok(await api.downloadUrl(fileId));
    const { url: smallUrl } = ok(await api.downloadUrl(fileId, { rendition: 'small' }));
    expect((await download(url)).bytes.equals(bytes)).toBe(true);
    const image = await api.call('GET', `/storage/files/${fileId}/image`, { query: { w: 320 } });
    expect(image.status).toBe(200);

    problem(await api.rescan(fileId), 403, 'forbidden');
    ok(await admin.rescan(fileId));
    const scanned = await eventually('the scan of the file is noted', async () => {
      const { scan, status } = ok(await api.file(fileId));
      return status === 'ready' && scan && scan;
    });
    expect(scanned.engine).toEqual(expect.any(String));

    await becomesMalware(engine, bytes);
    ok(await admin.rescan(fileId));

    const file = await untilWithdrawn(api, fileId);
    expect(file).toMatchObject({ status: 'rejected', reason: 'malware_found' });
    expect(file.withdrawals).toEqual([
      { version: 1, threat: expect.any(String), engine: scanned.engine, at: expect.any(String) },
    ]);
    problem(await api.downloadUrl(fileId), 409, 'upload_state_conflict');
    problem(await api.publicUrl(fileId), 404, 'not_found');
    problem(await admin.rescan(fileId), 409, 'upload_state_conflict');
    await eventually('its bytes are gone', async () => {
      const left = [
        ...(await versionsOf(engine, 'library', tenantId)),
        ...(await versionsOf(engine, 'derived', tenantId)),
      ];
      return left.length === 0;
    });
    for (const old of [url, smallUrl]) expect((await fetch(old)).status).toBeGreaterThanOrEqual(400);
    expect(await usageOf(api)).toEqual(noUsage);

    expect(await eventsOf(api, fileId)).toContain('file.withdrawn');
    const record = await untilRecorded(admin, 'file.withdrawn');
    expect(record).toMatchObject({ fileId, outcome: 'refused', risk: 1, factors: ['malware_found'] });
    const alert = await untilRecorded(admin, 'security.alert');
    expect(alert.data).toMatchObject({ about: 'file.withdrawn', fileId });
  });

  it('gives its place to the version before it, which was clean', async () => {
    const { api, admin } = await family();
    const [clean, infected] = [randomBytesOf(3_000), randomBytesOf(4_000, randomUUID())];
    const request = octets(clean.length, { filename: 'a.bin' });
    const fileId = await upload(api, request, clean);
    await untilStatus(api, fileId, 'ready');
    await upload(api, { ...octets(infected.length, { filename: 'a.bin' }), onConflict: 'replace' }, infected);
    await eventually('the second content is there', async () => ok(await api.file(fileId)).version === 2);

    await becomesMalware(engine, infected);
    ok(await admin.rescan(fileId));

    await untilWithdrawn(api, fileId);
    const file = await untilStatus(api, fileId, 'ready');
    expect(file.version).toBe(3);
    expect((await download(ok(await api.downloadUrl(fileId)).url)).bytes.equals(clean)).toBe(true);
    expect(await usageOf(api)).toEqual(storedUsage(clean.length));
  });

  it('stays under a legal hold as bytes that nobody can read any more', async () => {
    const { api, admin, tenantId } = await family();
    const bytes = randomBytesOf(5_000, randomUUID());
    const fileId = await upload(api, octets(bytes.length), bytes);
    await untilStatus(api, fileId, 'ready');
    const { url } = ok(await api.downloadUrl(fileId));
    ok(await admin.call('PUT', `/storage/files/${fileId}/legal-hold`, { body: { hold: true, reason: 'x' } }));

    await becomesMalware(engine, bytes);
    ok(await admin.rescan(fileId));

    expect((await untilWithdrawn(api, fileId)).status).toBe('rejected');
    await eventually('its old URL opens nothing', async () => (await fetch(url)).status >= 400);
    expect(await versionsOf(engine, 'library', tenantId)).toHaveLength(1);
  });
});
