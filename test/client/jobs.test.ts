import { expect, it } from 'vitest';
import { type Job, SluiceError, watchJob } from '../../client/index.ts';

const jobOf = (status: Job['status'], done: number): Job => ({
  jobId: 'J1',
  kind: 'operation',
  status,
  progress: { total: 2, done, failed: 0 },
  createdAt: '2026-01-01T00:00:00.000Z',
  results: [],
});

/** A clock that only waiting moves. */
function worldOf(answers: readonly Job[]) {
  const waits: number[] = [];
  let asked = 0;
  let nowMs = 0;
  const api = {
    job: async () => answers[Math.min(asked++, answers.length - 1)] ?? jobOf('queued', 0),
  };
  const timing = {
    now: () => nowMs,
    random: () => 0.5,
    sleep: async (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      waits.push(ms);
      nowMs += ms;
    },
  };
  return { api, timing, waits };
}

it('tells of every step of a job until it has ended, asking ever more seldom', async () => {
  const world = worldOf([jobOf('queued', 0), jobOf('running', 1), jobOf('running', 1), jobOf('done', 2)]);
  const heard: string[] = [];

  const job = await watchJob(world, 'J1', ({ status, progress }) => heard.push(`${status} ${progress.done}`));

  expect(job.status).toBe('done');
  expect(heard).toEqual(['queued 0', 'running 1', 'running 1', 'done 2']);
  expect(world.waits).toEqual([...world.waits].sort((a, b) => a - b));
});

it('leaves a job that does not end after 15 minutes, and says that it goes on', async () => {
  const world = worldOf([jobOf('running', 0)]);

  const error = await watchJob(world, 'J1', () => undefined).catch((cause: unknown) => cause);

  expect(error).toBeInstanceOf(SluiceError);
  expect(error).toMatchObject({ code: 'timeout', detail: expect.stringContaining('goes on') });
  expect(world.timing.now()).toBeLessThanOrEqual(15 * 60_000);
  expect(Math.max(...world.waits)).toBe(10_000);
});

it('stops asking when nobody looks any more', async () => {
  const world = worldOf([jobOf('running', 0)]);
  const stop = new AbortController();

  const watching = watchJob(world, 'J1', () => stop.abort(), stop.signal);

  await expect(watching).rejects.toThrow();
  expect(world.waits).toEqual([]);
});
