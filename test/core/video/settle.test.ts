import { beforeEach, describe, expect, it } from 'vitest';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { defaultPresets } from '../../../lambdas/core/images/presets.ts';
import { presetRecipe } from '../../../lambdas/core/images/recipes.ts';
import { OutputsDiffer } from '../../../lambdas/core/video/differences.ts';
import { verifyStep } from '../../../lambdas/core/video/verify-step.ts';
import { file, startOfTime } from '../../support/domain.ts';
import { VideoWorld } from '../../support/video-world.ts';

const job = { tenantId: 'acme', fileId: 'F1', version: 1, attempt: 1 };
const failed = { ...job, failed: true } as const;
const [preset] = defaultPresets;
if (!preset) throw new Error('there are no presets');
const small = { name: 'small', status: 'pending' as const, recipe: presetRecipe(preset) };

const processing = (over: Partial<FileRecord> = {}): FileRecord =>
  file({
    ...{ status: 'processing', accounting: 'used', mimeType: 'video/mp4', priority: 'high' },
    ...{ libraryKey: 'k', libraryVersionId: 'L', renditions: { small } },
    ...over,
  });

describe('the end of an attempt', () => {
  let world: VideoWorld;
  beforeEach(async () => {
    world = new VideoWorld(processing());
    await world.current.transcodes.begin({ ...job, firstAttempt: 1, startedAt: startOfTime }, undefined);
    await world.probe(job);
    await world.admit(job);
  });

  it('settles once, and tells the seconds of each rung to the run that did, and to the bus', async () => {
    await world.encode(job);

    const seconds = { '720p': 120, '480p': 120, '360p': 120 };
    expect(await world.settleJob(job)).toEqual({ outcome: 'ready', seconds });
    expect(await world.settleJob(job)).toEqual({ outcome: 'ready' });

    const events = world.world.table.events.filter(({ type }) => type === 'file.ready');
    expect(events.map(({ data }) => data)).toEqual([
      expect.objectContaining({ transcoded720p: 120, transcoded360p: 120, seconds: expect.any(Number) }),
    ]);
    expect(world.file?.media).toMatchObject({ width: 1_280, height: 720, duration: 120 });
    expect(world.charged).toBe(360);
  });

  it('of a failure keeps a message for an operator, whose redrive makes everything after all', async () => {
    await world.encode(job);

    expect(await world.settleJob(failed)).toEqual({ outcome: 'failed' });

    expect(world.file).toMatchObject({ status: 'failed', reason: 'processing_failed' });
    expect(world.deadLetters).toMatchObject([{ fileId: 'F1', version: 1 }]);
    expect([...world.objects]).toEqual([]);
    expect(world.charged).toBe(0);
    world.redrive();
    await world.deliver();
    expect(world.file).toMatchObject({ status: 'ready', renditions: { small: { status: 'ready' } } });
    expect(world.file).not.toHaveProperty('reason');
    expect(world.transcode).toMatchObject({ attempt: 2, firstAttempt: 2 });
    expect(world.charged).toBe(360);
  });

  it('changes nothing about a file that an earlier run has settled well', async () => {
    await world.encode(job);
    await world.settleJob(job);
    const made = [...world.objects];

    expect(await world.settleJob(failed)).toEqual({ outcome: 'ready' });

    expect([...world.objects]).toEqual(made);
    expect(world.deadLetters).toEqual([]);
    expect(world.charged).toBe(360);
  });

  it('of a file in the trash leaves it what it is: it is made when the file comes back', async () => {
    world.world.table.put(processing({ status: 'deleted', deletedFrom: 'processing' }));

    expect(await world.settleJob(job)).toEqual({ outcome: 'gone' });

    expect(world.leases).toEqual([]);
    expect(world.file?.status).toBe('deleted');
    world.world.table.put(processing());
    await world.start();
    await world.deliver();
    expect(world.file?.status).toBe('ready');
  });

  it('removes all outputs of a content that was withdrawn meanwhile', async () => {
    await world.encode(job);
    const withdrawal = { version: 1, threat: 'EICAR', engine: 'test', at: startOfTime };
    world.world.table.put(processing({ status: 'rejected', withdrawals: [withdrawal] }));

    expect(await world.settleJob(job)).toEqual({ outcome: 'gone' });

    expect([...world.objects]).toEqual([]);
  });

  it('does not take for ready what was never encoded', async () => {
    await expect(world.settleJob(job)).rejects.toThrow('has not been encoded');
    expect(world.file?.status).toBe('processing');
  });

  it('comes after a proof, which throws where an output is not what was planned', async () => {
    const deps = {
      ...world.current,
      prober: world.prober,
      bounds: { maxReads: 1, maxReadBytes: 1 },
      objects: () => ({
        size: async () => undefined,
        read: async () => new Uint8Array(),
        write: async () => undefined,
      }),
      outputs: { deleteAll: async () => undefined },
      copyClip: async (track: Uint8Array) => track,
    };
    await expect(verifyStep(deps, job)).rejects.toThrow(OutputsDiffer);
    expect(world.transcode).not.toHaveProperty('files');

    expect(await verifyStep(deps, { ...job, attempt: 2 })).toEqual({ outcome: 'gone' });
  });
});
