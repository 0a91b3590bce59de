import { describe, expect, it } from 'vitest';
import { fileItem } from '../../../lambdas/adapters/dynamodb/file-item.ts';
import { createListings } from '../../../lambdas/adapters/dynamodb/listing.ts';
import { createSearchReads } from '../../../lambdas/adapters/dynamodb/search-reads.ts';
import type { FileRecord, FileRef } from '../../../lambdas/core/files/file.ts';
import { availableStatuses, statuses } from '../../../lambdas/core/files/status.ts';
import type { JobRef } from '../../../lambdas/core/jobs/job.ts';
import { runSlice } from '../../../lambdas/core/jobs/run-slice.ts';
import { indexFiles } from '../../../lambdas/core/search/index-files.ts';
import { createRebuild, rebuildJob, rebuildSearch } from '../../../lambdas/core/search/rebuild.ts';
import { addSeconds } from '../../../lambdas/core/time.ts';
import { caller, file, startOfTime, tenant } from '../../support/domain.ts';
import { MemoryJobs } from '../../support/memory-jobs.ts';
import { allHits, ask, memoryIndex } from '../../support/searching.ts';

const bounds = { sliceSeconds: 60, leaseSeconds: 120, maxAttempts: 5, maxUnfinishedPerUser: 2 };
const admin = caller({ user: { userId: 'eve', role: 'admin' } });
const root = caller({ user: { tenantId: 'operators', userId: 'sam', role: 'root' } });

/** Tenants with files in a table, an index that knows none of them, and whoever runs the jobs. */
function office() {
  const { index, table, db } = memoryIndex(['acme', 'globex']);
  const jobs = new MemoryJobs();
  const slices: { ref: JobRef; delaySeconds: number | undefined }[] = [];
  const sent: FileRef[] = [];
  let ids = 0;
  /** Sending it fails. */
  let deadly: string | undefined;
  const put = (over: Partial<FileRecord>): FileRecord => {
    const record = file({ status: 'ready', filename: 'plan.txt', revision: 3, ...over });
    table.put(fileItem(record));
    return record;
  };
  const putMany = (count: number) =>
    Array.from({ length: count }, (_, n) =>
      put({
        fileId: `F${String(n).padStart(4, '0')}`,
        status: availableStatuses[n % availableStatuses.length] as FileRecord['status'],
        createdAt: addSeconds(startOfTime, n % 7),
      }),
    ).map(({ fileId }) => fileId);
  const deps = {
    jobs: jobs.port,
    queue: {
      runJob: async (ref: JobRef, options?: { delaySeconds: number }) =>
        void slices.push({ ref, delaySeconds: options?.delaySeconds }),
    },
    tenants: {
      tenant: async (tenantId: string) => (tenantId === 'nobody' ? undefined : tenant({ tenantId })),
    },
    kinds: {
      [rebuildJob]: createRebuild({
        store: createListings(db),
        queues: {
          index: async (ref) => {
            if (ref.fileId === deadly) throw new Error('killed');
            sent.push(ref);
          },
        },
      }),
    },
    bounds,
    now: () => startOfTime,
    newId: () => `J${++ids}`,
    outOfTime: () => false,
  };
  const reads = createSearchReads(db);
  const indexing = { index, files: reads.files, text: async () => '', textMaxCharacters: 1_000 };
  return {
    ...{ deps, sent, slices, put, putMany, jobs, table },
    dieAt: (fileId: string | undefined) => {
      deadly = fileId;
    },
    /** Every slice that was asked for; gives how many there were. */
    run: async () => {
      let ran = 0;
      for (let next = slices.shift(); next; next = slices.shift()) {
        await runSlice(deps, next.ref);
        ran += 1;
      }
      return ran;
    },
    index: () => indexFiles(indexing, sent),
    found: async (tenantId: string) => [...(await allHits(index, ask('plan', { tenantId })))].sort(),
  };
}

describe('a rebuild of the search index', () => {
  it('takes every file of the tenant that can be found, whatever its status and time, and none of another', async () => {
    const { deps, putMany, put, run, sent, index, found, jobs } = office();
    const fileIds = putMany(450);
    put({ fileId: 'G1', tenantId: 'globex' });
    for (const status of statuses.filter((one) => !availableStatuses.includes(one))) {
      put({ fileId: `X-${status}`, status });
    }

    const { jobId } = await rebuildSearch(deps, admin, 'acme');
    expect(await run()).toBe(3);
    await index();

    expect(sent).toHaveLength(450);
    expect(await found('acme')).toEqual(fileIds);
    expect(await found('globex')).toEqual([]);
    expect(await jobs.port.job({ tenantId: 'acme', jobId })).toMatchObject({ status: 'done', done: 1 });
    expect(jobs.saved).toEqual([{ subject: 'files', outcome: 'done', detail: '450 sent to be indexed.' }]);
  });

  it('makes room between its steps for what is uploaded meanwhile', async () => {
    const { deps, putMany, slices } = office();
    putMany(201);
    const { jobId } = await rebuildSearch(deps, admin, 'acme');
    await runSlice(deps, { tenantId: 'acme', jobId });
    expect(slices.at(-1)?.delaySeconds).toBe(1);
  });

  it('repeats at most a step after a crash, and forgets nobody', async () => {
    const { deps, putMany, run, sent, index, found, dieAt, slices } = office();
    const fileIds = putMany(450);
    const { jobId } = await rebuildSearch(deps, admin, 'acme');
    // The oldest come last: this one is in the middle of the third step.
    dieAt('F0007');
    await expect(run()).rejects.toThrow('killed');
    expect(sent.length).toBeLessThan(450);

    dieAt(undefined);
    slices.push({ ref: { tenantId: 'acme', jobId }, delaySeconds: undefined });
    await run();
    await index();

    expect(sent.length).toBeLessThanOrEqual(450 + 200);
    expect(await found('acme')).toEqual(fileIds);
  });

  it('finds no file that was deleted between being sent and being read', async () => {
    const { deps, put, table, run, index, found } = office();
    put({ fileId: 'F1' });
    const trashed = put({ fileId: 'F2' });
    const purged = put({ fileId: 'F3' });
    await rebuildSearch(deps, admin, 'acme');
    await run();

    put({ ...trashed, status: 'deleted', revision: 4 });
    table.delete(fileItem(purged));
    await index();

    expect(await found('acme')).toEqual(['F1']);
  });

  it('has nothing to do for a tenant without files', async () => {
    const { deps, run, jobs } = office();
    await rebuildSearch(deps, admin, 'acme');
    await run();
    expect(jobs.saved).toEqual([{ subject: 'files', outcome: 'skipped', detail: '0 sent to be indexed.' }]);
  });

  it('is for admins of the tenant and for root, whose job is root’s', async () => {
    const { deps, put, run, sent } = office();
    put({ fileId: 'G1', tenantId: 'globex' });
    await expect(rebuildSearch(deps, caller(), 'acme')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(rebuildSearch(deps, admin, 'globex')).rejects.toMatchObject({ code: 'not_found' });
    await expect(rebuildSearch(deps, root, 'nobody')).rejects.toMatchObject({ code: 'not_found' });

    const { jobId } = await rebuildSearch(deps, root, 'globex');
    expect(await deps.jobs.job({ tenantId: 'operators', jobId })).toMatchObject({ ownerId: 'sam' });
    await run();
    expect(sent).toEqual([{ tenantId: 'globex', fileId: 'G1' }]);
  });
});
