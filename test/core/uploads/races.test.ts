import { describe, expect, it } from 'vitest';
import { dispatch } from '../../../lambdas/core/intake/dispatch.ts';
import { inspect } from '../../../lambdas/core/intake/inspect.ts';
import { abortUpload } from '../../../lambdas/core/uploads/abort.ts';
import { completeUpload } from '../../../lambdas/core/uploads/complete.ts';
import { initiateUpload } from '../../../lambdas/core/uploads/initiate.ts';
import { partLength } from '../../../lambdas/core/uploads/part-plan.ts';
import { expectConsistent } from '../../support/consistency.ts';
import { caller } from '../../support/domain.ts';
import { calm, inEveryOrder, interleave, race } from '../../support/racing.ts';
import { World } from '../../support/world.ts';

const alice = caller();
const MiB = 1024 ** 2;
const request = { path: '/', filename: 'a.bin', mimeType: 'application/octet-stream' };

/** An upload whose bytes are at S3, with what every actor needs to race for it. */
async function uploaded(size: number) {
  const world = new World();
  const upload = await initiateUpload(world.uploads, alice, { ...request, size });
  const ref = { tenantId: 'acme', fileId: upload.fileId, uploadId: upload.uploadId };
  const numbers = Array.from({ length: upload.totalParts }, (_, index) => index + 1);
  const session = await world.table.port.session(ref);
  if (upload.totalParts === 1) world.s3.put(ref, new Uint8Array(size));
  for (const n of numbers) world.s3.putPart(session?.multipartId, n, partLength(size, upload, n));
  const parts = numbers.map((partNumber) => ({ partNumber, etag: `part-${partNumber}` }));
  return { world, ref, parts };
}

const slotsFreed = (world: World): number =>
  world.table.moves.filter((move) => move.openUploads === -1).length;
const reservationsEnded = (world: World): number =>
  world.table.moves.filter((move) => move.reservedFiles === -1).length;

describe('one slot and one reservation', () => {
  it.each([10, 6 * MiB])(
    'are given back exactly once when abort, complete, sweep and S3 race (%i bytes)',
    async (size) => {
      await inEveryOrder(async (scheduler) => {
        const { world, ref, parts } = await uploaded(size);
        world.pass(3_600);
        interleave(world, scheduler);
        const events = [...world.s3.landed.splice(0)];
        await race(scheduler, [
          () => abortUpload(world.uploads, alice, ref.fileId),
          () => completeUpload(world.uploads, alice, ref.fileId, parts),
          () => world.sweep(),
          ...events.map((event) => () => dispatch(world.dispatching, event)),
        ]);
        calm(world);
        await world.settle();
        expect(slotsFreed(world)).toBe(1);
        expect(reservationsEnded(world)).toBe(1);
        expectConsistent(world);
      });
    },
  );

  it('are given back exactly once when the owner aborts three times and the sweep comes twice', async () => {
    await inEveryOrder(async (scheduler) => {
      const { world, ref } = await uploaded(12 * MiB);
      world.pass(3_600);
      interleave(world, scheduler);
      const refused: unknown[] = [];
      const abort = () =>
        abortUpload(world.uploads, alice, ref.fileId).catch((error: unknown) => void refused.push(error));
      await race(scheduler, [abort, abort, abort, () => world.sweep(), () => world.sweep()]);
      expect(refused).toEqual([]);
      calm(world);
      await world.settle();
      expect(slotsFreed(world)).toBe(1);
      expectConsistent(world);
    });
  });
});

describe('one promotion', () => {
  it('follows from an event that S3 delivers three times, each inspected at once', async () => {
    await inEveryOrder(async (scheduler) => {
      const { world } = await uploaded(10);
      const [event] = world.s3.landed.splice(0);
      if (!event) throw new Error('S3 sent no event');
      interleave(world, scheduler);
      const handle = async () => {
        await dispatch(world.dispatching, event);
        await inspect(world.inspecting, event);
      };
      const outcomes = await race(scheduler, [handle, handle, handle]);
      expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
      calm(world);
      await world.settle();
      const [file] = [...world.table.files.values()];
      expect(file?.status).toBe('ready');
      expect([...world.s3.library.values()]).toEqual([file?.fileId]);
      expect(world.table.events.filter(({ type }) => type === 'file.stored')).toHaveLength(1);
      expectConsistent(world);
    });
  });

  it('takes the version that came first and deletes the other, whatever the order of their events', async () => {
    await inEveryOrder(async (scheduler) => {
      const { world, ref } = await uploaded(10);
      world.s3.put(ref, new Uint8Array(10).fill(1));
      const events = world.s3.landed.splice(0);
      interleave(world, scheduler);
      await race(
        scheduler,
        events.map((event) => () => dispatch(world.dispatching, event)),
      );
      calm(world);
      await world.settle();
      expect([...world.s3.library.values()]).toHaveLength(1);
      expectConsistent(world);
    });
  });
});

describe('an idempotency key', () => {
  it('makes one upload of three requests that run at the same time', async () => {
    await inEveryOrder(async (scheduler) => {
      const world = new World();
      interleave(world, scheduler);
      const initiate = () =>
        initiateUpload(world.uploads, alice, { ...request, size: 12 * MiB }, { key: 'K', bodyHash: 'H' });
      const outcomes = await race(scheduler, [initiate, initiate, initiate]);
      const ids = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      expect(new Set(ids.map((answer) => (answer as { fileId: string }).fileId)).size).toBe(1);
      expect(world.table.files.size).toBe(1);
      expect(world.table.counter('acme/alice').openUploads).toBe(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason.message).toContain('still running');
      }
    });
  });

  it('starts anew when S3 was down the first time', async () => {
    const world = new World();
    world.around = (call, run) => (call === 's3.createMultipart' ? Promise.reject(new Error('down')) : run());
    const initiate = () =>
      initiateUpload(world.uploads, alice, { ...request, size: 12 * MiB }, { key: 'K', bodyHash: 'H' });

    await expect(initiate()).rejects.toMatchObject({ code: 'storage_unavailable' });
    calm(world);
    const answer = await initiate();

    expect(world.table.files.get(`acme/${answer.fileId}`)?.status).toBe('uploading');
    expect(world.table.counter('acme/alice').openUploads).toBe(1);
  });

  it('answers 410 once its upload was aborted, and 422 for another body', async () => {
    const world = new World();
    const initiate = (bodyHash: string) =>
      initiateUpload(world.uploads, alice, { ...request, size: 10 }, { key: 'K', bodyHash });
    const { fileId } = await initiate('H');

    await expect(initiate('other')).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    await abortUpload(world.uploads, alice, fileId);
    await expect(initiate('H')).rejects.toMatchObject({ code: 'upload_aborted' });
  });
});
