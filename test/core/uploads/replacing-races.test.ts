import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { renameFile } from '../../../lambdas/core/files/place.ts';
import { purgeFile } from '../../../lambdas/core/files/purge.ts';
import { deleteFile } from '../../../lambdas/core/files/trash.ts';
import { restoreVersion } from '../../../lambdas/core/files/versions.ts';
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
const replacing = (size: number) => ({ ...request, size, onConflict: 'replace' as const });

const fileOf = (world: World): FileRecord => {
  const [file] = [...world.table.files.values()];
  if (!file) throw new Error('there is no file');
  return file;
};
const filesDeps = (world: World) => ({
  ...world.dispatching,
  queues: world.sweeping.queues,
  names: { segmentMaxBytes: 255, pathMaxBytes: 1_024 },
});

/** A stored file, and the bytes of a replacement at S3. */
async function replacementUploaded(size: number) {
  const world = new World();
  const first = await initiateUpload(world.uploads, alice, { ...request, size: 10 });
  world.s3.put({ tenantId: 'acme', ...first }, new Uint8Array(10));
  await world.deliver();
  const upload = await initiateUpload(world.uploads, alice, replacing(size));
  const ref = { tenantId: 'acme', fileId: upload.fileId, uploadId: upload.uploadId };
  const session = await world.table.port.session(ref);
  const numbers = Array.from({ length: upload.totalParts }, (_, index) => index + 1);
  if (upload.totalParts === 1) world.s3.put(ref, new Uint8Array(size));
  else for (const n of numbers) world.s3.putPart(session?.multipartId, n, partLength(size, upload, n));
  const parts = numbers.map((partNumber) => ({ partNumber, etag: `part-${partNumber}` }));
  return { world, ref, parts };
}

/** The file serves what its record points at, at any moment. */
const expectServed = (world: World): void => {
  expect(world.s3.library.has(fileOf(world).libraryVersionId ?? '')).toBe(true);
};

describe('a replacement', () => {
  it.each([20, 6 * MiB])(
    'is promoted or comes to nothing, once, when abort, complete, sweep and S3 race (%i bytes)',
    async (size) => {
      await inEveryOrder(async (scheduler) => {
        const { world, ref, parts } = await replacementUploaded(size);
        world.pass(3_600);
        interleave(world, scheduler);
        const events = world.s3.landed.splice(0);
        await race(scheduler, [
          () => abortUpload(world.uploads, alice, ref.fileId),
          () => completeUpload(world.uploads, alice, ref.fileId, parts),
          () => world.sweep(),
          ...events.map((event) => () => dispatch(world.dispatching, event)),
        ]);
        expectServed(world);
        calm(world);
        await world.settle();
        const file = fileOf(world);
        expect([file.version, file.size, file.versionsBytes ?? 0]).toEqual(
          file.replacement ? [1, 10, 0] : [2, size, 10],
        );
        expectConsistent(world);
      });
    },
  );

  it('is promoted once from an event that comes three times, each inspected at once', async () => {
    await inEveryOrder(async (scheduler) => {
      const { world } = await replacementUploaded(20);
      const [event] = world.s3.landed.splice(0);
      if (!event) throw new Error('S3 sent no event');
      interleave(world, scheduler);
      const handle = async () => {
        await dispatch(world.dispatching, event);
        await inspect(world.inspecting, event);
      };
      await race(scheduler, [handle, handle, handle]);
      calm(world);
      await world.settle();
      expect(fileOf(world)).toMatchObject({ version: 2, size: 20, versionsBytes: 10, status: 'ready' });
      expect([...world.table.versions.keys()]).toHaveLength(1);
      expect(world.s3.library.size).toBe(2);
      expect(world.table.events.filter(({ type }) => type === 'file.stored')).toHaveLength(2);
      expectConsistent(world);
    });
  });

  it('keeps its place when the file is renamed meanwhile, and stands in the way of its deletion', async () => {
    await inEveryOrder(async (scheduler) => {
      const { world, ref } = await replacementUploaded(20);
      const events = world.s3.landed.splice(0);
      interleave(world, scheduler);
      const target = { fileId: ref.fileId };
      const [, renamed, trashed, purged] = await race(scheduler, [
        async () => {
          for (const event of events) {
            await dispatch(world.dispatching, event);
            await inspect(world.inspecting, event);
          }
        },
        () => renameFile(filesDeps(world), alice, target, { newFilename: 'b.bin' }),
        () => deleteFile(filesDeps(world), alice, target),
        () => purgeFile(filesDeps(world), alice, target),
      ]);
      calm(world);
      await world.settle();
      const file = fileOf(world);
      for (const deletion of [trashed, purged]) {
        if (deletion?.status === 'rejected') {
          expect(['file_locked', 'upload_state_conflict', 'not_found']).toContain(deletion.reason.code);
        } else expect(file.version).toBe(2);
      }
      if (renamed?.status === 'fulfilled') expect(file.filename).toBe('b.bin');
      expect(world.table.counter('acme').committedBytes).toBe(file.status === 'purged' ? 0 : 30);
      expect(world.table.counter('acme').reservedBytes).toBe(0);
    });
  });
});

describe('two uploads that are to replace one file at the same moment', () => {
  it('become one replacement; the other is told that the file is locked', async () => {
    await inEveryOrder(async (scheduler) => {
      const world = new World();
      const first = await initiateUpload(world.uploads, alice, { ...request, size: 10 });
      world.s3.put({ tenantId: 'acme', ...first }, new Uint8Array(10));
      await world.deliver();
      interleave(world, scheduler);
      const start = () => initiateUpload(world.uploads, alice, replacing(20));
      const outcomes = await race(scheduler, [start, start, start]);
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(refused.map(({ reason }) => reason.code)).toEqual(['file_locked', 'file_locked']);
      expect(world.table.counter('acme/alice')).toEqual({
        committedBytes: 30,
        committedFiles: 1,
        reservedBytes: 20,
        reservedFiles: 0,
        openUploads: 1,
      });
      calm(world);
      await world.settle();
      expectConsistent(world);
    });
  });

  it('are one and the same upload when they carry one idempotency key', async () => {
    await inEveryOrder(async (scheduler) => {
      const world = new World();
      const first = await initiateUpload(world.uploads, alice, { ...request, size: 10 });
      world.s3.put({ tenantId: 'acme', ...first }, new Uint8Array(10));
      await world.deliver();
      interleave(world, scheduler);
      const start = () =>
        initiateUpload(world.uploads, alice, replacing(20), { key: 'K', bodyHash: 'H' }).then(
          ({ uploadId }) => uploadId,
        );
      const outcomes = await race(scheduler, [start, start, start]);
      const ids = outcomes.map((outcome) =>
        outcome.status === 'fulfilled' ? outcome.value : outcome.reason.message,
      );
      expect(new Set(ids).size).toBe(1);
    });
  });
});

/** What a client, the queues and time may do to one file, in any order. */
const steps = [
  ...(['stored', 'stored', 'restore', 'restore', 'crash', 'crash'] as const),
  ...(['uploaded', 'wrong size', 'abort', 'deliver', 'sweep', 'wait'] as const),
] as const;

describe('any history of one name', () => {
  it('ends with exact counters, every kept version and nothing else, whichever calls fail', async () => {
    const step = fc.tuple(fc.constantFrom(...steps), fc.nat({ max: 40 }));
    const history = fc.array(step, { minLength: 5, maxLength: 20 });
    let versions = 0;
    await fc.assert(
      fc.asyncProperty(history, async (list) => {
        const world = new World();
        let failing = 0;
        world.around = async (call, run) => {
          failing -= 1;
          if (failing !== 0) return run();
          throw new Error(`failed at ${call}`);
        };
        const act = async (step: (typeof steps)[number], n: number): Promise<unknown> => {
          const [file] = [...world.table.files.values()];
          if (step === 'crash') failing = n + 1;
          if (step === 'wait') world.pass(n * 600);
          if (step === 'deliver') return world.deliver();
          if (step === 'sweep') return world.sweep();
          if (step === 'abort' && file) return abortUpload(world.uploads, alice, file.fileId);
          if (step === 'restore' && file) {
            const target = { fileId: file.fileId };
            return restoreVersion(filesDeps(world), alice, target, (n % file.version) + 1);
          }
          if (step !== 'uploaded' && step !== 'stored' && step !== 'wrong size') return undefined;
          const size = n + 1;
          const upload = await initiateUpload(world.uploads, alice, replacing(size));
          const bytes = new Uint8Array(step === 'wrong size' ? size + 1 : size);
          world.s3.put({ tenantId: 'acme', ...upload }, bytes);
          return step === 'stored' ? world.deliver() : undefined;
        };
        for (const [step, n] of list) {
          await act(step, n).catch(() => undefined);
          for (const file of world.table.files.values()) {
            if (file.accounting === 'used') expectServedBy(world, file);
          }
        }
        failing = 0;
        await world.settle();
        expectConsistent(world);
        const [file] = [...world.table.files.values()].filter(({ accounting }) => accounting === 'used');
        const numbers = [...world.table.versions.values()].map(({ version }) => version);
        versions += numbers.length;
        expect(new Set([...numbers, file?.version]).size).toBe(numbers.length + 1);
      }),
      { numRuns: 500 },
    );
    expect(versions, 'kept in all histories together').toBeGreaterThan(200);
  });
});

const expectServedBy = (world: World, file: FileRecord): void => {
  expect(world.s3.library.get(file.libraryVersionId ?? '')).toBe(file.fileId);
};
