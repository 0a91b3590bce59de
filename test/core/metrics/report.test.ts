import { describe, expect, it } from 'vitest';
import { bucketOf } from '../../../lambdas/core/metrics/histogram.ts';
import { type Numbers, noNumbers } from '../../../lambdas/core/metrics/numbers.ts';
import type { MetricReads, WindowRow } from '../../../lambdas/core/metrics/reads.ts';
import { metricsReport } from '../../../lambdas/core/metrics/report.ts';
import { metricsScope } from '../../../lambdas/core/metrics/scope.ts';
import { type Dimension, windowId } from '../../../lambdas/core/metrics/windows.ts';
import { caller } from '../../support/domain.ts';

const now = '2026-11-21T03:30:00.000Z';

function deps(windows: readonly [period: string, dimension: Dimension, numbers: Numbers, peak?: number][]) {
  const all = new Map<string, WindowRow>(
    windows.map(([period, dimension, numbers, peak = 0]) => [
      windowId({ period, dimension }),
      { numbers, peak },
    ]),
  );
  const asked: string[] = [];
  const rows = [
    { name: 'globex', uploads: 1, bytes: 9 },
    { name: 'acme', uploads: 2, bytes: 1 },
    { name: 'globex', uploads: 3, bytes: 9 },
  ];
  const reads: MetricReads = {
    windows: async (wanted) => {
      asked.push(...wanted.map(({ period }) => period));
      return new Map([...all].filter(([id]) => wanted.some((window) => windowId(window) === id)));
    },
    regions: async () => ({ rows: [], complete: true }),
    tenants: async () => ({ rows, complete: false }),
    gauges: async () => [
      { tenantId: 'acme', openUploads: 1, bytes: 10, files: 2 },
      { tenantId: 'globex', openUploads: 2, bytes: 30, files: 1 },
    ],
    gauge: async (tenantId) => ({ tenantId, openUploads: 1, bytes: 10, files: 2 }),
  };
  const size = { visible: 0, inFlight: 0, delayed: 0 };
  const queues = { sizes: async () => [{ name: 'images', ...size, deadLetters: 1 }] };
  return { deps: { metrics: reads, queues, now: () => now }, asked };
}

const counted = (counts: Numbers['counts'], seconds?: number): Numbers => ({
  ...noNumbers,
  counts: { ...counts, ...(seconds !== undefined && { uploadMs: seconds * 1000 }) },
  uploadTimes: seconds === undefined ? {} : { [bucketOf(seconds)]: 1 },
});

const all: Dimension = { kind: 'all' };
const acme: Dimension = { kind: 'tenant', tenantId: 'acme' };

describe('a report of numbers', () => {
  it('sums its windows: the running hour and the one before for 1h', async () => {
    const { deps: from, asked } = deps([
      ['2026-11-21T02', all, counted({ uploads: 2, stored: 1, bytes: 5_400 }, 4), 3],
      ['2026-11-21T03', all, counted({ uploads: 1, rejected: 1, blocked: 1 }), 2],
      ['2026-11-21T01', all, counted({ uploads: 100 }), 100],
    ]);
    const report = await metricsReport(from, '1h');

    expect(new Set(asked)).toEqual(new Set(['2026-11-21T02', '2026-11-21T03']));
    expect(report).toMatchObject({
      from: '2026-11-21T02:00:00.000Z',
      to: now,
      uploads: { total: 3, successful: 1, rejected: 1, active: 3 },
      successRate: 0.5,
      blocked: 1,
      bytes: 5_400,
      throughput: { bytesPerSecond: 1, uploadsPerHour: 2 },
      peakConcurrent: 3,
      storage: {
        bytes: 40,
        files: 3,
        byTenant: [
          { tenantId: 'globex', bytes: 30, files: 1 },
          { tenantId: 'acme', bytes: 10, files: 2 },
        ],
      },
      top: {
        tenants: [
          { tenantId: 'globex', uploads: 4, bytes: 18 },
          { tenantId: 'acme', uploads: 2, bytes: 1 },
        ],
        complete: false,
      },
      health: { score: 60 },
    });
    expect(report.uploadSeconds?.average).toBe(4);
    expect(report.series.map(({ at, uploads }) => [at, uploads])).toEqual([
      ['2026-11-21T02:00:00.000Z', 2],
      ['2026-11-21T03:00:00.000Z', 1],
    ]);
  });

  it.each([
    ['24h', 25, '2026-11-20T03:00:00.000Z'],
    ['30d', 31, '2026-10-22T00:00:00.000Z'],
  ] as const)('of %s has %i points and covers at least that', async (window, points, from) => {
    const report = await metricsReport(deps([]).deps, window);
    expect(report.series).toHaveLength(points);
    expect(report.from).toBe(from);
  });

  it('of a tenant holds nothing of any other, nor of the stage', async () => {
    const { deps: from } = deps([
      ['2026-11-21T03', all, counted({ uploads: 50, rejected: 50 })],
      ['2026-11-21T03', acme, counted({ uploads: 1, transcoded720p: 90 })],
    ]);
    const report = await metricsReport(from, '24h', 'acme');
    expect(report.transcodedMinutes).toEqual({ '1080p': 0, '720p': 1.5, '480p': 0, '360p': 0, audio: 0 });

    expect(report).toMatchObject({ tenantId: 'acme', uploads: { total: 1, active: 1 }, successRate: null });
    expect(report.health).toEqual({ score: 100, reasons: [] });
    expect(JSON.stringify(report)).not.toMatch(/globex|images/);
  });

  it('without any upload tells no rate and no time', async () => {
    const report = await metricsReport(deps([]).deps, '1h');
    expect([report.successRate, report.uploadSeconds, report.processingSeconds]).toEqual([null, null, null]);
  });
});

describe('whose numbers a call is about', () => {
  const tenants = { tenantExists: async (tenantId: string) => tenantId === 'globex' };
  const scope = (role: 'user' | 'admin' | 'root', asked?: string) =>
    metricsScope(tenants, caller({ user: { role } }), asked);

  it('the whole stage for root, its own tenant for an admin', async () => {
    expect(await scope('root')).toBeUndefined();
    expect(await scope('root', 'globex')).toBe('globex');
    expect(await scope('admin')).toBe('acme');
    expect(await scope('admin', 'acme')).toBe('acme');
  });

  it('a foreign tenant answers an admin as one that does not exist', async () => {
    const refusals = await Promise.all(
      ['globex', 'nobody'].map((asked) =>
        scope('admin', asked).catch((error) => `${error.code} ${error.message}`),
      ),
    );
    expect(refusals[0]).toMatch(/^not_found/);
    expect(refusals[1]).toBe(refusals[0]);
    await expect(scope('root', 'nobody')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('none for a user', async () => {
    await expect(scope('user')).rejects.toMatchObject({ code: 'forbidden' });
  });
});
