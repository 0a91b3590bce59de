import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { livenessOf } from '../../../lambdas/core/uploads/session.ts';
import { session, startOfTime } from '../../support/domain.ts';

const bounds = defaultLimits.upload;
const later = (seconds: number): string => new Date(Date.parse(startOfTime) + seconds * 1000).toISOString();
const minutes = 60;
const hours = 3_600;

describe('an upload session', () => {
  it.each([
    ['14 minutes without activity', { at: 14 * minutes }, true],
    ['15 minutes without activity', { at: 15 * minutes }, false],
    ['an hour with heartbeats', { at: hours, activity: hours - 30 }, true],
    ['two hours of heartbeats without a new part', { at: 2 * hours, activity: 2 * hours - 30 }, false],
    [
      'two hours of heartbeats with a part an hour ago',
      { at: 2 * hours, activity: 2 * hours - 30, progress: hours },
      true,
    ],
    [
      'seven days of diligence',
      { at: 7 * 24 * hours, activity: 7 * 24 * hours, progress: 7 * 24 * hours },
      false,
    ],
  ])(
    'after %s',
    (_what, {
      at,
      activity = 0,
      progress = 0,
    }: { at: number; activity?: number; progress?: number }, alive) => {
      const found = session({ lastActivityAt: later(activity), lastProgressAt: later(progress) });
      expect(livenessOf(found, bounds, later(at)).alive).toBe(alive);
    },
  );

  it('has the time that its part takes at 1 Mbit/s, where that is longer than two hours', () => {
    const partSize = 2 * 1024 ** 3;
    const slow = session({ partSize, totalParts: 100, lastActivityAt: later(4 * hours) });
    expect(livenessOf(slow, bounds, later(4 * hours)).alive).toBe(true);
    const tooSlow = session({ partSize, totalParts: 100, lastActivityAt: later(5 * hours) });
    expect(livenessOf(tooSlow, bounds, later(5 * hours)).alive).toBe(false);
  });

  it('is looked at again when it would be dead without anything new, not before and not after', () => {
    const times = fc.integer({ min: 0, max: 3 * hours });
    fc.assert(
      fc.property(times, times, times, (activity, progress, at) => {
        const found = session({ lastActivityAt: later(activity), lastProgressAt: later(progress) });
        const liveness = livenessOf(found, bounds, later(at));
        if (!liveness.alive) return;
        expect(livenessOf(found, bounds, liveness.dueAt).alive).toBe(false);
        const before = new Date(Date.parse(liveness.dueAt) - 1).toISOString();
        expect(livenessOf(found, bounds, before).alive).toBe(true);
      }),
    );
  });
});
