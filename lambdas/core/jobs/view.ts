import { errors } from '../errors.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { JobRecord, JobResult, JobStatus, JobStore } from './job.ts';

export interface JobView {
  readonly jobId: string;
  readonly kind: string;
  readonly status: JobStatus;
  readonly progress: { readonly total?: number; readonly done: number; readonly failed: number };
  readonly createdAt: string;
  readonly endedAt?: string;
  /** Why the job itself failed. */
  readonly reason?: string;
  readonly detail?: string;
  readonly results: readonly JobResult[];
  readonly nextCursor?: string;
}

/** A job and a page of its results. @throws not_found for everybody but who asked and the tenant's admins */
export async function readJob(
  jobs: Pick<JobStore, 'job' | 'results'>,
  caller: Caller,
  jobId: string,
  page: { readonly limit: number; readonly cursor?: string },
): Promise<JobView> {
  const ref = { tenantId: caller.tenantId, jobId };
  const job = await jobs.job(ref);
  if (!job || !maySee(caller, job)) throw errors.notFound('job');
  const { items, nextCursor } = await jobs.results(ref, page);
  const { kind, status, total, done, failed, createdAt, endedAt, reason, detail } = job;
  return {
    jobId,
    kind,
    status,
    progress: { ...(total !== undefined && { total }), done, failed },
    createdAt,
    ...(endedAt && { endedAt }),
    ...(reason && { reason }),
    ...(detail && { detail }),
    results: items,
    ...(nextCursor && { nextCursor }),
  };
}

const maySee = (caller: Caller, job: JobRecord): boolean =>
  job.ownerId === caller.userId || caller.user.role !== 'user';
