import { describe, expect, it } from 'vitest';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { dispatch } from '../../../lambdas/core/intake/dispatch.ts';
import { sweep } from '../../../lambdas/core/sweep/sweep.ts';
import { abortUpload } from '../../../lambdas/core/uploads/abort.ts';
import { completeUpload } from '../../../lambdas/core/uploads/complete.ts';
import { beat } from '../../../lambdas/core/uploads/heartbeat.ts';
import { initiateUpload } from '../../../lambdas/core/uploads/initiate.ts';
import { partLength } from '../../../lambdas/core/uploads/part-plan.ts';
import { expectConsistent } from '../../support/consistency.ts';
import { caller } from '../../support/domain.ts';
import { World } from '../../support/world.ts';

const alice = caller();
const MiB = 1024 ** 2;
const days = 86_400;
const request = { path: '/', filename: 'a.bin', mimeType: 'application/octet-stream' };

async function opened(size: number) {
  const world = new World();
  const upload = await initiateUpload(world.uploads, alice, { ...request, size });
  const ref = { tenantId: 'acme', fileId: upload.fileId, uploadId: upload.uploadId };
  const session = await world.table.port.session(ref);
  const putPart = (n: number) => world.s3.putPart(session?.multipartId, n, partLength(size, upload, n));
  const status = () => world.table.files.get(`acme/${ref.fileId}`)?.status;
  return { world, ref, upload, putPart, status };
}

describe('the sweep', () => {
  it('expires what nobody touches and leaves no trace of it', async () => {
    const { world, status } = await opened(12 * MiB);
    world.pass(20 * 60);
    expect((await world.sweep()).actions).toMatchObject({ expired: 1 });
    expect(status()).toBe('expired');
    await world.settle();
    expectConsistent(world);
  });

  it('lets a slow client live that sends parts but never calls the API', async () => {
    const { world, putPart, status } = await opened(50 * MiB);
    for (let n = 1; n <= 8; n += 1) {
      world.pass(14 * 60);
      putPart(n);
      world.pass(60);
      expect((await world.sweep()).actions).toMatchObject({ still_alive: 1 });
    }
    expect(status()).toBe('uploading');
  });

  it('lets a client live that sends heartbeats, and ends it after two hours without a part', async () => {
    const { world, ref, status } = await opened(12 * MiB);
    for (let minute = 0; minute < 119; minute += 10) {
      await beat(world.uploads, alice, ref.fileId);
      world.pass(600);
      await world.sweep();
    }
    expect(status()).toBe('expired');
  });

  it('finishes a single PUT whose event was lost instead of expiring it', async () => {
    const { world, ref, status } = await opened(10);
    world.s3.put(ref, new Uint8Array(10));
    world.s3.landed.splice(0);
    world.pass(20 * 60);
    expect((await world.sweep()).actions).toMatchObject({ landed_dispatched: 1 });
    await world.deliver();
    expect(status()).toBe('ready');
    expectConsistent(world);
  });

  it('carries out a completion that was claimed and forgotten', async () => {
    const { world, upload, putPart, status } = await opened(12 * MiB);
    for (const n of [1, 2, 3]) putPart(n);
    const parts = [1, 2, 3].map((partNumber) => ({ partNumber, etag: `"part-${partNumber}"` }));
    world.around = (call, run) =>
      call === 's3.completeMultipart' ? Promise.reject(new Error('down')) : run();
    await completeUpload(world.uploads, alice, upload.fileId, parts).catch(() => undefined);
    world.around = (_call, run) => run();
    world.pass(20 * 60);
    expect((await world.sweep()).actions).toMatchObject({ sent_again: 1 });
    await world.deliver();
    expect(status()).toBe('ready');
    expectConsistent(world);
  });

  it('ends a completion that S3 has forgotten when its time is over, so that no slot is held for good', async () => {
    const { world, upload, putPart, status } = await opened(12 * MiB);
    for (const n of [1, 2, 3]) putPart(n);
    const parts = [1, 2, 3].map((partNumber) => ({ partNumber, etag: `part-${partNumber}` }));
    world.around = (call, run) =>
      call === 's3.completeMultipart' ? Promise.reject(new Error('down')) : run();
    await completeUpload(world.uploads, alice, upload.fileId, parts).catch(() => undefined);
    world.around = (_call, run) => run();
    world.s3.uploads.clear();
    world.pass(8 * days);
    await world.sweep();
    expect(status()).toBe('expired');
    expectConsistent(world);
  });

  it('keeps bytes of a completion that was accepted in time, however late their event comes', async () => {
    const { world, upload, putPart, status } = await opened(12 * MiB);
    for (const n of [1, 2, 3]) putPart(n);
    const parts = [1, 2, 3].map((partNumber) => ({ partNumber, etag: `part-${partNumber}` }));
    await completeUpload(world.uploads, alice, upload.fileId, parts);
    world.pass(8 * days);
    await world.deliver();
    expect(status()).toBe('ready');
  });

  it('ends as expired what it began to expire, even when another run finishes it', async () => {
    const { world, status } = await opened(12 * MiB);
    world.pass(20 * 60);
    world.around = (call, run) => (call === 'store.commit' ? Promise.reject(new Error('crash')) : run());
    expect((await world.sweep()).actions).toMatchObject({ failed: 1 });
    world.around = (_call, run) => run();
    await world.sweep();
    expect(status()).toBe('expired');
  });

  it('goes on with the others when one item fails, and reports it', async () => {
    const { world } = await opened(12 * MiB);
    await initiateUpload(world.uploads, alice, { ...request, filename: 'b.bin', size: 12 * MiB });
    world.pass(20 * 60);
    const failed: string[] = [];
    let first = true;
    world.around = (call, run) => {
      const fails = call === 's3.abortMultipart' && first;
      if (fails) first = false;
      return fails ? Promise.reject(new Error('S3 is down')) : run();
    };
    const deps = { ...world.sweeping, onFailure: (item: { kind: string }) => failed.push(item.kind) };

    expect((await sweep(deps)).actions).toMatchObject({ failed: 1, expired: 1 });
    expect(failed).toEqual(['session']);
  });
});

describe('bytes that nobody waits for', () => {
  it('are deleted when they come after an abort, and count nowhere', async () => {
    const { world, ref } = await opened(10);

    await abortUpload(world.uploads, alice, ref.fileId);
    world.s3.put(ref, new Uint8Array(10));
    const [event] = world.s3.landed.splice(0);
    expect(event && (await dispatch(world.dispatching, event))).toBe('deleted');
    expectConsistent(world);
  });

  it('are deleted when no such file was ever asked for', async () => {
    const world = new World();
    world.s3.put({ tenantId: 'acme', fileId: 'X', uploadId: 'Y' }, new Uint8Array(3));
    await world.deliver();
    expect(world.s3.objects).toBe(0);
  });
});

describe('a file that does not move on', () => {
  const minutes = 60;
  const due = 16 * minutes;

  async function landed() {
    const found = await opened(10);
    found.world.s3.put(found.ref, new Uint8Array(10));
    return found;
  }

  it('is held after its inspection was sent again in vain for as often as is allowed', async () => {
    const { world, status } = await landed();
    const { around } = world;
    world.around = (call, run) => {
      if (call === 'intake.facts') throw new Error('always');
      return run();
    };
    const [event] = world.s3.landed.splice(0);
    if (event) await dispatch(world.dispatching, event);
    await world.deliver().catch(() => undefined);
    for (let n = 0; n < 12; n += 1) {
      world.pass(due);
      await world.sweep();
      world.messages.inspect.splice(0);
    }
    expect(status()).toBe('held');
    world.around = around;
  });

  it('that waits for its turn is sent again ever more rarely, so that a backlog does not grow by itself', async () => {
    const { world, status } = await landed();
    const [event] = world.s3.landed.splice(0);
    if (event) await dispatch(world.dispatching, event);
    world.messages.inspect.splice(0);
    for (let minutes = 0; minutes < 24 * 60; minutes += 10) {
      world.pass(600);
      await world.sweep();
    }
    // After 15 and 30 minutes, 1, 2, 4, 8 and 16 hours.
    expect(world.messages.inspect).toHaveLength(7);
    expect(status()).toBe('uploaded');
  });

  it('that waits for its worker is never given up, however long the backlog', async () => {
    const { world, ref, status } = await landed();
    await world.deliver();
    const file = world.table.files.get(`acme/${ref.fileId}`) as FileRecord;
    const waiting = { ...file, status: 'stored', mimeType: 'image/png', dueAt: world.now() } as const;
    world.table.files.set(`acme/${ref.fileId}`, waiting);
    for (let hours = 0; hours < 10 * 24; hours += 8) {
      world.pass(8 * 3_600 + 1);
      expect((await world.sweep()).actions).toMatchObject({ sent_again: 1 });
    }
    expect(status()).toBe('stored');
    expect(world.messages.process).toHaveLength(30);
  });

  it('ends as unscannable when no scan has released it within its time, and gives everything back', async () => {
    const { world, status } = await landed();
    world.scan = 'unavailable';
    await world.deliver();
    expect(status()).toBe('held');
    world.pass(13 * days);
    await world.sweep();
    expect(status()).toBe('held');
    world.pass(2 * days);
    expect((await world.sweep()).actions).toMatchObject({ given_up: 1 });
    expect(status()).toBe('rejected');
    expectConsistent(world);
  });
});
