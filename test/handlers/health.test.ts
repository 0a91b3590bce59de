import { describe, expect, it } from 'vitest';
import { noNumbers } from '../../lambdas/core/metrics/numbers.ts';
import { apiHealth, type HealthDeps, storageHealth } from '../../lambdas/http/health.ts';
import { systemRoutes } from '../../lambdas/http/system.ts';
import { httpRequest } from '../../lambdas/runtime/http-request.ts';
import { httpEvent } from '../support/events.ts';

const answers = async () => undefined;
const never = () => new Promise<never>(() => undefined);

const deps = (over: Partial<HealthDeps> = {}): HealthDeps => ({
  stage: async () => ({ lastHour: noNumbers }),
  deadLetters: async () => [],
  intake: { name: 'intake', probe: answers },
  others: [{ name: 'library', probe: answers }],
  scanner: async () => 'up',
  sweepIntervalSeconds: 600,
  deadlineMs: 20,
  keepMs: 0,
  now: () => '2026-11-21T03:30:00.000Z',
  ...over,
});

describe('health', () => {
  it('of the API asks table and intake, of the storage everything', async () => {
    const names = async (of: typeof apiHealth) => (await of(deps())()).checks.map(({ name }) => name);
    expect(await names(apiHealth)).toEqual(['table', 'intake']);
    expect(await names(storageHealth)).toEqual(['table', 'queues', 'intake', 'library']);
  });

  it.each([
    ['table', { stage: never }],
    ['queues', { deadLetters: never }],
    ['library', { others: [{ name: 'library', probe: never }] }],
    ['intake', { intake: { name: 'intake', probe: () => Promise.reject(new Error('internal words')) } }],
  ] as const)('does not wait for %s: what does not answer in time is down', async (name, over) => {
    const { storageHealth: route } = systemRoutes({
      health: deps(over),
      publicKeys: async () => [],
      openapi: () => ({}),
    });
    const answer = await route?.(httpRequest(httpEvent('storageHealth'), 'storageHealth'));

    expect(answer?.statusCode).toBe(503);
    expect(JSON.parse(String(answer?.body))).toMatchObject({
      status: 'critical',
      issues: [`${name} does not answer`],
    });
  });

  it('degraded is still 200', async () => {
    const health = deps({ deadLetters: async () => ['images'] });
    const { storageHealth: route } = systemRoutes({
      health,
      publicKeys: async () => [],
      openapi: () => ({}),
    });
    expect((await route?.(httpRequest(httpEvent('storageHealth'), 'storageHealth')))?.statusCode).toBe(200);
  });

  it('is not measured anew for everybody who asks', async () => {
    let asked = 0;
    const stage = async () => {
      asked += 1;
      return { lastHour: noNumbers };
    };
    const ask = storageHealth(deps({ stage, keepMs: 60_000 }));
    await Promise.all([ask(), ask(), ask()]);
    expect(asked).toBe(1);
  });
});
