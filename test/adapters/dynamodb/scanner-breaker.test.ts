import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createScannerBreaker } from '../../../lambdas/adapters/dynamodb/scanner-breaker.ts';
import type { ScannerBreaker } from '../../../lambdas/core/intake/scanner.ts';
import { addSeconds } from '../../../lambdas/core/time.ts';
import { startOfTime } from '../../support/domain.ts';
import { memoryDb } from '../../support/memory-dynamodb/client.ts';

const bounds = { breakerFailures: 3, breakerOpenSeconds: 60 };
const repeat = async (times: number, step: () => Promise<void>) => {
  for (let n = 0; n < times; n += 1) await step();
};

describe("the scanner's breaker", () => {
  let now: string;
  let breaker: ScannerBreaker;
  let newBreaker: () => ScannerBreaker;
  beforeEach(() => {
    now = startOfTime;
    const { db } = memoryDb();
    newBreaker = () => createScannerBreaker(db, { ...bounds, now: () => now });
    breaker = newBreaker();
  });
  const pass = (seconds: number) => {
    now = addSeconds(now, seconds);
  };

  it('lets everybody ask until the scanner has failed too often in a row', async () => {
    await repeat(bounds.breakerFailures - 1, breaker.failed);
    expect(await breaker.mayScan()).toBe(true);
    await breaker.succeeded();
    await repeat(bounds.breakerFailures - 1, breaker.failed);
    expect(await breaker.mayScan()).toBe(true);
    expect(await breaker.isOpen()).toBe(false);

    await breaker.failed();

    expect(await breaker.mayScan()).toBe(false);
    expect(await breaker.isOpen()).toBe(true);
  });

  it('lets one of many try when its time is over, whichever function asks', async () => {
    await repeat(bounds.breakerFailures, breaker.failed);
    pass(bounds.breakerOpenSeconds);

    const answers = await Promise.all(Array.from({ length: 50 }, () => newBreaker().mayScan()));

    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it('stays open when the one that tried failed, and is closed for all when it succeeded', async () => {
    await repeat(bounds.breakerFailures, breaker.failed);
    pass(bounds.breakerOpenSeconds);
    expect(await breaker.mayScan()).toBe(true);
    await breaker.failed();
    expect(await breaker.mayScan()).toBe(false);

    pass(bounds.breakerOpenSeconds);
    expect(await breaker.mayScan()).toBe(true);
    await breaker.succeeded();

    expect(await Promise.all([breaker.mayScan(), breaker.mayScan()])).toEqual([true, true]);
  });

  it('lets another one try when the first never came back', async () => {
    await repeat(bounds.breakerFailures, breaker.failed);
    pass(bounds.breakerOpenSeconds);
    expect(await breaker.mayScan()).toBe(true);
    expect(await breaker.mayScan()).toBe(false);

    pass(bounds.breakerOpenSeconds);

    expect(await breaker.mayScan()).toBe(true);
  });

  it('never lets two try within its time, whatever happens in which order', async () => {
    const step = fc.oneof(
      fc.record({ ask: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ pass: fc.integer({ min: 1, max: 90 }) }),
      fc.constant('failed' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { db } = memoryDb();
        const each = () => createScannerBreaker(db, { ...bounds, now: () => now });
        now = startOfTime;
        await repeat(bounds.breakerFailures, each().failed);
        const tries: string[] = [];
        for (const next of steps) {
          if (next === 'failed') await each().failed();
          else if ('pass' in next) pass(next.pass);
          else {
            const answers = await Promise.all(Array.from({ length: next.ask }, () => each().mayScan()));
            for (const answer of answers) if (answer) tries.push(now);
          }
        }
        for (const [index, at] of tries.entries()) {
          const earlier = tries[index - 1] ?? startOfTime;
          expect(Date.parse(at) - Date.parse(earlier)).toBeGreaterThanOrEqual(
            bounds.breakerOpenSeconds * 1_000,
          );
        }
      }),
    );
  });
});
