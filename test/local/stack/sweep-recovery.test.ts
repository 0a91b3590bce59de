import { AbortMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { describe, expect, inject, it } from 'vitest';
import { intakeKey } from '../../../lambdas/contract/storage-keys.ts';
import { sha256 as digest } from '../../../lambdas/runtime/digest.ts';
import { ok } from '../../support/api.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { corners } from '../../support/images.ts';
import { type Queue, takeMessages, whilePaused } from '../../support/pipeline.ts';
import { ageSessions, makeFileDue, minutesAgo, runSweep, sessionOf } from '../../support/sweeping.ts';
import { createTenant, noUsage, storedUsage, type TestTenant, usageOf } from '../../support/tenants.ts';
import {
  eventsOf,
  MiB,
  multipartUploadsOf,
  octets,
  putParts,
  randomBytesOf,
  untilStatus,
  upload,
  uploadText,
  versionsOf,
} from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const size = 6 * MiB;
const bytes = randomBytesOf(size);

/** Leaves the session of a file as a crash would have left it, a while ago. */
const leave = async ({ tenantId }: TestTenant, fileId: string, fields: Parameters<typeof ageSessions>[2]) =>
  ageSessions(engine, [await sessionOf(engine, tenantId, fileId)], fields);

const stale = () => ({ lastActivityAt: minutesAgo(20), lastProgressAt: minutesAgo(20) });

/** The messages of a queue that are about the tenant are lost. */
const losing = <T>(
  queue: Queue,
  { tenantId }: TestTenant,
  count: number,
  work: () => Promise<T>,
): Promise<T> =>
  whilePaused(engine, queue, async () => {
    const result = await work();
    await takeMessages(engine, queue, tenantId, count);
    return result;
  });

describe('a session that a crash left', () => {
  it('in `aborting` is ended: S3 forgets the parts, slot and quota are back', async () => {
    const tenant = await createTenant(engine);
    const started = ok(await tenant.api.initiate(octets(size)));
    await putParts(started, started.parts.slice(0, 1), bytes);
    await leave(tenant, started.fileId, { phase: 'aborting' });

    expect(await runSweep(engine)).toMatchObject({ abort_finished: 1 });

    expect(ok(await tenant.api.file(started.fileId)).status).toBe('aborted');
    expect(await multipartUploadsOf(engine, tenant.tenantId)).toEqual([]);
    expect(await usageOf(tenant.api)).toEqual(noUsage);
  });

  it('in `opening`, before S3 gave an id, expires', async () => {
    const tenant = await createTenant(engine);
    const started = ok(await tenant.api.initiate(octets(size)));
    await forgetMultipartUpload(tenant, started);
    await leave(tenant, started.fileId, { phase: 'opening', multipartId: undefined, ...stale() });

    expect(await runSweep(engine)).toMatchObject({ expired: 1 });

    expect(ok(await tenant.api.file(started.fileId)).status).toBe('expired');
    expect(await usageOf(tenant.api)).toEqual(noUsage);
  });

  it('in `completing`, before S3 was asked, is completed', async () => {
    const tenant = await createTenant(engine);
    const started = ok(await tenant.api.initiate(octets(size)));
    const parts = await putParts(started, started.parts, bytes);
    const partsDigest = digest(parts.map((part) => `${part.partNumber}:${part.etag}`).join('\n'));
    await leave(tenant, started.fileId, { phase: 'completing', partsDigest });

    expect(await runSweep(engine)).toMatchObject({ sent_again: 1 });

    await untilStatus(tenant.api, started.fileId, 'ready');
    expect(await usageOf(tenant.api)).toEqual(storedUsage(size));
  });

  it('in `completing`, after S3 was done but its event was lost, is found', async () => {
    const tenant = await createTenant(engine);
    const fileId = await losing('Intake', tenant, 1, () => upload(tenant.api, octets(size), bytes));
    await leave(tenant, fileId, {});

    expect(await runSweep(engine)).toMatchObject({ landed_dispatched: 1 });

    await untilStatus(tenant.api, fileId, 'ready');
    expect(await usageOf(tenant.api)).toEqual(storedUsage(size));
  });

  it('in `completing` with parts that changed since opens again', async () => {
    const tenant = await createTenant(engine);
    const started = ok(await tenant.api.initiate(octets(size)));
    const parts = await putParts(started, started.parts, bytes);
    await leave(tenant, started.fileId, { phase: 'completing', partsDigest: 'of other parts' });

    await runSweep(engine);

    await eventually(
      'the session is open again',
      async () => (await sessionOf(engine, tenant.tenantId, started.fileId)).phase === 'open',
    );
    ok(await tenant.api.complete(started.fileId, parts));
    await untilStatus(tenant.api, started.fileId, 'ready');
  });
});

describe('a message that was lost', () => {
  it('of S3 about a single PUT: the sweep asks S3 before it expires anything', async () => {
    const tenant = await createTenant(engine);
    const fileId = await losing('Intake', tenant, 1, () => uploadText(tenant.api, 'landed unseen'));
    await leave(tenant, fileId, stale());

    expect(await runSweep(engine)).toMatchObject({ landed_dispatched: 1 });

    await untilStatus(tenant.api, fileId, 'ready');
    expect(await eventsOf(tenant.api, fileId)).toEqual([
      'file.initiated',
      'file.uploaded',
      'file.stored',
      'file.processing',
      'file.ready',
    ]);
  });

  it('to the inspection is sent again', async () => {
    const tenant = await createTenant(engine);
    const fileId = await losing('Inspect', tenant, 1, () => uploadText(tenant.api, 'never inspected'));
    expect(ok(await tenant.api.status(fileId)).status).toBe('uploaded');
    await makeFileDue(engine, tenant.tenantId, fileId);

    expect(await runSweep(engine)).toMatchObject({ sent_again: 1 });

    await untilStatus(tenant.api, fileId, 'ready');
  });

  it('to the image worker is sent again', async () => {
    const tenant = await createTenant(engine);
    const picture = await corners(300, 200);
    const fileId = await losing('Images', tenant, 1, () =>
      upload(tenant.api, { path: '/', filename: 'a.png', mimeType: 'image/png' }, picture),
    );
    expect(ok(await tenant.api.status(fileId)).status).toBe('stored');
    await makeFileDue(engine, tenant.tenantId, fileId);

    expect(await runSweep(engine)).toMatchObject({ sent_again: 1 });

    expect((await untilStatus(tenant.api, fileId, 'ready')).renditions).toHaveLength(4);
  });

  it('to remove the bytes of a purged file is sent again', async () => {
    const tenant = await createTenant(engine);
    const fileId = await uploadText(tenant.api, 'to be removed');
    await untilStatus(tenant.api, fileId, 'ready');
    await losing('Purge', tenant, 1, async () => ok(await tenant.api.deleteFile(fileId)));
    expect(await versionsOf(engine, 'library', tenant.tenantId)).toHaveLength(1);
    await makeFileDue(engine, tenant.tenantId, fileId);

    expect(await runSweep(engine)).toMatchObject({ sent_again: 1 });

    await eventually(
      'the bytes are gone',
      async () => (await versionsOf(engine, 'library', tenant.tenantId)).length === 0,
    );
  });
});

/** As if S3 had never been asked for a multipart upload. */
async function forgetMultipartUpload(
  { tenantId }: TestTenant,
  { fileId, uploadId }: { fileId: string; uploadId: string },
): Promise<void> {
  const Bucket = engine.stack.buckets.intake;
  const Key = intakeKey({ tenantId, fileId, uploadId });
  const { Uploads = [] } = await engine.s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
  for (const { UploadId } of Uploads) {
    await engine.s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  }
}
