import { describe, expect, it } from 'vitest';
import { type HealthFacts, judge } from '../../../lambdas/core/health/judge.ts';
import { bucketOf } from '../../../lambdas/core/metrics/histogram.ts';
import { type Numbers, noNumbers } from '../../../lambdas/core/metrics/numbers.ts';

const now = '2026-11-21T03:30:00.000Z';
const answers = { name: 'table', ok: true, ms: 3 };

const uploads = (stored: number, rejected: number, seconds = 1): Numbers => ({
  ...noNumbers,
  counts: { stored, rejected, uploadMs: stored * seconds * 1000 },
  uploadTimes: { [bucketOf(seconds)]: stored },
});

const healthOf = (over: Partial<HealthFacts>) =>
  judge({ checks: [answers], now, sweepIntervalSeconds: 600, scanner: 'up', ...over });

const statusOf = (lastHour: Numbers, sweptAt?: string) =>
  healthOf({ stage: { lastHour, ...(sweptAt && { sweptAt }) } }).status;

describe('health', () => {
  it.each([
    [95, 5, 'healthy'],
    [94, 6, 'degraded'],
    [90, 10, 'degraded'],
    [89, 11, 'critical'],
  ])('with %i of 100 uploads stored and %i rejected is %s', (stored, rejected, status) => {
    expect(statusOf(uploads(stored, rejected))).toBe(status);
  });

  it('says nothing of rates from fewer than 20 uploads', () => {
    const few = healthOf({ stage: { lastHour: uploads(9, 10, 100) } });
    expect([few.status, few.numbers]).toEqual(['healthy', undefined]);
    expect(statusOf(uploads(10, 10))).toBe('critical');
  });

  it('degrades when an upload takes more than 30 s on average', () => {
    expect(statusOf(uploads(100, 0, 30))).toBe('healthy');
    expect(statusOf(uploads(100, 0, 31))).toBe('degraded');
  });

  it('degrades when three runs of the sweep are missing; one that never ran is not missing', () => {
    expect(statusOf(noNumbers, '2026-11-21T03:00:00.000Z')).toBe('healthy');
    expect(statusOf(noNumbers, '2026-11-21T02:59:59.000Z')).toBe('degraded');
    expect(statusOf(noNumbers)).toBe('healthy');
  });

  it('degrades with dead letters, and without a scanner, and names them', () => {
    const health = healthOf({ deadLetters: ['images'], scanner: 'none' });
    expect(health.status).toBe('degraded');
    expect(health.issues).toEqual([
      'dead letters wait in queue images',
      'no scanner is configured: files are held',
    ]);
  });

  it.each([
    ['down', 'the malware scanner does not answer: files are held'],
    ['test', 'no malware scanner: only test files are recognized'],
  ] as const)('degrades with a scanner that is %s', (scanner, issue) => {
    expect(healthOf({ scanner })).toMatchObject({ status: 'degraded', issues: [issue] });
  });

  it('is critical when a dependency does not answer, even without knowing anything else', () => {
    const health = healthOf({ checks: [{ ...answers, ok: false }] });
    expect([health.status, health.issues]).toEqual(['critical', ['table does not answer']]);
  });
});
