import { beforeEach, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { addSeconds } from '../../../lambdas/core/time.ts';
import { startTranscode } from '../../../lambdas/core/video/start-transcode.ts';
import { file } from '../../support/domain.ts';
import { VideoWorld } from '../../support/video-world.ts';

const { workflowSeconds, maxAttempts } = defaultLimits.video;
const message = { tenantId: 'acme', fileId: 'F1', version: 1 };

describe('the start of a transcode', () => {
  let world: VideoWorld;
  const start = (over: { again?: true } = {}) => startTranscode(world.starting, { ...message, ...over });
  /** As it is when an execution was aborted, or has timed out. */
  const end = (): void => {
    for (const execution of world.executions.values()) execution.status = 'ended';
  };
  beforeEach(() => {
    world = new VideoWorld(
      file({
        ...{ status: 'stored', accounting: 'used', mimeType: 'video/mp4' },
        ...{ libraryKey: 'k', libraryVersionId: 'L' },
      }),
    );
  });

  it('is one execution however many messages come, and the sweep leaves it alone while it may run', async () => {
    const outcomes = await Promise.all([start(), start(), start()]);

    expect(outcomes).toContain('started');
    expect([...world.executions.keys()]).toEqual(['F1-v1-1']);
    expect(await start()).toBe('running');
    expect(world.file?.status).toBe('processing');
    expect(world.file?.dueAt ?? '').toBe(addSeconds(world.world.at, workflowSeconds + 900));
  });

  it('begins again what was recorded and never started, under the same name', async () => {
    await start();
    world.executions.clear();

    expect(await start()).toBe('started');
    expect([...world.executions.keys()]).toEqual(['F1-v1-1']);
  });

  it('begins with a clean attempt where nobody knows any more what became of one that had got further', async () => {
    await start();
    world.executions.clear();
    await world.current.transcodes.save({ ...message, attempt: 1 }, { refused: 'malformed' });

    expect(await start()).toBe('started');
    expect(world.transcode).toMatchObject({ attempt: 2 });
    expect(world.transcode).not.toHaveProperty('refused');
  });

  it('makes another attempt of an execution that ended without settling the file, a few times', async () => {
    for (let n = 1; n <= maxAttempts; n += 1) {
      expect(await start()).toBe('started');
      end();
    }

    await expect(start()).rejects.toThrow(`${maxAttempts} attempts failed`);
    expect([...world.executions.keys()]).toEqual(['F1-v1-1', 'F1-v1-2', 'F1-v1-3']);
  });

  it('is asked for anew by a redrive, beyond the attempts that were spent', async () => {
    for (let n = 1; n <= maxAttempts; n += 1) {
      await start();
      end();
    }

    expect(await start({ again: true })).toBe('started');
    expect(world.transcode).toMatchObject({ attempt: maxAttempts + 1, firstAttempt: maxAttempts + 1 });
  });

  it('frees the encoder of the attempt that ended before', async () => {
    await start();
    const { leases } = world.current;
    const until = addSeconds(world.world.at, 3_600);
    await leases.take({ ...message, attempt: 1 }, until, world.leaseBounds);
    end();

    await start();

    expect(world.leases).toEqual([]);
  });

  it('frees the encoder of the last attempt too, which no other follows', async () => {
    for (let n = 1; n <= maxAttempts; n += 1) {
      await start();
      end();
    }
    const until = addSeconds(world.world.at, 3_600);
    await world.current.leases.take({ ...message, attempt: maxAttempts }, until, world.leaseBounds);

    await expect(start()).rejects.toThrow(`${maxAttempts} attempts failed`);

    expect(world.leases).toEqual([]);
  });

  it('moves the look of the sweep on when that came too early', async () => {
    await start();
    const { file: processing } = world;
    if (processing) world.world.table.put({ ...processing, dueAt: world.world.at });

    expect(await start()).toBe('running');
    expect(world.file?.dueAt ?? '').toBe(addSeconds(world.world.at, workflowSeconds + 900));
  });

  it('is nothing for another content, nor for what is ready', async () => {
    expect(await startTranscode(world.starting, { ...message, version: 2 })).toBe('ignored');
    const { file: stored } = world;
    if (stored) world.world.table.put({ ...stored, status: 'ready' });
    expect(await start()).toBe('ignored');
    expect(world.executions.size).toBe(0);
  });
});
