import { describe, expect, it } from 'vitest';
import { errors } from '../../../lambdas/core/errors.ts';
import type { JobKind, JobRef } from '../../../lambdas/core/jobs/job.ts';
import { runSlice, type SliceDeps } from '../../../lambdas/core/jobs/run-slice.ts';
import { startJob } from '../../../lambdas/core/jobs/start-job.ts';
import { addSeconds } from '../../../lambdas/core/time.ts';
import { startOfTime } from '../../support/domain.ts';
import { MemoryJobs } from '../../support/memory-jobs.ts';

const bounds = { sliceSeconds: 60, leaseSeconds: 120, maxAttempts: 5, maxUnfinishedPerUser: 2 };

/** Counts to ten, one number a step; `seconds` pass in each. */
const counting = (pass: (seconds: number) => void, seconds = 0): JobKind => ({
  step: async ({ cursor = 0 }) => {
    const n = cursor as number;
    pass(seconds);
    return { results: [{ subject: `${n}`, outcome: 'done' }], cursor: n + 1, finished: n === 9 };
  },
});

function setUp(kindOf: (pass: (seconds: number) => void) => JobKind) {
  const jobs = new MemoryJobs();
  const messages: JobRef[] = [];
  let at = startOfTime;
  let ids = 0;
  const pass = (seconds: number): void => {
    at = new Date(Date.parse(at) + seconds * 1000).toISOString();
  };
  const deps: SliceDeps & { bounds: typeof bounds } = {
    jobs: jobs.port,
    queue: { runJob: async (ref) => void messages.push(ref) },
    kinds: { counting: kindOf(pass) },
    bounds,
    now: () => at,
    newId: () => `id-${++ids}`,
    outOfTime: () => false,
  };
  const request = { tenantId: 'acme', ownerId: 'alice', actor: { kind: 'user' as const } };
  const start = () => startJob({ ...deps, jobs: jobs.port }, { ...request, kind: 'counting', params: {} });
  return { jobs, messages, deps, start, pass, now: () => at };
}

describe('a slice of a job', () => {
  it('runs its steps to the end, and a later delivery does nothing', async () => {
    const { jobs, deps, start } = setUp(counting);
    const job = await start();

    expect(await runSlice(deps, job)).toBe('done');

    expect(await runSlice(deps, job)).toBe('not_taken');
    expect(jobs.saved.map(({ subject }) => subject)).toEqual([...'0123456789']);
    expect(await jobs.port.job(job)).toMatchObject({ status: 'done', done: 10, failed: 0 });
    expect(jobs.due.size).toBe(0);
  });

  it('makes room for others when its time is up, and asks for the next slice', async () => {
    const { jobs, deps, start, messages } = setUp((pass) => counting(pass, 25));
    const job = await start();

    expect(await runSlice(deps, job)).toBe('continued');

    expect(jobs.saved).toHaveLength(3);
    expect(messages).toHaveLength(2);
    expect(await runSlice(deps, job)).toBe('continued');
    expect(jobs.saved).toHaveLength(6);
  });

  it('ends where a step has to wait, and asks for the next one when there is something to do again', async () => {
    const { jobs, deps, start, now } = setUp(() => ({
      step: async ({ cursor }) =>
        cursor
          ? { results: [], finished: true }
          : { results: [], cursor: 1, finished: false, waitSeconds: 30 },
    }));
    const delays: (number | undefined)[] = [];
    const queue = {
      runJob: async (_: JobRef, options?: { delaySeconds: number }) =>
        void delays.push(options?.delaySeconds),
    };
    const job = await start();

    expect(await runSlice({ ...deps, queue }, job)).toBe('continued');

    expect(delays).toEqual([30]);
    expect([...jobs.due.values()]).toEqual([addSeconds(now(), bounds.leaseSeconds + 30)]);
    expect(await runSlice({ ...deps, queue }, job)).toBe('done');
  });

  it('of one user is refused beyond the bound, until another job of that user has ended', async () => {
    const { deps, jobs } = setUp(counting);
    const request = { tenantId: 'acme', ownerId: 'alice', actor: { kind: 'user' as const } };
    const ask = () =>
      startJob({ ...deps, jobs: jobs.port }, { ...request, counted: true, kind: 'counting', params: {} });
    const first = await ask();
    await ask();

    await expect(ask()).rejects.toMatchObject({ code: 'concurrency_limit_exceeded', status: 429 });

    await runSlice(deps, first);
    await expect(ask()).resolves.toMatchObject({ status: 'queued' });
  });

  it('is run by one only: a second delivery meanwhile does nothing', async () => {
    const { jobs, deps, start } = setUp(counting);
    const job = await start();
    const ends: string[] = [];
    const kinds = {
      counting: {
        step: async () => {
          ends.push(await runSlice(deps, job));
          return { results: [], finished: true };
        },
      },
    };

    expect(await runSlice({ ...deps, kinds }, job)).toBe('done');

    expect(ends).toEqual(['not_taken']);
    expect(jobs.saved).toHaveLength(0);
  });

  it('saves nothing when it was so slow that somebody else took over', async () => {
    const { jobs, deps, start, pass } = setUp(counting);
    const job = await start();
    const kinds = {
      counting: {
        step: async () => {
          pass(bounds.leaseSeconds + 1);
          await runSlice(deps, job);
          return { results: [{ subject: 'late', outcome: 'done' as const }], finished: true };
        },
      },
    };

    expect(await runSlice({ ...deps, kinds }, job)).toBe('lost');

    expect(jobs.saved.map(({ subject }) => subject)).toEqual([...'0123456789']);
  });

  it('is due again for the sweep as soon as the lease of a killed slice has run out', async () => {
    const { jobs, deps, start, pass, now } = setUp(counting);
    const job = await start();
    await jobs.port.leaseJob(job, { leaseId: 'killed', at: now(), until: '2026-11-20T12:02:00.000Z' });

    expect(jobs.dueAt(now())).toHaveLength(0);
    expect(await runSlice(deps, job)).toBe('not_taken');
    pass(bounds.leaseSeconds);

    expect(jobs.dueAt(now())).toHaveLength(1);
    expect(await runSlice(deps, job)).toBe('done');
  });

  it('ends as failed with the code of a refusal', async () => {
    const { jobs, deps, start } = setUp(() => ({
      step: async () => {
        throw errors.tenantSuspended();
      },
    }));
    const job = await start();

    expect(await runSlice(deps, job)).toBe('failed');

    expect(await jobs.port.job(job)).toMatchObject({ status: 'failed', reason: 'tenant_suspended' });
    expect(jobs.due.size).toBe(0);
  });

  it('gives up on what fails or is killed again and again, not on what gets on', async () => {
    const { jobs, deps, start, messages } = setUp(() => ({
      step: async () => {
        throw new Error('unreachable');
      },
    }));
    const job = await start();
    for (let attempt = 0; attempt < bounds.maxAttempts; attempt += 1) {
      await expect(runSlice(deps, job)).rejects.toThrow('unreachable');
    }

    expect(await runSlice(deps, job)).toBe('failed');

    expect(await jobs.port.job(job)).toMatchObject({ status: 'failed', reason: 'gave_up' });
    expect(messages).toHaveLength(1);
  });
});

describe('a job whose process dies', () => {
  it.each(['before it took effect', 'after it took effect'])(
    'reports everything exactly once, whichever call dies %s',
    async (how) => {
      for (let n = 1, crashed = true; crashed; n += 1) {
        const { jobs, deps, start, pass, now, messages } = setUp((pass) => counting(pass, 25));
        const job = await start();
        let calls = 0;
        crashed = false;
        const dying = <T extends object>(port: T): T =>
          new Proxy(port, {
            get: (target, method) => {
              const call = target[method as keyof T];
              if (typeof call !== 'function') return call;
              return async (...args: unknown[]) => {
                calls += 1;
                const dead = calls >= n && calls <= n + 1;
                if (dead) crashed = true;
                if (dead && how.startsWith('before')) throw new Error('killed');
                const answer = await call.apply(target, args);
                if (dead) throw new Error('killed');
                return answer;
              };
            },
          });
        const mortal = { ...deps, jobs: dying(jobs.port), queue: dying(deps.queue) };
        for (let round = 0; round < 40; round += 1) {
          for (const ref of messages.splice(0)) await runSlice(mortal, ref).catch(() => undefined);
          pass(bounds.leaseSeconds);
          for (const { tenantId, jobId } of jobs.dueAt(now())) messages.push({ tenantId, jobId });
        }
        expect(
          jobs.saved.map(({ subject }) => subject),
          `call ${n}`,
        ).toEqual([...'0123456789']);
        expect(await jobs.port.job(job)).toMatchObject({ status: 'done', done: 10 });
      }
    },
  );
});
