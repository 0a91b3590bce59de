import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { encodeProgress } from '../../../lambdas/core/video/encode-progress.ts';
import { keepingLease } from '../../../lambdas/core/video/keep-lease.ts';
import { file, startOfTime } from '../../support/domain.ts';
import { VideoWorld } from '../../support/video-world.ts';

const job = { tenantId: 'acme', fileId: 'F1', version: 1, attempt: 1 };

async function admittedWorld(): Promise<VideoWorld> {
  const world = new VideoWorld(
    file({
      ...{ status: 'processing', accounting: 'used', mimeType: 'video/mp4' },
      ...{ libraryKey: 'k', libraryVersionId: 'L' },
    }),
  );
  await world.current.transcodes.begin({ ...job, firstAttempt: 1, startedAt: startOfTime }, undefined);
  await world.probe(job);
  await world.admit(job);
  return world;
}

describe('the progress of an encoder', () => {
  it('is written at most every three seconds, never falls, and never stops the encoder', async () => {
    let nowMs = 0;
    const write = vi.fn(async (percent: number) => {
      if (percent === 30) throw new Error('DynamoDB is slow');
    });
    const progress = encodeProgress(write, () => nowMs);

    for (const percent of [0, 10, 11, 20, 15, 30, 40, 40, 100]) {
      progress.report(percent);
      nowMs += 1_500;
    }
    await progress.written();

    expect(write.mock.calls.flat()).toEqual([10, 20, 30, 40]);
  });

  it('of a run that begins anew is not shown before it is further than the last', async () => {
    const world = await admittedWorld();
    const { transcodes } = world.current;
    await transcodes.noteProgress(job, 40, '2026-11-20T12:01:00.000Z');
    await transcodes.noteProgress(job, 5, '2026-11-20T12:02:00.000Z');
    expect(world.transcode).toMatchObject({ percent: 40, encodingSince: '2026-11-20T12:01:00.000Z' });

    const next = { ...job, attempt: 2 };
    await transcodes.begin({ ...next, firstAttempt: 1, startedAt: startOfTime }, 1);
    await transcodes.noteProgress(job, 90, startOfTime);
    await transcodes.noteProgress(next, 20, startOfTime);
    expect(world.transcode).toMatchObject({ percent: 40 });

    await transcodes.begin({ ...job, attempt: 3, firstAttempt: 3, startedAt: startOfTime }, 2);
    expect(world.transcode).not.toHaveProperty('percent');
  });
});

describe('an encode', () => {
  it('keeps its encoder when it is tried again, and waits for one where others have it by then', async () => {
    const world = await admittedWorld();
    const { encoder } = world;
    world.encoder = { encode: () => Promise.reject(new Error('killed')) };
    await expect(world.encode(job)).rejects.toThrow('killed');
    world.encoder = encoder;

    world.world.pass(3_600);
    const until = '2026-11-20T18:00:00.000Z';
    for (const fileId of ['F2', 'F3']) {
      await world.current.leases.take({ ...job, fileId }, until, world.leaseBounds);
    }
    expect(await world.encode(job)).toEqual({ outcome: 'wait', seconds: 60 });

    await world.current.leases.release({ ...job, fileId: 'F2' });
    expect(await world.encode(job)).toEqual({ outcome: 'encoded' });
  });

  it('renews its lease while it works and no longer, so that one that was killed is soon followed by others', async () => {
    const world = await admittedWorld();
    let slept = 0;
    world.sleep = async (ms) => {
      slept += 1;
      world.world.pass(ms / 1_000);
      if (slept > 10) await new Promise(() => undefined);
    };
    world.encoder = {
      encode: async () => {
        await vi.waitUntil(() => slept > 10);
        return [];
      },
    };

    await world.encode(job);

    expect(world.leases).toEqual(['F1-v1-1']);
    world.world.pass(121);
    expect(world.leases).toEqual([]);
  });

  it('ends after a renewal that is on its way, which would take the encoder again that is given back', async () => {
    const ended: string[] = [];
    let sleeps = 0;
    let begin = (): void => undefined;
    const renewing = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const deps = {
      leases: {
        take: async () => {
          begin();
          await sleep(10);
          ended.push('renewal');
          return true;
        },
      },
      leaseBounds: { encodersMax: 1, tenantShare: 1 },
      now: () => startOfTime,
      sleep: () => (sleeps++ === 0 ? Promise.resolve() : new Promise<void>(() => undefined)),
    };

    await keepingLease(deps, job, () => renewing);
    ended.push('work');

    expect(ended).toEqual(['renewal', 'work']);
  });

  it('that has used up its time is not tried again: it would take as long the next time', async () => {
    const world = await admittedWorld();
    world.encoder = {
      encode: async ({ deadlineMs }) => {
        world.world.pass(deadlineMs / 1_000);
        throw new Error('ended at its deadline');
      },
    };

    expect(await world.encode(job)).toEqual({ outcome: 'refused', reason: 'too_long' });
  });

  it('does not begin for a file that went, and leaves nothing of one that was purged meanwhile', async () => {
    const world = await admittedWorld();
    const { file: processing } = world;
    if (!processing) throw new Error('no file');
    world.meanwhile = async () => world.world.table.put({ ...processing, status: 'purged' });
    expect(await world.encode(job)).toEqual({ outcome: 'gone' });
    expect(world.objects.size).toBe(0);

    expect(await world.encode(job)).toEqual({ outcome: 'gone' });
    expect(world.encodes).toBe(1);
  });

  it('of an attempt that another one has followed records nothing', async () => {
    const world = await admittedWorld();
    world.meanwhile = async () => {
      const next = { ...job, attempt: 2, firstAttempt: 1, startedAt: startOfTime };
      await world.current.transcodes.begin(next, 1);
    };

    expect(await world.encode(job)).toEqual({ outcome: 'gone' });

    expect(world.transcode).not.toHaveProperty('files');
    expect(await world.settleJob(job)).toEqual({ outcome: 'gone' });
    expect(world.file?.status).toBe('processing');
  });
});
