import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { setLegalHold } from '../../../lambdas/core/files/legal-hold.ts';
import { purgeFile, removeBytes } from '../../../lambdas/core/files/purge.ts';
import { availableStatuses, type Status } from '../../../lambdas/core/files/status.ts';
import { deleteFile, restoreFile } from '../../../lambdas/core/files/trash.ts';
import { defaultPresets, type RenditionPreset } from '../../../lambdas/core/images/presets.ts';
import { presetRecipe } from '../../../lambdas/core/images/recipes.ts';
import { caller } from '../../support/domain.ts';
import { Shelf } from '../../support/shelf.ts';

const day = 86_400;
const alice = caller();
const admin = caller({ user: { userId: 'root', role: 'admin' } });
const F1 = { fileId: 'F1' };
const withCode = (code: string) => expect.objectContaining({ code });
const inPolicy = (policy: Partial<typeof alice.policy>) => ({
  ...alice,
  policy: { ...alice.policy, ...policy },
});
const ready = { name: 'small', status: 'ready', key: 'R' } as const;
const recipe = presetRecipe(defaultPresets[0] as RenditionPreset);
const pending = { name: 'small', status: 'pending', recipe } as const;

describe('the trash', () => {
  it.each(availableStatuses)('takes a %s file and gives it back as it was', async (status) => {
    const shelf = new Shelf();
    const renditions = { small: status === 'ready' ? ready : pending };
    const before = shelf.put({
      status,
      renditions,
      tags: ['a'],
      ...(status === 'failed' && { reason: 'r' }),
    });
    await deleteFile(shelf.changing, alice, F1);
    expect(shelf.get()).toMatchObject({
      status: 'deleted',
      deletedFrom: status,
      deletedAt: shelf.at,
      purgeAt: '2026-12-20T12:00:00.000Z',
      dueAt: '2026-12-20T12:00:00.000Z',
    });
    shelf.pass(29 * day);
    const restored = await restoreFile(shelf.changing, alice, F1);
    const { dueAt: _dueAt, ...rest } = restored;
    expect(rest).toEqual({ ...before, revision: 3, updatedAt: shelf.at });
    expect(shelf.table.events.map(({ type }) => type)).toEqual(['file.deleted', 'file.restored']);
    // What was waiting for a worker waits for it again.
    const waits = status === 'stored' || status === 'processing';
    expect(shelf.messages.process).toHaveLength(Number(waits));
    expect(restored.dueAt !== undefined).toBe(waits);
  });

  it('frees the name at once and the quota only when it forgets', async () => {
    const shelf = new Shelf();
    shelf.put({ size: 700 });
    await deleteFile(shelf.changing, alice, F1);
    expect(shelf.table.names.size).toBe(0);
    expect(shelf.table.counter('acme')).toMatchObject({ committedBytes: 700, committedFiles: 1 });
    shelf.pass(30 * day);
    expect((await shelf.sweep()).actions.purged).toBe(1);
    expect(shelf.get().status).toBe('purged');
    expect(shelf.table.counter('acme')).toMatchObject({ committedBytes: 0, committedFiles: 0 });
  });

  it('forgets nothing a moment too early, and gives nothing back a moment too late', async () => {
    const shelf = new Shelf();
    shelf.put();
    await deleteFile(shelf.changing, alice, F1);
    shelf.pass(30 * day - 1);
    expect((await shelf.sweep()).actions.purged).toBeUndefined();
    shelf.pass(1);
    await expect(restoreFile(shelf.changing, alice, F1)).rejects.toEqual(withCode('upload_state_conflict'));
  });

  it('gives back under a number where the name is taken meanwhile', async () => {
    const shelf = new Shelf();
    shelf.put();
    await deleteFile(shelf.changing, alice, F1);
    shelf.put({ fileId: 'F2' });
    await expect(restoreFile(shelf.changing, alice, F1)).rejects.toEqual(withCode('name_conflict'));
    const restored = await restoreFile(shelf.changing, alice, F1, { onConflict: 'rename' });
    expect(restored).toMatchObject({ filename: 'photo (2).jpg', status: 'ready' });
  });

  it('takes a file once and gives it back once', async () => {
    const shelf = new Shelf();
    shelf.put();
    await deleteFile(shelf.changing, alice, F1);
    await deleteFile(shelf.changing, alice, F1);
    await restoreFile(shelf.changing, alice, F1);
    await expect(restoreFile(shelf.changing, alice, F1)).rejects.toEqual(withCode('upload_state_conflict'));
    expect(shelf.table.events).toHaveLength(2);
  });

  it('of a tenant that keeps none removes for good at once', async () => {
    const shelf = new Shelf();
    shelf.put();
    await deleteFile(shelf.changing, inPolicy({ trashDays: 0 }), F1);
    expect(shelf.get().status).toBe('purged');
    expect(shelf.purged).toEqual(['F1']);
  });

  it.each<Status>(['rejected', 'aborted', 'expired'])(
    'is not for a %s file, which goes for good',
    async (status) => {
      const shelf = new Shelf();
      shelf.put({ status, accounting: 'none' });
      await deleteFile(shelf.changing, alice, F1);
      expect(shelf.get().status).toBe('purged');
    },
  );

  it.each<[Status, string]>([
    ['uploading', 'Abort'],
    ['uploaded', 'hard=true'],
    ['inspecting', 'hard=true'],
    ['held', 'hard=true'],
  ])('refuses a file that is %s, and says what to do: %s', async (status, advice) => {
    const shelf = new Shelf();
    shelf.put({ status, accounting: 'reserved' });
    await expect(deleteFile(shelf.changing, alice, F1)).rejects.toThrow(advice);
    expect(shelf.get().status).toBe(status);
  });
});

describe('deletion, softly or for good,', () => {
  const ways = { deleteFile, purgeFile };
  const each = Object.entries(ways);

  it.each(each)('is refused under legal hold: %s', async (_name, remove) => {
    const shelf = new Shelf();
    shelf.put({ legalHold: { reason: 'r', since: shelf.at, by: 'root' } });
    for (const who of [alice, admin]) {
      await expect(remove(shelf.changing, who, F1)).rejects.toEqual(withCode('legal_hold'));
    }
  });

  it.each(each)('is refused until the retention is over, which it names: %s', async (_name, remove) => {
    const shelf = new Shelf();
    shelf.put();
    const kept = inPolicy({ retentionDays: 10 });
    shelf.pass(10 * day - 1);
    await expect(remove(shelf.changing, kept, F1)).rejects.toThrow('2026-11-30T12:00:00.000Z');
    shelf.pass(1);
    await remove(shelf.changing, kept, F1);
  });

  it.each(each)(
    'is refused while an upload replaces the content, not after it came to nothing: %s',
    async (_name, remove) => {
      const shelf = new Shelf();
      const replacement = { uploadId: 'U2', startedAt: shelf.at };
      shelf.put({ replacement });
      await expect(remove(shelf.changing, alice, F1)).rejects.toEqual(withCode('file_locked'));
      shelf.put({ fileId: 'F2', filename: 'b', replacement: { ...replacement, endedAs: 'aborted' } });
      await remove(shelf.changing, alice, { fileId: 'F2' });
    },
  );

  it.each(each)('honours If-Match: %s', async (_name, remove) => {
    const shelf = new Shelf();
    shelf.put();
    await expect(remove(shelf.changing, alice, { ...F1, ifMatch: '"2"' })).rejects.toEqual(
      withCode('precondition_failed'),
    );
    await remove(shelf.changing, alice, { ...F1, ifMatch: '"1"' });
  });
});

describe('a legal hold on a file of the trash', () => {
  it('keeps it there, and lets it be restored, for as long as it lasts', async () => {
    const shelf = new Shelf();
    shelf.put();
    await deleteFile(shelf.changing, alice, F1);
    await setLegalHold(shelf.changing, admin, F1, { hold: true, reason: 'r' });
    for (let days = 0; days < 40; days += 10) {
      shelf.pass(10 * day);
      await shelf.sweep();
    }
    expect(shelf.get().status).toBe('deleted');
    await setLegalHold(shelf.changing, admin, F1, { hold: false });
    await shelf.sweep();
    expect(shelf.get().status).toBe('purged');
  });
});

describe('the removal of a purged file', () => {
  it('takes bytes, versions, shares and record, and never those of a file that lives', async () => {
    const shelf = new Shelf();
    const live = shelf.put();
    const removed: string[] = [];
    const deps = {
      store: shelf.table.port,
      now: shelf.now,
      objects: {
        deleteEverything: async ({ fileId }: FileRecord) => {
          removed.push(fileId);
          return 'gone' as const;
        },
      },
    };
    expect(await removeBytes(deps, live)).toBe('ignored');
    await purgeFile(shelf.changing, alice, F1);
    expect(await removeBytes(deps, live)).toBe('removed');
    expect(await removeBytes(deps, live)).toBe('ignored');
    expect([removed, shelf.table.files.size]).toEqual([['F1'], 0]);
  });
});

it('a purged file below whose keys others have an object is looked at once more before it is forgotten', async () => {
  const shelf = new Shelf();
  const live = shelf.put({ spares: [{ key: 'K', versionId: 'V' }] });
  await purgeFile(shelf.changing, alice, F1);
  let looked = 0;
  const deps = {
    store: shelf.table.port,
    now: shelf.now,
    objects: {
      deleteEverything: async () => {
        looked += 1;
        return 'gone' as const;
      },
    },
  };
  expect(await removeBytes(deps, live)).toBe('spared');
  shelf.pass(3_600);
  expect(await removeBytes(deps, live)).toBe('removed');
  expect(looked).toBe(2);
});

type Step = 'delete' | 'restore' | 'purge' | 'hold' | 'release' | 'wait' | 'sweep';
const steps = fc.constantFrom<Step>('delete', 'restore', 'purge', 'hold', 'release', 'wait', 'sweep');
const scripts = fc.array(fc.tuple(steps, fc.nat({ max: 2 })), { maxLength: 40 });

describe('whatever is deleted, restored, held and purged in whatever order', () => {
  it('usage is exactly what is there, and every living file has its name', async () => {
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const shelf = new Shelf();
        // One of them with kept versions, which count with it.
        shelf.put({ size: 10 });
        shelf.put({ fileId: 'F2', filename: 'b', size: 200, versionsBytes: 5_000, version: 3 });
        shelf.put({ fileId: 'F3', filename: 'c', size: 30_000 });
        const run = {
          delete: (target: { fileId: string }) => deleteFile(shelf.changing, alice, target),
          restore: (target: { fileId: string }) =>
            restoreFile(shelf.changing, alice, target, { onConflict: 'rename' }),
          purge: (target: { fileId: string }) => purgeFile(shelf.changing, alice, target),
          hold: (target: { fileId: string }) =>
            setLegalHold(shelf.changing, admin, target, { hold: true, reason: 'r' }),
          release: (target: { fileId: string }) =>
            setLegalHold(shelf.changing, admin, target, { hold: false }),
          wait: async () => shelf.pass(16 * day),
          sweep: () => shelf.sweep(),
        };
        for (const [step, n] of script) {
          await run[step]({ fileId: `F${n + 1}` }).catch((error: { code?: string }) => {
            if (!error.code) throw error;
          });
        }
        const files = [...shelf.table.files.values()];
        const there = files.filter(({ status }) => status !== 'purged');
        const bytes = there.reduce((sum, { size, versionsBytes = 0 }) => sum + size + versionsBytes, 0);
        expect(shelf.table.counter('acme/alice')).toMatchObject({
          committedBytes: bytes,
          committedFiles: there.length,
          reservedBytes: 0,
        });
        const living = there.filter(({ status }) => status !== 'deleted').map(({ fileId }) => fileId);
        expect([...shelf.table.names.values()].sort()).toEqual(living.sort());
        for (const file of there) {
          expect(file.status === 'deleted').toBe(file.purgeAt !== undefined);
        }
      }),
      { numRuns: 300 },
    );
  });
});
