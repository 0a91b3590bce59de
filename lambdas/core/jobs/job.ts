import type { DomainEvent } from '../files/event.ts';
import type { Page } from '../ports.ts';
import type { Actor } from '../tenancy/actor.ts';

export type JobStatus = 'queued' | 'running' | 'done' | 'failed';

export interface JobRef {
  readonly tenantId: string;
  readonly jobId: string;
}

/** Work in the background that is more than one request or one function call can do. Times are ISO 8601 UTC. */
export interface JobRecord extends JobRef {
  /** Who asked for it; only they and the tenant's admins see it. */
  readonly ownerId: string;
  /** Who asked and from where, for the events that the job causes. */
  readonly actor: Actor;
  /** It is one of its owner's, of which only so many may be unfinished; absent: the system's. */
  readonly counted?: true;
  /** Names the `JobKind` that knows how to run it. */
  readonly kind: string;
  /** What was asked for, as the kind understands it; never changes. */
  readonly params: unknown;
  readonly status: JobStatus;
  /** How far it is, as the kind understands it; absent before the first step. */
  readonly cursor?: unknown;
  /** How many results there will be, once known. */
  readonly total?: number;
  /** Results so far: `done` counts skipped ones too, `failed` those that could not be done. */
  readonly done: number;
  readonly failed: number;
  /** Steps that were saved. */
  readonly steps: number;
  /** Slices in a row that saved no step. */
  readonly attempts: number;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Who runs it, and until when nobody else may. */
  readonly leaseId?: string;
  readonly leaseUntil?: string;
  /** Why the job itself failed. */
  readonly reason?: string;
  readonly detail?: string;
}

/** What became of one thing that a job was to do something with. */
export interface JobResult {
  /** Absent where the subject is no file. */
  readonly fileId?: string;
  /** A folder's path, a user's id, a counter: whatever is no file. */
  readonly subject?: string;
  /** `skipped`: there was nothing to do. */
  readonly outcome: 'done' | 'skipped' | 'failed';
  /** Of the error catalogue where it failed. */
  readonly code?: string;
  readonly detail?: string;
}

export interface JobStep {
  /** At most `maxStepResults`; what a step reports must not be reported again by a later one. */
  readonly results: readonly JobResult[];
  /** Where the next step goes on; small (it is written with every step), absent when finished. */
  readonly cursor?: unknown;
  readonly finished: boolean;
  readonly total?: number;
  /** Nothing can be done before that; nobody is kept waiting meanwhile. */
  readonly waitSeconds?: number;
  /** Something that this step brought about and that is announced with it, in the same transaction. */
  readonly event?: DomainEvent;
}

/** Results of a step are one item, and DynamoDB takes 400 KB in one: 500 leave 800 bytes for each. */
export const maxStepResults = 500;

/**
 * How one kind of job is done: in steps of a few seconds, each of which starts from `job.cursor`. A crash repeats at
 * most the last step, from the same cursor, so a step must come to the same end when it runs again over what it had
 * half done. A kind that walks something which its work changes therefore first saves what it found (a step without
 * results), then works on what it saved. A `SluiceError` below 500 thrown by a step ends the job as failed with its
 * code; anything else is tried again, a bounded number of times.
 */
export interface JobKind {
  step(job: JobRecord): Promise<JobStep>;
}

export type JobKinds = Readonly<Record<string, JobKind>>;

export interface JobStore {
  /**
   * A job that was lost on its way to the queue is sent again at `dueAt`. False, and nothing is written, where it is
   * counted and its owner has `maxUnfinished` already.
   */
  createJob(job: JobRecord, dueAt: string, maxUnfinished: number): Promise<boolean>;
  job(ref: JobRef): Promise<JobRecord | undefined>;
  /**
   * Takes the lease of a job that has not ended and that nobody holds, counting the attempt; undefined otherwise.
   */
  leaseJob(
    ref: JobRef,
    lease: { readonly leaseId: string; readonly at: string; readonly until: string },
  ): Promise<JobRecord | undefined>;
  /**
   * Writes the step's results, counts, cursor and event, prolongs the lease to `until` (or ends the job) and forgets
   * failed attempts, all in one transaction; undefined, and nothing is written, when the lease was lost.
   */
  saveStep(
    job: JobRecord,
    step: JobStep,
    times: { readonly at: string; readonly until: string },
  ): Promise<JobRecord | undefined>;
  /** Gives the lease back, if it still is this job's: the next slice may come at any time, at the latest at `dueAt`. */
  releaseJob(job: JobRecord, dueAt: string): Promise<void>;
  /** Ends the job as failed, if its lease was not lost. */
  failJob(
    job: JobRecord,
    why: { readonly reason: string; readonly detail: string },
    at: string,
  ): Promise<void>;
  /** Looks at a job that has not ended again at `dueAt`. */
  postponeJob(ref: JobRef, dueAt: string): Promise<void>;
  /** In the order in which they came about. */
  results(ref: JobRef, page: { limit: number; cursor?: string }): Promise<Page<JobResult>>;
}

export interface JobQueue {
  /** Asks for the next slice of the job. */
  runJob(ref: JobRef, options?: { readonly delaySeconds: number }): Promise<void>;
}

export interface JobBounds {
  /** How long one delivery works on one job before others have their turn. */
  readonly sliceSeconds: number;
  /** A step that takes longer has lost its job to whoever comes next. */
  readonly leaseSeconds: number;
  /** Slices in a row that may save nothing before the job has failed. */
  readonly maxAttempts: number;
}
