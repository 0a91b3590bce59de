import { minutesCounted, type OutputName } from '../video/output-minutes.ts';
import { type HealthScore, healthScore } from './health-score.ts';
import { addNumbers, type Numbers, noNumbers } from './numbers.ts';
import { failureRate, processingTimes, type Times, uploadTimes } from './rates.ts';
import type { MetricReads, QueueSize, RowsOf, WindowRow } from './reads.ts';
import type { Gauge } from './tally.ts';
import { type Dimension, daysUntil, hoursUntil, startOfPeriod, windowId } from './windows.ts';

export type MetricsWindow = '1h' | '24h' | '30d';

export interface ReportDeps {
  readonly metrics: MetricReads;
  readonly queues: { sizes(): Promise<readonly QueueSize[]> };
  readonly now: () => string;
}

interface Ranked {
  readonly uploads: number;
  readonly bytes: number;
}

export interface MetricsReport {
  readonly window: MetricsWindow;
  /** Full hours or days: the window that was asked for, and what lies between its beginning and the full one. */
  readonly from: string;
  readonly to: string;
  /** Absent: the whole stage. */
  readonly tenantId?: string;
  readonly uploads: {
    readonly total: number;
    readonly successful: number;
    readonly failed: number;
    readonly rejected: number;
    readonly expired: number;
    readonly aborted: number;
    readonly active: number;
  };
  /** Of the uploads that ended by themselves, from 0 to 1; null when none did. */
  readonly successRate: number | null;
  readonly uploadSeconds: Times | null;
  readonly processingSeconds: Times | null;
  readonly bytes: number;
  readonly throughput: { readonly bytesPerSecond: number; readonly uploadsPerHour: number };
  readonly peakConcurrent: number;
  readonly detections: number;
  readonly blocked: number;
  readonly alerts: number;
  /** Of output, by rung. */
  readonly transcodedMinutes: Readonly<Record<OutputName, number>>;
  readonly storage: {
    readonly bytes: number;
    readonly files: number;
    readonly byTenant?: readonly {
      readonly tenantId: string;
      readonly bytes: number;
      readonly files: number;
    }[];
  };
  readonly queues?: readonly QueueSize[];
  readonly top: {
    readonly types: readonly (Ranked & { readonly type: string })[];
    readonly regions?: readonly (Ranked & { readonly region: string })[];
    readonly tenants?: readonly (Ranked & { readonly tenantId: string })[];
    /** False when there were more tenants or regions than one answer reads. */
    readonly complete: boolean;
  };
  readonly health: HealthScore;
  readonly series: readonly SeriesPoint[];
}

export interface SeriesPoint {
  readonly at: string;
  readonly uploads: number;
  readonly successful: number;
  readonly failed: number;
  readonly rejected: number;
  readonly bytes: number;
  readonly peakConcurrent: number;
  readonly uploadSeconds: number | null;
}

/** The running period counts, and is never a whole one: one more than the window has makes it at least the window. */
const periodsBack = { '1h': 1, '24h': 24, '30d': 30 } as const;

const mediaTypes = ['image', 'video', 'audio', 'document', 'other'] as const;

/** Rows of a ranking. */
const topRows = 10;
/** Tenants whose storage is listed, the largest first. */
const storageRows = 100;

/** The numbers of one tenant, or of the whole stage; who may ask for which is decided before. */
export async function metricsReport(
  { metrics, queues, now }: ReportDeps,
  window: MetricsWindow,
  tenantId?: string,
): Promise<MetricsReport> {
  const to = now();
  const periods = window === '30d' ? daysUntil(to, periodsBack[window]) : hoursUntil(to, periodsBack[window]);
  const [rows, held, others] = await Promise.all([
    metrics.windows(
      periods.flatMap((period) => dimensionsOf(tenantId).map((dimension) => ({ period, dimension }))),
    ),
    holdings(metrics, tenantId),
    tenantId === undefined ? stageFacts({ metrics, queues }, periods) : undefined,
  ]);
  const row = (period: string, dimension: Dimension) => rows.get(windowId({ period, dimension }));
  const whole = periods.map((period) => row(period, wholeOf(tenantId)));
  const total = addNumbers(whole.map((each) => each?.numbers ?? noNumbers));
  const { counts } = total;
  const from = startOfPeriod(periods[0] ?? to);
  const failing = failureRate(total);
  const times = uploadTimes(total);
  return {
    window,
    from,
    to,
    ...(tenantId !== undefined && { tenantId }),
    uploads: {
      total: counts.uploads ?? 0,
      successful: counts.stored ?? 0,
      failed: counts.failed ?? 0,
      rejected: counts.rejected ?? 0,
      expired: counts.expired ?? 0,
      aborted: counts.aborted ?? 0,
      active: sumOf(held, 'openUploads'),
    },
    successRate: failing === undefined ? null : rounded(1 - failing),
    uploadSeconds: times ?? null,
    processingSeconds: processingTimes(total) ?? null,
    bytes: counts.bytes ?? 0,
    throughput: throughputOf(counts, from, to),
    peakConcurrent: Math.max(0, ...whole.map((each) => each?.peak ?? 0)),
    detections: counts.detections ?? 0,
    blocked: counts.blocked ?? 0,
    alerts: counts.alerts ?? 0,
    transcodedMinutes: minutesCounted(counts),
    storage: {
      bytes: sumOf(held, 'bytes'),
      files: sumOf(held, 'files'),
      ...(tenantId === undefined && { byTenant: largest(held) }),
    },
    ...(others && { queues: others.queues }),
    top: {
      types: ranked(
        mediaTypes.flatMap((type) =>
          periods.flatMap((period) => {
            const of = row(period, typeOf(type, tenantId))?.numbers.counts;
            return of ? [{ name: type, uploads: of.uploads ?? 0, bytes: of.bytes ?? 0 }] : [];
          }),
        ),
      ).map(({ name, ...rest }) => ({ type: name, ...rest })),
      ...others?.top,
      complete: others?.complete ?? true,
    },
    health: healthScore({
      failureRate: failing,
      averageUploadSeconds: times?.average,
      deadLetters: others?.queues.some(({ deadLetters }) => deadLetters > 0) ?? false,
    }),
    series: periods.map((period, index) => pointOf(period, whole[index])),
  };
}

const wholeOf = (tenantId: string | undefined): Dimension =>
  tenantId === undefined ? { kind: 'all' } : { kind: 'tenant', tenantId };

const typeOf = (type: string, tenantId: string | undefined): Dimension =>
  tenantId === undefined ? { kind: 'type', type } : { kind: 'tenantType', tenantId, type };

const dimensionsOf = (tenantId: string | undefined): readonly Dimension[] => [
  wholeOf(tenantId),
  ...mediaTypes.map((type) => typeOf(type, tenantId)),
];

const holdings = async (metrics: MetricReads, tenantId: string | undefined): Promise<readonly Gauge[]> =>
  tenantId === undefined ? metrics.gauges() : [await metrics.gauge(tenantId)];

/** What is for those alone who see the whole stage: other tenants and what they share. */
async function stageFacts(
  { metrics, queues }: Pick<ReportDeps, 'metrics' | 'queues'>,
  periods: readonly string[],
) {
  const [sizes, regions, tenants] = await Promise.all([
    queues.sizes(),
    metrics.regions(periods),
    metrics.tenants(periods),
  ]);
  return {
    queues: sizes,
    top: {
      regions: ranked(regions.rows).map(({ name, ...rest }) => ({ region: name, ...rest })),
      tenants: ranked(tenants.rows).map(({ name, ...rest }) => ({ tenantId: name, ...rest })),
    },
    complete: regions.complete && tenants.complete,
  };
}

/** Sums of the rows of one name, those with the most uploads first. */
function ranked(rows: RowsOf['rows']): RowsOf['rows'] {
  const sums = new Map<string, { uploads: number; bytes: number }>();
  for (const { name, uploads, bytes } of rows) {
    const sum = sums.get(name);
    sums.set(name, { uploads: (sum?.uploads ?? 0) + uploads, bytes: (sum?.bytes ?? 0) + bytes });
  }
  return [...sums]
    .map(([name, sum]) => ({ name, ...sum }))
    .sort((a, b) => b.uploads - a.uploads || b.bytes - a.bytes || a.name.localeCompare(b.name))
    .slice(0, topRows);
}

const largest = (held: readonly Gauge[]) =>
  [...held]
    .sort((a, b) => b.bytes - a.bytes || a.tenantId.localeCompare(b.tenantId))
    .slice(0, storageRows)
    .map(({ tenantId, bytes, files }) => ({ tenantId, bytes, files }));

const sumOf = (held: readonly Gauge[], what: 'openUploads' | 'bytes' | 'files'): number =>
  held.reduce((sum, gauge) => sum + gauge[what], 0);

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

function throughputOf(counts: Numbers['counts'], from: string, to: string): MetricsReport['throughput'] {
  const seconds = Math.max(1, (Date.parse(to) - Date.parse(from)) / 1000);
  return {
    bytesPerSecond: Math.round((counts.bytes ?? 0) / seconds),
    uploadsPerHour: rounded(((counts.uploads ?? 0) * 3_600) / seconds),
  };
}

function pointOf(period: string, row: WindowRow | undefined): SeriesPoint {
  const { counts } = row?.numbers ?? noNumbers;
  return {
    at: startOfPeriod(period),
    uploads: counts.uploads ?? 0,
    successful: counts.stored ?? 0,
    failed: counts.failed ?? 0,
    rejected: counts.rejected ?? 0,
    bytes: counts.bytes ?? 0,
    peakConcurrent: row?.peak ?? 0,
    uploadSeconds: (row && uploadTimes(row.numbers)?.average) ?? null,
  };
}
