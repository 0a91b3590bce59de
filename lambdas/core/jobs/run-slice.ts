import { SluiceError } from '../errors.ts';
import { addSeconds } from '../time.ts';
import type { JobBounds, JobKinds, JobQueue, JobRecord, JobRef, JobStore } from './job.ts';

export interface SliceDeps {
  readonly jobs: Pick<JobStore, 'leaseJob' | 'saveStep' | 'releaseJob' | 'failJob'>;
  readonly queue: JobQueue;
  readonly kinds: JobKinds;
  readonly bounds: JobBounds;
  readonly now: () => string;
  readonly newId: () => string;
  /** True when the function has to end soon. */
  readonly outOfTime: () => boolean;
}

/** `not_taken`: it has ended, does not exist, or somebody else runs it. `lost`: the lease ran out meanwhile. */
export type SliceEnd = 'not_taken' | 'lost' | 'continued' | 'done' | 'failed';

/**
 * Runs steps of a job until it ends or the slice's time is up; then asks for the next slice. Each step is saved by
 * itself: a crash loses nothing and repeats at most one step. A second delivery of the message finds the lease taken
 * and does nothing. What a killed slice leaves, the sweep finds when the lease has run out.
 * @throws what a step threw, for the message to come again
 */
export async function runSlice(deps: SliceDeps, ref: JobRef): Promise<SliceEnd> {
  const startedAt = deps.now();
  const endsAt = addSeconds(startedAt, deps.bounds.sliceSeconds);
  const leased = await deps.jobs.leaseJob(ref, {
    leaseId: deps.newId(),
    at: startedAt,
    until: addSeconds(startedAt, deps.bounds.leaseSeconds),
  });
  if (!leased) return 'not_taken';
  if (leased.attempts > deps.bounds.maxAttempts) {
    return fail(deps, leased, 'gave_up', `It stopped ${deps.bounds.maxAttempts} times at the same place.`);
  }
  let job = leased;
  let waitSeconds: number | undefined;
  do {
    const taken = await takeStep(deps, job);
    if (typeof taken === 'string') return taken;
    job = taken.saved;
    waitSeconds = taken.waitSeconds;
    if (job.status === 'done') return 'done';
  } while (waitSeconds === undefined && deps.now() < endsAt && !deps.outOfTime());
  await deps.jobs.releaseJob(job, addSeconds(deps.now(), deps.bounds.leaseSeconds + (waitSeconds ?? 0)));
  await deps.queue.runJob(ref, waitSeconds === undefined ? undefined : { delaySeconds: waitSeconds });
  return 'continued';
}

interface Taken {
  readonly saved: JobRecord;
  readonly waitSeconds?: number | undefined;
}

async function takeStep(deps: SliceDeps, job: JobRecord): Promise<Taken | SliceEnd> {
  try {
    const kind = Object.hasOwn(deps.kinds, job.kind) ? deps.kinds[job.kind] : undefined;
    if (!kind) throw new Error(`nobody knows how to run a job of the kind ${job.kind}`);
    const step = await kind.step(job);
    const at = deps.now();
    const until = addSeconds(at, deps.bounds.leaseSeconds);
    const saved = await deps.jobs.saveStep(job, step, { at, until });
    return saved ? { saved, waitSeconds: step.waitSeconds } : 'lost';
  } catch (error) {
    if (error instanceof SluiceError && error.status < 500) {
      return fail(deps, job, error.code, error.message);
    }
    await deps.jobs.releaseJob(job, addSeconds(deps.now(), deps.bounds.leaseSeconds));
    throw error;
  }
}

async function fail(deps: SliceDeps, job: JobRecord, reason: string, detail: string): Promise<SliceEnd> {
  await deps.jobs.failJob(job, { reason, detail }, deps.now());
  return 'failed';
}
