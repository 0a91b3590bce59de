import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobRecord, JobResult } from '../../../lambdas/core/jobs/job.ts';
import { createReconciliation } from '../../../lambdas/core/quota/reconcile.ts';
import type { Usage } from '../../../lambdas/core/tenancy/quota.ts';
import { startOfTime } from '../../support/domain.ts';
import { MemoryQuota } from '../../support/memory-quota.ts';

const users = ['alice', 'bob', 'carol'];
const lagMaxMs = 1_000;
const callMs = 5;

const job: JobRecord = {
  tenantId: 'operators',
  jobId: 'J1',
  ownerId: 'root',
  actor: { kind: 'user', userId: 'root' },
  kind: 'reconcile',
  params: { tenantId: 'acme' },
  status: 'running',
  done: 0,
  failed: 0,
  steps: 0,
  attempts: 1,
  createdAt: startOfTime,
};

/** A tenant whose every read takes some time; `pause` lets others act in between. */
function world(pause: () => Promise<unknown> = async () => undefined, lagMs: () => number = () => 0) {
  let nowMs = Date.parse(startOfTime);
  const quota = new MemoryQuota(
    users,
    async () => {
      nowMs += callMs;
      await pause();
    },
    { now: () => nowMs, lagMs },
  );
  let drifted = 0;
  let ids = 0;
  const kind = createReconciliation({
    store: quota.store,
    now: () => new Date(nowMs).toISOString(),
    newId: () => `E${ids++}`,
    sleep: async (ms) => {
      nowMs += ms;
      await pause();
    },
    onDrift: (count) => {
      drifted += count;
    },
  });
  /** Runs the job to its end; its cursor is kept between steps as the table would keep it. */
  const reconcile = async (): Promise<JobResult[]> => {
    const results: JobResult[] = [];
    let cursor: unknown;
    for (let steps = 0; steps < 1_000; steps += 1) {
      const step = await kind.step({ ...job, ...(cursor !== undefined && { cursor }) });
      results.push(...step.results);
      if (step.finished) return results;
      cursor = JSON.parse(JSON.stringify(step.cursor));
    }
    throw new Error('reconciliation does not end');
  };
  return {
    quota,
    reconcile,
    drifted: () => drifted,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

interface UploadCase {
  readonly user: string;
  readonly size: number;
  readonly path: string;
  readonly end: 'reserved' | 'used' | 'none' | 'deleted';
}

const upload: fc.Arbitrary<UploadCase> = fc.record({
  user: fc.constantFrom(...users),
  size: fc.nat({ max: 1_000 }),
  path: fc.constantFrom('/', '/a', '/a/b', '/c'),
  end: fc.constantFrom<UploadCase['end']>('reserved', 'used', 'none', 'deleted'),
});

/** Uploads that look alike in the counters: two of them that are not listed yet look like one that is missing for good. */
const alike = fc
  .tuple(upload, fc.nat({ max: 40 }))
  .map(([one, idle]) => ({ ...one, idle, user: 'alice', size: 1, path: '/' }));

function runUpload(quota: MemoryQuota, fileId: string, { user, size, path, end }: UploadCase) {
  // As initiate does: the parents of a folder come with it.
  if (path === '/a/b') makeFolder(quota, user, '/a');
  makeFolder(quota, user, path);
  quota.reserve(user, fileId, size, path);
  if (end !== 'reserved' && end !== 'none') quota.account(fileId, 'used');
  if (end === 'none' || end === 'deleted') quota.account(fileId, 'none');
}

function makeFolder(quota: MemoryQuota, user: string, path: string): void {
  if (path === '/' || quota.folders.has(`${user}:${path}`)) return;
  const parent = quota.folder(user, path.slice(0, path.lastIndexOf('/')) || '/');
  quota.folder(user, path);
  parent.folders += 1;
  parent.revision += 1;
}

const fields = ['committedBytes', 'committedFiles', 'reservedBytes', 'reservedFiles', 'openUploads'] as const;
const drift = fc.record({
  of: fc.constantFrom(undefined, ...users),
  field: fc.constantFrom<keyof Usage>(...fields),
  by: fc.integer({ min: -500, max: 500 }).filter((by) => by !== 0),
});

const isRight = (quota: MemoryQuota) => {
  for (const of of [undefined, ...users]) expect(quota.kept(of)).toEqual(quota.truth(of));
};

describe('reconciliation', () => {
  it('changes nothing where every counter agrees with what is stored, and says so of each user', async () => {
    const { quota, reconcile, drifted } = world();
    runUpload(quota, 'F1', { user: 'alice', size: 10, path: '/a/b', end: 'used' });
    runUpload(quota, 'F2', { user: 'bob', size: 20, path: '/', end: 'reserved' });

    const results = await reconcile();

    expect(results).toEqual([...users, 'tenant'].map((subject) => ({ subject, outcome: 'skipped' })));
    expect(quota.events).toEqual([]);
    expect(drifted()).toBe(0);
  });

  it('finds and repairs any drift of any counter exactly, each with an event that says by how much', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(upload, { maxLength: 15 }),
        fc.array(drift, { maxLength: 4 }),
        async (uploads, drifts) => {
          const { quota, reconcile } = world();
          for (const [index, one] of uploads.entries()) runUpload(quota, `F${index}`, one);
          for (const { of, field, by } of drifts) quota.counter(of)[field] += by;
          const wrong = users.filter((user) =>
            fields.some((field) => quota.kept(user)[field] !== quota.truth(user)[field]),
          );

          const results = await reconcile();

          isRight(quota);
          const repairedUsers = results.filter(
            ({ subject, outcome }) => outcome === 'done' && users.includes(subject ?? ''),
          );
          expect(repairedUsers.map(({ subject }) => subject).sort()).toEqual(wrong);
          expect(
            quota.events
              .filter(({ data }) => data.of === 'user')
              .map(({ data }) => data.userId)
              .sort(),
          ).toEqual(wrong);
          expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('makes no false repair while uploads begin and end and listings lag behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(alike, { minLength: 1, maxLength: 12 }),
        fc.array(fc.constantFrom(0, lagMaxMs), { minLength: 1, maxLength: 12 }),
        async (scheduler, uploads, lags) => {
          let lagIndex = 0;
          const { quota, reconcile } = world(
            () => scheduler.schedule(Promise.resolve(), 'read'),
            () => lags[lagIndex++ % lags.length] as number,
          );
          const idle = async (turns: number) => {
            for (let turn = 0; turn < turns; turn += 1) await scheduler.schedule(Promise.resolve(), 'idle');
          };
          const client = async () => {
            for (const [index, one] of uploads.entries()) {
              const fileId = `F${index}`;
              await idle(one.idle);
              runUpload(quota, fileId, { ...one, end: 'reserved' });
              await idle(1);
              // Files that share their bytes: only the tenant's counter moves.
              if (index % 3 === 0) quota.share(one.size);
              if (one.end !== 'reserved') quota.account(fileId, one.end === 'none' ? 'none' : 'used');
              await idle(1);
              if (one.end === 'deleted') quota.account(fileId, 'none');
            }
          };

          await scheduler.waitFor(Promise.all([reconcile(), client()]));

          // Nothing was wrong, so anything repaired would be wrong now.
          expect(quota.events).toEqual([]);
          isRight(quota);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('repairs real drift under traffic once it finds a quiet moment, or reports it as busy', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(upload, { maxLength: 8 }),
        drift,
        async (scheduler, uploads, wrong) => {
          const { quota, reconcile } = world(() => scheduler.schedule(Promise.resolve(), 'read'));
          quota.counter(wrong.of)[wrong.field] += wrong.by;
          const clients = uploads.map(async (one, index) => {
            await scheduler.schedule(Promise.resolve(), `upload F${index}`);
            runUpload(quota, `F${index}`, one);
          });

          const [results] = await scheduler.waitFor(Promise.all([reconcile(), ...clients]));

          if (results.every(({ outcome }) => outcome !== 'failed')) isRight(quota);
          const rerun = await scheduler.waitFor(reconcile());
          expect(rerun.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
          isRight(quota);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('knows which bytes the tenant shares and does not count again', async () => {
    const { quota, reconcile } = world();
    runUpload(quota, 'F1', { user: 'alice', size: 10, path: '/', end: 'used' });
    runUpload(quota, 'F2', { user: 'bob', size: 10, path: '/', end: 'used' });
    quota.share(10);
    expect((await reconcile()).filter(({ outcome }) => outcome !== 'skipped')).toEqual([]);
    expect(quota.counter().committedBytes).toBe(10);

    quota.counter().committedBytes += 7;
    await reconcile();
    expect(quota.counter().committedBytes).toBe(10);
    isRight(quota);
  });

  it("takes a file's kept versions for what they are, not for what the file says", async () => {
    const { quota, reconcile } = world();
    runUpload(quota, 'F1', { user: 'alice', size: 10, path: '/', end: 'used' });
    const kept = quota.files.get('F1');
    if (kept) quota.files.set('F1', { ...kept, version: 3, versionsBytes: 7 });
    quota.versions.set('F1', 30);

    const results = await reconcile();

    expect(quota.files.get('F1')?.versionsBytes).toBe(30);
    expect(results).toContainEqual({
      fileId: 'F1',
      outcome: 'done',
      detail: 'versionsBytes: counted 7, there are 30',
    });
    isRight(quota);
  });

  it('repairs the counts of every folder of a tree', async () => {
    const { quota, reconcile } = world();
    for (const path of ['/', '/a', '/a/b', '/c']) {
      runUpload(quota, `F${path}`, { user: 'alice', size: 1, path, end: 'used' });
    }
    quota.folder('alice', '/').folders = 7;
    quota.folder('alice', '/a/b').files = 0;
    quota.folder('alice', '/c').files = -1;

    const results = await reconcile();

    expect(new Set(quota.events.map(({ tenantId }) => tenantId))).toEqual(new Set(['acme']));
    expect(quota.folder('alice', '/')).toMatchObject({ files: 1, folders: 2 });
    expect(quota.folder('alice', '/a/b')).toMatchObject({ files: 1, folders: 0 });
    expect(quota.folder('alice', '/c')).toMatchObject({ files: 1, folders: 0 });
    expect(results.filter(({ outcome }) => outcome === 'done').map(({ subject }) => subject)).toEqual([
      'alice:/',
      'alice:/a/b',
      'alice:/c',
    ]);
  });
});
