import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import type { TenantEvent } from '../../../lambdas/core/files/event.ts';
import { clearSlots } from '../../../lambdas/core/operations/clear-slots.ts';
import {
  type ConcurrencyDeps,
  type ConcurrencyStore,
  concurrencyHealth,
  concurrencyStats,
  type SlotHolder,
} from '../../../lambdas/core/operations/concurrency.ts';
import { initiateUpload } from '../../../lambdas/core/uploads/initiate.ts';
import { caller, startOfTime, tenant, user } from '../../support/domain.ts';
import { World } from '../../support/world.ts';

const MiB = 1024 ** 2;
const admin = caller({ user: { userId: 'admin', role: 'admin' } });
const sweptAt = '2026-11-20T11:50:00.000Z';
const swept = { startedAt: sweptAt, endedAt: sweptAt, complete: true, actions: { expired: 3 } };

const holders = (ownerId: string, count: number): SlotHolder[] =>
  Array.from({ length: count }, (_, n) => ({
    ...{ tenantId: 'acme', ownerId },
    ...{ fileId: `F${ownerId}${n}`, uploadId: `U${ownerId}${n}` },
  }));

function deps(sessions: readonly SlotHolder[], over: Partial<ConcurrencyStore> = {}): ConcurrencyDeps {
  return {
    store: {
      openUploads: async () => sessions.length,
      slotHolders: async () => ({ items: sessions }),
      countOpen: async (some) => some.length,
      peakOpenUploads: async () => 0,
      users: async (_tenant, userIds) => userIds.map((userId) => user({ userId })),
      lastSweep: async () => swept,
      ...over,
    },
    limits: defaultLimits,
    sweepOverdueSeconds: 1_500,
    now: () => startOfTime,
  };
}

describe('the stats of concurrency', () => {
  it('name the busiest users first, at most 100 of them', async () => {
    const sessions = Array.from({ length: 150 }, (_, n) => holders(`u${n}`, n === 77 ? 3 : 1)).flat();

    const stats = await concurrencyStats(deps(sessions), admin);

    expect(stats).toMatchObject({
      activeUploads: 152,
      maxUploads: 500,
      utilization: 0.304,
      usersActive: 150,
    });
    expect(stats.byUser).toHaveLength(100);
    expect(stats.byUser[0]).toEqual({ userId: 'u77', active: 3, max: 100 });
  });

  it('follow the listing page by page, up to a bound', async () => {
    let pages = 0;
    const endless = deps([], {
      slotHolders: async () => {
        pages += 1;
        return { items: holders('alice', 1_000), nextCursor: 'more' };
      },
    });

    const stats = await concurrencyStats(endless, admin);

    expect(pages).toBe(10);
    expect(stats.byUser).toEqual([{ userId: 'alice', active: 10_000, max: 100 }]);
  });

  it('show a peak that is never below what is open now', async () => {
    const peak = (tallied: number) =>
      concurrencyStats(deps(holders('a', 4), { peakOpenUploads: async () => tallied }), admin);

    expect((await peak(9)).peakToday).toBe(9);
    expect((await peak(2)).peakToday).toBe(4);
  });
});

describe('the health of concurrency', () => {
  it('looks twice before it says that slots and sessions differ', async () => {
    const counts = [5, 4];
    const settling = deps(holders('a', 4), { openUploads: async () => counts.shift() ?? 4 });

    expect(await concurrencyHealth(settling, admin)).toMatchObject({
      consistent: true,
      slots: { counted: 4, sessions: 4 },
      issues: [],
    });
    expect(
      await concurrencyHealth(deps(holders('a', 4), { openUploads: async () => 7 }), admin),
    ).toMatchObject({
      consistent: false,
      slots: { counted: 7, sessions: 4 },
    });
  });

  it('says what is wrong with the sweep: never, late, not through, failing', async () => {
    const issues = async (lastSweep: Awaited<ReturnType<ConcurrencyStore['lastSweep']>>) =>
      (await concurrencyHealth(deps([], { lastSweep: async () => lastSweep }), admin)).issues;

    expect(await issues(swept)).toEqual([]);
    expect(await issues(undefined)).toEqual(['The sweep has not run yet.']);
    expect(await issues({ ...swept, endedAt: '2026-11-20T11:00:00.000Z' })).toEqual([
      'The sweep is overdue.',
    ]);
    expect(await issues({ ...swept, complete: false })).toHaveLength(1);
    expect(await issues({ ...swept, actions: { failed: 1 } })).toHaveLength(1);
  });

  it('tells what the sweep did over all tenants to root alone', async () => {
    const root = caller({ user: { role: 'root' } });

    expect((await concurrencyHealth(deps([]), admin)).lastSweep).not.toHaveProperty('actions');
    expect((await concurrencyHealth(deps([]), root)).lastSweep?.actions).toEqual({ expired: 3 });
  });
});

describe("ending a user's uploads", () => {
  const alice = caller();
  const request = (filename: string, size: number) => ({
    ...{ path: '/', filename, size },
    mimeType: 'application/octet-stream',
  });

  function clearing(world: World) {
    const events: TenantEvent[] = [];
    const clear = () =>
      clearSlots(
        {
          ...world.uploads,
          directory: {
            find: async (_t, userId) => (userId === 'alice' ? { tenant: tenant(), user: user() } : {}),
          },
          events: { record: async (event) => void events.push(event) },
        },
        admin,
        'alice',
      );
    return { events, clear };
  }

  it('frees every slot and reservation, in the name of the admin', async () => {
    const world = new World();
    const { events, clear } = clearing(world);
    await initiateUpload(world.uploads, alice, request('a.bin', 10));
    await initiateUpload(world.uploads, alice, request('b.bin', 6 * MiB));

    expect(await clear()).toEqual({ ended: 2, left: 0, complete: true });

    expect([...world.table.files.values()].map(({ status }) => status)).toEqual(['aborted', 'aborted']);
    expect(events).toMatchObject([
      {
        type: 'uploads.cleared',
        tenantId: 'acme',
        actor: admin.actor,
        data: { userId: 'alice', ended: 2, left: 0 },
      },
    ]);
    expect(await clear()).toEqual({ ended: 0, left: 0, complete: true });
  });

  it('leaves an upload that is being completed to become a file', async () => {
    const world = new World();
    const { clear } = clearing(world);
    const started = await initiateUpload(world.uploads, alice, request('b.bin', 6 * MiB));
    const ref = { tenantId: 'acme', fileId: started.fileId, uploadId: started.uploadId };
    await world.uploads.store.updateSession(ref, ['open'], { phase: 'completing' });

    expect(await clear()).toEqual({ ended: 0, left: 1, complete: true });
  });
});
