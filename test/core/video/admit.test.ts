import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { judgeLease } from '../../../lambdas/core/video/lease.ts';
import type { TranscodeRef } from '../../../lambdas/core/video/transcode.ts';
import { file, startOfTime } from '../../support/domain.ts';
import { VideoWorld } from '../../support/video-world.ts';

const ids = ['F1', 'F2', 'F3', 'F4', 'F5'];
const video = (fileId: string, over: Partial<FileRecord> = {}): FileRecord =>
  file({
    ...{ fileId, status: 'processing', accounting: 'used', mimeType: 'video/mp4' },
    ...{ libraryKey: fileId, libraryVersionId: 'L' },
    ...over,
  });
const jobOf = (fileId: string, over: Partial<TranscodeRef> = {}): TranscodeRef => ({
  ...{ tenantId: 'acme', fileId, version: 1, attempt: 1 },
  ...over,
});

/** Seconds of output of the probed video: three rungs of two minutes. */
const cost = 360;

describe('an admission', () => {
  let world: VideoWorld;
  beforeEach(async () => {
    world = new VideoWorld(...ids.map((id) => video(id)));
    for (const id of ids) await probed(jobOf(id));
  });
  const probed = async (job: TranscodeRef): Promise<void> => {
    await world.current.transcodes.begin({ ...job, firstAttempt: 1, startedAt: startOfTime }, undefined);
    await world.probe(job);
  };
  const all = () => Promise.all(ids.map((id) => world.admit(jobOf(id))));

  it('gives an encoder to as many as there are, and lets the others ask again, each at its own time', async () => {
    const answers = await all();

    expect(answers.map(({ outcome }) => outcome).sort()).toEqual([
      ...['admitted', 'admitted', 'wait', 'wait', 'wait'],
    ]);
    expect(world.leases).toHaveLength(2);
    expect(answers.find(({ outcome }) => outcome === 'wait')).toEqual({ outcome: 'wait', seconds: 60 });
  });

  it('goes to the next one when an encoder is given back, or its time is over', async () => {
    await world.admit(jobOf('F1'));
    await world.admit(jobOf('F2'));
    await world.current.leases.release(jobOf('F1'));
    expect((await world.admit(jobOf('F3'))).outcome).toBe('admitted');
    expect((await world.admit(jobOf('F4'))).outcome).toBe('wait');

    world.world.pass(3_600);

    expect((await world.admit(jobOf('F4'))).outcome).toBe('admitted');
    expect(world.leases).toEqual(['F4-v1-1']);
  });

  it('charges a video once, however often it asks and whatever is tried again', async () => {
    await world.admit(jobOf('F1'));
    await Promise.all([world.admit(jobOf('F1')), world.admit(jobOf('F1'))]);
    const next = jobOf('F1', { attempt: 2 });
    await world.current.transcodes.begin({ ...next, firstAttempt: 1, startedAt: startOfTime }, 1);
    await world.probe(next);
    await world.admit(next);

    expect(world.charged).toBe(cost);
  });

  it('lets no two of a race through where the budget has room for one', async () => {
    world.minutesPerMonth = Math.ceil((2 * cost) / 60) - 1;

    const answers = await all();

    expect(answers.filter(({ outcome }) => outcome === 'refused')).toHaveLength(4);
    expect(answers).toContainEqual({ outcome: 'refused', reason: 'budget_exceeded' });
    expect(world.charged).toBe(cost);
  });

  it('charges the month that it happens in', async () => {
    await world.admit(jobOf('F1'));
    world.world.at = '2026-12-01T00:00:00.000Z';

    await world.admit(jobOf('F2'));

    expect(world.charged).toBe(cost);
    expect(await world.current.budget.used('acme', '2026-11')).toBe(cost);
  });

  it('gives minutes back once, and never those of a later attempt', async () => {
    await world.admit(jobOf('F1'));
    await world.admit(jobOf('F2'));

    await Promise.all([1, 2, 3].map(() => world.current.budget.giveBack(jobOf('F1'))));
    await world.current.budget.giveBack(jobOf('F2', { attempt: 2 }));

    expect(world.charged).toBe(cost);
  });

  it('refuses what the function would not end within its time, before it is tried', async () => {
    const { prober } = world;
    world.prober = { probe: async (source) => ({ ...(await prober.probe(source)), duration: 6 * 3_600 }) };
    await world.probe(jobOf('F1'));

    expect(await world.admit(jobOf('F1'))).toEqual({ outcome: 'refused', reason: 'too_long' });
    expect(world.charged).toBe(0);

    world.encoderName = 'mediaconvert';
    expect(await world.admit(jobOf('F1'))).toMatchObject({ outcome: 'admitted', encoder: 'mediaconvert' });
  });

  it('is not for an attempt that another one has followed, nor for a file that went', async () => {
    const gone = { outcome: 'gone' };
    const next = { ...jobOf('F1', { attempt: 2 }), firstAttempt: 1, startedAt: startOfTime };
    await world.current.transcodes.begin(next, 1);
    expect(await world.admit(jobOf('F1'))).toEqual(gone);

    world.world.table.put(video('F2', { status: 'deleted' }));
    expect(await world.admit(jobOf('F2'))).toEqual(gone);
    world.world.table.put(video('F3', { version: 2 }));
    expect(await world.admit(jobOf('F3'))).toEqual(gone);
    expect(world.charged).toBe(0);
    expect(world.leases).toEqual([]);
  });
});

describe('a lease', () => {
  const lease = (tenantId: string, until = '2026-11-20T13') => ({ tenantId, until });
  const bounds = { encodersMax: 4, tenantShare: 0.5 };

  it('is kept by who has it, also beyond every bound', () => {
    const held = { a: lease('acme'), b: lease('acme') };
    const asked = { name: 'a', tenantId: 'acme' };
    expect(judgeLease(held, asked, { encodersMax: 1, tenantShare: 0.1 }, startOfTime).taken).toBe(true);
  });

  it('leaves a part of the encoders to other tenants', () => {
    const held = { a: lease('acme'), b: lease('acme') };
    expect(judgeLease(held, { name: 'c', tenantId: 'acme' }, bounds, startOfTime).taken).toBe(false);
    expect(judgeLease(held, { name: 'c', tenantId: 'globex' }, bounds, startOfTime).taken).toBe(true);
  });

  it('never lets more encode than there are encoders, whoever comes and goes', () => {
    const asks = fc.array(
      fc.record({ name: fc.integer({ min: 0, max: 9 }), tenant: fc.constantFrom('a', 'b', 'c') }),
    );
    fc.assert(
      fc.property(asks, fc.integer({ min: 1, max: 4 }), (all, encodersMax) => {
        const held: Record<string, { tenantId: string; until: string }> = {};
        for (const { name, tenant } of all) {
          const asked = { name: `${tenant}${name}`, tenantId: tenant };
          const { taken, ended } = judgeLease(held, asked, { encodersMax, tenantShare: 1 }, startOfTime);
          for (const other of ended) delete held[other];
          if (taken) held[asked.name] = lease(tenant, name % 3 === 0 ? startOfTime : '2026-11-20T13');
          const running = Object.values(held).filter(({ until }) => until > startOfTime);
          expect(running.length).toBeLessThanOrEqual(encodersMax);
        }
      }),
    );
  });
});
