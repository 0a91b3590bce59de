import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { fairLanes, queues } from '../../../lambdas/contract/queues.ts';
import {
  arrivalDelay,
  nextTurn,
  type Pace,
  paceAfter,
  shareOf,
  stepOf,
} from '../../../lambdas/core/processing/fair-share.ts';
import { addSeconds } from '../../../lambdas/core/time.ts';
import { startOfTime } from '../../support/domain.ts';

const bounds = defaultLimits.pipeline;

describe("a tenant's share of a lane", () => {
  it.each(fairLanes)('of %s leaves room for others, and lets one message through at least', (lane) => {
    const { maxConcurrency } = queues[lane];
    const share = shareOf(maxConcurrency, bounds);
    expect(share).toBeGreaterThanOrEqual(1);
    expect(share).toBeLessThan(maxConcurrency);
    const low = shareOf(maxConcurrency, bounds, 'low');
    expect(low).toBeGreaterThanOrEqual(1);
    expect(low).toBeLessThanOrEqual(Math.max(1, share / 2));
  });

  it('is the whole lane where the stage says so', () => {
    expect(shareOf(20, { tenantShare: 1 }, 'normal')).toBe(20);
  });
});

describe('a message that comes into a lane', () => {
  it('is seen at once where nearly nothing of its tenant is before it, and else when its turn has come', () => {
    const delay = (ahead: number) => arrivalDelay(ahead, { putOffMaxSeconds: 900 }, () => 0.5);
    expect([0, 0.9, 1, 1.9, 60].map(delay)).toEqual([0, 0, 1, 1, 60]);
  });

  it('waits no longer than a queue can delay it, and not together with the others of a long line', () => {
    const bounds = { putOffMaxSeconds: 900 };
    expect(arrivalDelay(5_000, bounds, () => 0)).toBe(450);
    expect(arrivalDelay(5_000, bounds, () => 0.999)).toBe(900);
  });

  it('comes a little faster than the lane works, so that no slot is idle', () => {
    expect(stepOf(2, 4)).toBeLessThan(2 / 4);
  });
});

describe('the turn of a message that was put off', () => {
  const random = () => 0.5;
  const now = startOfTime;
  const secondsAfter = (at: string) => (Date.parse(at) - Date.parse(now)) / 1000;

  it('comes behind those that were put off before, at the pace at which they are worked on', () => {
    let pace: Pace = { seconds: 5 };
    const delays = Array.from({ length: 100 }, () => {
      const { delaySeconds, lineEndsAt } = nextTurn(pace, 2, bounds, { now, random });
      pace = { ...pace, lineEndsAt };
      return delaySeconds;
    });
    // Two at a time take 2.5 s each: 250 s of work, called back in half of that.
    expect(delays.at(0)).toBe(2);
    expect(delays.at(-1)).toBe(125);
    expect([...delays].sort((one, other) => one - other)).toEqual(delays);
  });

  it('does not wait for a line that has passed', () => {
    const pace = { seconds: 1, lineEndsAt: addSeconds(now, -3_600) };
    const turn = nextTurn(pace, 10, bounds, { now, random });
    expect(turn.delaySeconds).toBe(bounds.putOffMinSeconds);
    expect(secondsAfter(turn.lineEndsAt)).toBeLessThan(1);
  });

  it('is never further away than the bound, whatever the line', () => {
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.nat(3_600),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (ahead, seconds, chance) => {
          const pace = { seconds, lineEndsAt: addSeconds(now, ahead) };
          const turn = nextTurn(pace, 1, bounds, { now, random: () => chance });
          expect(Number.isInteger(turn.delaySeconds)).toBe(true);
          expect(turn.delaySeconds).toBeGreaterThanOrEqual(bounds.putOffMinSeconds);
          expect(turn.delaySeconds).toBeLessThanOrEqual(bounds.putOffMaxSeconds);
          expect(secondsAfter(turn.lineEndsAt)).toBeLessThanOrEqual(bounds.putOffMaxSeconds);
        },
      ),
    );
  });

  it('follows what messages take by and by', () => {
    let pace: Pace = {};
    pace = { seconds: paceAfter(pace, 10) };
    expect(pace.seconds).toBe(10);
    for (let n = 0; n < 30; n += 1) pace = { seconds: paceAfter(pace, 1) };
    expect(pace.seconds).toBeCloseTo(1, 1);
  });
});
