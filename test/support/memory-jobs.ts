import type { DomainEvent } from '../../lambdas/core/files/event.ts';
import type { JobRecord, JobRef, JobResult, JobStore } from '../../lambdas/core/jobs/job.ts';

/** A faithful model of the job items: the same conditions, and a method decides and writes without an await between. */
export class MemoryJobs {
  readonly jobs = new Map<string, JobRecord>();
  readonly due = new Map<string, string>();
  readonly saved: JobResult[] = [];
  readonly events: DomainEvent[] = [];

  #held(job: JobRecord): JobRecord | undefined {
    const kept = this.jobs.get(keyOf(job));
    return kept?.leaseId !== undefined && kept.leaseId === job.leaseId ? kept : undefined;
  }

  #end(job: JobRecord, end: Partial<JobRecord>): JobRecord {
    const { leaseId: _id, leaseUntil: _until, cursor: _cursor, ...rest } = job;
    const ended = { ...rest, ...end };
    this.jobs.set(keyOf(job), ended);
    this.due.delete(keyOf(job));
    return ended;
  }

  readonly port: JobStore = {
    createJob: async (job, dueAt, maxUnfinished) => {
      const unfinished = [...this.jobs.values()].filter(
        ({ ownerId, counted, endedAt }) => counted && ownerId === job.ownerId && !endedAt,
      );
      if (job.counted && unfinished.length >= maxUnfinished) return false;
      this.jobs.set(keyOf(job), job);
      this.due.set(keyOf(job), dueAt);
      return true;
    },
    job: async (ref) => this.jobs.get(keyOf(ref)),
    leaseJob: async (ref, { leaseId, at, until }) => {
      const job = this.jobs.get(keyOf(ref));
      if (!job || job.status === 'done' || job.status === 'failed') return undefined;
      if (job.leaseUntil !== undefined && job.leaseUntil > at) return undefined;
      const leased: JobRecord = {
        ...job,
        status: 'running',
        leaseId,
        leaseUntil: until,
        startedAt: job.startedAt ?? at,
        attempts: job.attempts + 1,
      };
      this.jobs.set(keyOf(ref), leased);
      this.due.set(keyOf(ref), until);
      return leased;
    },
    saveStep: async (job, step, { at, until }) => {
      if (!this.#held(job)) return undefined;
      const failed = step.results.filter(({ outcome }) => outcome === 'failed').length;
      const after: JobRecord = {
        ...job,
        done: job.done + step.results.length - failed,
        failed: job.failed + failed,
        steps: job.steps + 1,
        attempts: 0,
        leaseUntil: until,
        cursor: step.cursor,
        ...(step.total !== undefined && { total: step.total }),
      };
      this.saved.push(...step.results);
      if (step.event) this.events.push(step.event);
      if (step.finished) return this.#end(after, { status: 'done', endedAt: at });
      this.jobs.set(keyOf(job), after);
      this.due.set(keyOf(job), until);
      return after;
    },
    releaseJob: async (job, dueAt) => {
      const held = this.#held(job);
      if (!held) return;
      const { leaseId: _id, leaseUntil: _until, ...rest } = held;
      this.jobs.set(keyOf(job), rest);
      this.due.set(keyOf(job), dueAt);
    },
    failJob: async (job, why, at) => {
      if (this.#held(job)) this.#end(job, { status: 'failed', endedAt: at, ...why });
    },
    postponeJob: async (ref, dueAt) => {
      if (this.due.has(keyOf(ref))) this.due.set(keyOf(ref), dueAt);
    },
    results: async () => ({ items: this.saved }),
  };

  /** What the sweep would send again. */
  dueAt(now: string): readonly JobRecord[] {
    return [...this.jobs.values()].filter((job) => (this.due.get(keyOf(job)) ?? '~') <= now);
  }
}

const keyOf = ({ tenantId, jobId }: JobRef): string => `${tenantId}/${jobId}`;
