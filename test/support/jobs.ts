import { createDirectory } from '../../lambdas/adapters/dynamodb/directory.ts';
import { createFolderStore } from '../../lambdas/adapters/dynamodb/folder-store.ts';
import { createGroupedStore } from '../../lambdas/adapters/dynamodb/grouped-store.ts';
import { createJobStore } from '../../lambdas/adapters/dynamodb/job-store.ts';
import { createListings } from '../../lambdas/adapters/dynamodb/listing.ts';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { fileJobs } from '../../lambdas/core/bulk/kinds.ts';
import type { JobRef } from '../../lambdas/core/jobs/job.ts';
import { runSlice } from '../../lambdas/core/jobs/run-slice.ts';
import { startJob } from '../../lambdas/core/jobs/start-job.ts';
import { clock } from '../../lambdas/runtime/clock.ts';
import { jobStoreSettings, storeSettings } from '../../lambdas/runtime/settings.ts';
import { type Api, type Job, ok } from './api.ts';
import { type Engine, eventually } from './engine.ts';
import type { TestTenant } from './tenants.ts';

/** Waits until the job has ended; with all of its results. */
export async function untilEnded(api: Api, jobId: string): Promise<Job> {
  let last: unknown;
  const job = await eventually(
    `job ${jobId} has ended`,
    async () => {
      const found = ok(await api.job(jobId, { limit: 1_000 }));
      last = { status: found.status, ...found.progress };
      return found.endedAt ? found : undefined;
    },
    { seen: () => last },
  );
  return { ...job, results: await resultsOf(api, jobId, 1_000) };
}

/** Every result, by pages of `limit`. */
export async function resultsOf(api: Api, jobId: string, limit: number): Promise<Job['results']> {
  const results: Job['results'][number][] = [];
  for (let cursor: string | undefined; ; ) {
    const page: Job = ok(await api.job(jobId, { limit, cursor }));
    results.push(...page.results);
    if (page.nextCursor === undefined) return results;
    cursor = page.nextCursor;
  }
}

/** A job of the tenant's first user whose message was lost. */
export const lostJob = (engine: Engine, { tenantId, users }: TestTenant, kind: string, params: unknown) => {
  const [{ userId }] = users;
  const actor = { kind: 'user' as const, userId };
  const deps = { ...clock, jobs: jobStoreOf(engine), queue: lossy, bounds: shortBounds };
  return startJob(deps, { tenantId, ownerId: userId, actor, kind, params });
};

/**
 * Runs a slice of a job here, over the stack's table, in a process that dies after so many calls to it: nothing that
 * comes later reaches the table, not even the end of the lease.
 */
export async function slicedAndKilled(engine: Engine, ref: JobRef, calls: number): Promise<void> {
  const db = { client: engine.db, table: engine.stack.tableName };
  let left = calls;
  const mortal = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, method) => {
        const call = target[method as keyof T];
        if (typeof call !== 'function') return call;
        return async (...args: unknown[]) => {
          left -= 1;
          if (left < 0) throw new Error('killed');
          return call.apply(target, args);
        };
      },
    });
  const settings = storeSettings(defaultLimits);
  const kinds = fileJobs({
    ...clock,
    ...defaultLimits.names,
    directory: createDirectory(db),
    defaults: defaultLimits,
    store: mortal({ ...createGroupedStore(db, settings), ...createListings(db) }),
    folders: mortal(createFolderStore(db, settings)),
    queues: { purge: async () => undefined, process: async () => undefined },
    names: defaultLimits.names,
    resendSeconds: defaultLimits.pipeline.resendSeconds,
    processing: { ...defaultLimits.jobs, bounds: defaultLimits.processing },
  });
  const jobs = mortal(jobStoreOf(engine));
  const outOfTime = (): boolean => false;
  await runSlice({ ...clock, jobs, queue: lossy, kinds, bounds: shortBounds, outOfTime }, ref).catch(
    (error: Error) => {
      if (error.message !== 'killed') throw error;
    },
  );
}

const lossy = { runJob: async () => undefined };

/** So that a killed slice need not be waited for. */
const shortBounds = { ...defaultLimits.jobs, leaseSeconds: 1 };

export const jobStoreOf = ({ db, stack }: Engine) =>
  createJobStore({ client: db, table: stack.tableName }, jobStoreSettings(defaultLimits));
