import { beforeEach, describe, expect, it } from 'vitest';
import { createLaneArrivals, createLaneSlots } from '../../../lambdas/adapters/dynamodb/lane-slots.ts';
import { keys } from '../../../lambdas/contract/table.ts';
import type { LaneArrivals, LaneSlots } from '../../../lambdas/core/processing/fair-share.ts';
import { addSeconds } from '../../../lambdas/core/time.ts';
import { startOfTime } from '../../support/domain.ts';
import { memoryDb } from '../../support/memory-dynamodb/client.ts';
import type { MemoryTable } from '../../support/memory-dynamodb/table.ts';

const leaseSeconds = 120;

describe('the slots of a lane', () => {
  let now: string;
  let slots: LaneSlots;
  let table: MemoryTable;
  let arrivals: LaneArrivals;
  beforeEach(() => {
    now = startOfTime;
    const memory = memoryDb();
    table = memory.table;
    slots = createLaneSlots(memory.db, () => now);
    arrivals = createLaneArrivals(memory.db, () => now);
  });
  const slot = (id: string, tenantId = 'acme', lane = 'images') => ({
    ...{ id, tenantId, lane },
    until: addSeconds(now, leaseSeconds),
  });

  const take = async (of: ReturnType<typeof slot>, share: number) => (await slots.take(of, share)).taken;

  it('are at most the share of one tenant in one lane, and of nobody else', async () => {
    expect(await take(slot('A'), 2)).toBe(true);
    expect(await take(slot('B'), 2)).toBe(true);

    expect(await take(slot('C'), 2)).toBe(false);

    expect(await take(slot('C', 'globex'), 2)).toBe(true);
    expect(await take(slot('C', 'acme', 'documents'), 2)).toBe(true);
  });

  it('are free again when they were given back, and leave nothing behind but the time to forget them', async () => {
    const held = slot('A');
    await slots.take(held, 1);
    await slots.release(held, 1, 1);
    await slots.release(held, 1, 1);

    const item = table.get({ ...keys.laneSlots('images', 'acme') });
    expect(item?.slots).toBeUndefined();
    expect(item?.ttlEpochSeconds).toBeGreaterThan(Date.parse(held.until) / 1000);
    expect(await take(slot('B'), 1)).toBe(true);
  });

  it('of whoever was killed are free when its time is over, not before', async () => {
    await slots.take(slot('killed'), 1);
    now = addSeconds(now, leaseSeconds - 1);
    expect(await take(slot('B'), 1)).toBe(false);
    now = addSeconds(now, 1);
    expect(await take(slot('B'), 1)).toBe(true);
    expect(await take(slot('C'), 1)).toBe(false);
  });

  it('are taken once by a request that was sent again', async () => {
    const held = slot('A');
    expect(await take(held, 1)).toBe(true);
    expect(await take(held, 1)).toBe(true);
    await slots.release(held, 1, 1);
    expect(await take(slot('B'), 1)).toBe(true);
  });

  it('tell what a message takes, and where the line of those that were put off ends', async () => {
    const held = slot('A');
    expect((await slots.take(held, 1)).pace).toEqual({});
    await slots.release(held, 1.5, 1);
    const pace = { seconds: 1.5 };
    expect(await slots.take(slot('B'), 1)).toEqual({ taken: true, pace });
    const lineEndsAt = addSeconds(now, 7);
    await slots.lengthenLine(slot('C'), lineEndsAt);
    expect(await slots.take(slot('C'), 1)).toEqual({ taken: false, pace: { ...pace, lineEndsAt } });
  });

  it('have a line of arrivals, which moves on by what a message takes, and begins anew when it has passed', async () => {
    const of = { lane: 'images', tenantId: 'acme' };
    expect(await arrivals.arrive(of)).toBe(0);
    expect(await arrivals.arrive(of)).toBeLessThan(1);
    const held = slot('A');
    await slots.take(held, 1);
    await slots.release(held, 4, 2);
    const [third, fourth] = [await arrivals.arrive(of), await arrivals.arrive(of)];
    expect(fourth - third).toBeCloseTo(2);
    expect(await arrivals.arrive({ ...of, tenantId: 'globex' })).toBe(0);
    now = addSeconds(now, 60);
    expect(await arrivals.arrive(of)).toBe(0);
  });

  it('are fewer for what has a smaller share of the same lane', async () => {
    for (const id of ['A', 'B']) await slots.take(slot(id), 4);
    expect(await take(slot('low'), 2)).toBe(false);
    expect(await take(slot('C'), 4)).toBe(true);
  });
});
