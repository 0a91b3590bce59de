import { errors } from '../errors.ts';
import type { Actor } from '../tenancy/actor.ts';
import { addSeconds } from '../time.ts';
import type { JobQueue, JobRecord, JobStore } from './job.ts';

export interface StartJobDeps {
  readonly jobs: Pick<JobStore, 'createJob'>;
  readonly queue: JobQueue;
  readonly now: () => string;
  readonly newId: () => string;
  readonly bounds: { readonly leaseSeconds: number; readonly maxUnfinishedPerUser: number };
}

export interface JobRequest {
  readonly tenantId: string;
  readonly ownerId: string;
  /** Asked for by its owner, who may have only so many unfinished. */
  readonly counted?: true;
  readonly actor: Actor;
  readonly kind: string;
  readonly params: unknown;
  readonly total?: number;
}

/**
 * Keeps the job, then asks for its first slice; should that be lost, the sweep asks again.
 * @throws concurrency_limit_exceeded when its owner has too many unfinished
 */
export async function startJob(deps: StartJobDeps, request: JobRequest): Promise<JobRecord> {
  const createdAt = deps.now();
  const job: JobRecord = {
    ...request,
    jobId: deps.newId(),
    status: 'queued',
    done: 0,
    failed: 0,
    steps: 0,
    attempts: 0,
    createdAt,
  };
  const { leaseSeconds, maxUnfinishedPerUser } = deps.bounds;
  if (!(await deps.jobs.createJob(job, addSeconds(createdAt, leaseSeconds), maxUnfinishedPerUser))) {
    throw errors.tooManyJobs(maxUnfinishedPerUser);
  }
  await deps.queue.runJob({ tenantId: job.tenantId, jobId: job.jobId });
  return job;
}
