import { useState } from 'preact/hooks';
import type { Metrics, MetricsWindow } from '../../../../client/index.ts';
import { useConsole } from '../../state/console.ts';
import { useLoaded } from '../../state/loaded.ts';
import {
  formatBytes,
  formatCount,
  formatNumber,
  formatRate,
  formatSeconds,
  formatSpeed,
  plural,
} from '../../words/format.ts';
import type { AdminScope } from './admin-page.tsx';
import { Chart } from './chart.tsx';
import { WhenLoaded } from './loading.tsx';
import { QueueSizes } from './queue-sizes.tsx';
import { RankedList } from './ranked-list.tsx';
import { Tile, type TileProps } from './tile.tsx';

const WINDOWS: ReadonlyArray<readonly [window: MetricsWindow, label: string]> = [
  ['1h', 'Last hour'],
  ['24h', '24 hours'],
  ['30d', '30 days'],
];

/** DESIGN 8: below these success rates health is degraded, and critical. */
const DEGRADED_RATE = 0.95;
const CRITICAL_RATE = 0.9;

export function NumbersSection({ role, tenantId }: AdminScope) {
  const { admin } = useConsole().client;
  const [window, setWindow] = useState<MetricsWindow>('24h');
  const loaded = useLoaded((signal) => admin.metrics(window, undefined, signal), window);
  return (
    <section aria-label="Numbers" class="admin-section">
      <div class="admin-head">
        <h2>{role === 'root' ? 'The whole stage' : `Tenant ${tenantId}`}</h2>
        <fieldset class="segments" aria-label="Window">
          {WINDOWS.map(([name, label]) => (
            <button
              key={name}
              type="button"
              class="segment"
              aria-pressed={window === name}
              onClick={() => setWindow(name)}
              data-testid={`window-${name}`}
            >
              {label}
            </button>
          ))}
        </fieldset>
        <button
          type="button"
          class="button button-small"
          onClick={loaded.reload}
          data-testid="reload-numbers"
        >
          Reload
        </button>
      </div>
      <WhenLoaded loaded={loaded}>{(metrics) => <Numbers metrics={metrics} />}</WhenLoaded>
    </section>
  );
}

function Numbers({ metrics }: { metrics: Metrics }) {
  const { series, from, to, queues, top } = metrics;
  const axis = { from, to, times: series.map(({ at }) => at) };
  return (
    <>
      <ul class="tiles" data-testid="tiles">
        {tilesOf(metrics).map((tile) => (
          <Tile key={tile.label} {...tile} />
        ))}
      </ul>
      {metrics.health.reasons.length > 0 && (
        <ul class="panel admin-reasons" data-testid="health-reasons">
          {metrics.health.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <div class="charts">
        <Chart
          {...axis}
          title="Uploads"
          unit="count"
          series={[
            { label: 'Failed', color: '--bad', values: series.map((point) => point.failed) },
            { label: 'Rejected', color: '--wait', values: series.map((point) => point.rejected) },
            { label: 'Stored', color: '--good', values: series.map((point) => point.successful) },
          ]}
        />
        <Chart
          {...axis}
          title="Bytes stored"
          unit="bytes"
          series={[{ label: 'Bytes', color: '--accent', values: series.map((point) => point.bytes) }]}
        />
        <Chart
          {...axis}
          title="Seconds from initiation to stored, on average"
          unit="seconds"
          series={[
            { label: 'Seconds', color: '--accent', values: series.map((point) => point.uploadSeconds) },
          ]}
        />
        <Chart
          {...axis}
          title="Most uploads open at once"
          unit="count"
          series={[{ label: 'Open', color: '--accent', values: series.map((point) => point.peakConcurrent) }]}
        />
      </div>
      <div class="ranks">
        <RankedList
          title="Types"
          rows={top.types.map(({ type, uploads, bytes }) => ({ name: type, uploads, bytes }))}
        />
        {top.regions && (
          <RankedList
            title="Regions"
            rows={top.regions.map(({ region, uploads, bytes }) => ({ name: region, uploads, bytes }))}
          />
        )}
        {top.tenants && (
          <RankedList
            title="Tenants by uploads"
            rows={top.tenants.map(({ tenantId, uploads, bytes }) => ({ name: tenantId, uploads, bytes }))}
          />
        )}
        {metrics.storage.byTenant && (
          <RankedList
            title="Storage by tenant"
            rows={metrics.storage.byTenant.map(({ tenantId, bytes, files }) => ({
              name: tenantId,
              files,
              bytes,
            }))}
          />
        )}
        {queues && <QueueSizes queues={queues} />}
      </div>
    </>
  );
}

function tilesOf(metrics: Metrics): readonly TileProps[] {
  const { uploads, successRate, uploadSeconds, processingSeconds, health, throughput } = metrics;
  return [
    { label: 'Health', value: `${health.score}`, help: 'of 100', tone: toneOfScore(health.score) },
    {
      label: 'Success',
      value: successRate === null ? '–' : formatRate(successRate),
      help: 'of the uploads that ended',
      tone: successRate === null ? undefined : toneOfRate(successRate),
    },
    { label: 'Uploads', value: formatCount(uploads.total), help: `${formatCount(uploads.active)} open now` },
    { label: 'Stored', value: formatCount(uploads.successful), help: formatBytes(metrics.bytes) },
    {
      label: 'Rejected',
      value: formatCount(uploads.rejected),
      help: `${formatCount(metrics.blocked)} for their content, ${formatCount(metrics.detections)} malware`,
    },
    {
      label: 'Failed',
      value: formatCount(uploads.failed),
      help: `${formatCount(uploads.expired)} expired, ${formatCount(uploads.aborted)} aborted`,
    },
    {
      label: 'Time to store',
      value: uploadSeconds ? formatSeconds(uploadSeconds.average) : '–',
      help: uploadSeconds
        ? `p95 ${formatSeconds(uploadSeconds.p95)}, p99 ${formatSeconds(uploadSeconds.p99)}`
        : 'nothing was stored',
    },
    {
      label: 'Time to process',
      value: processingSeconds ? formatSeconds(processingSeconds.average) : '–',
      help: processingSeconds
        ? `p95 ${formatSeconds(processingSeconds.p95)}, p99 ${formatSeconds(processingSeconds.p99)}`
        : 'nothing was processed',
    },
    {
      label: 'Throughput',
      value: formatSpeed(throughput.bytesPerSecond),
      help: `${formatNumber(throughput.uploadsPerHour)} uploads an hour`,
    },
    { label: 'Peak', value: formatCount(metrics.peakConcurrent), help: 'uploads open at once' },
    {
      label: 'Storage',
      value: formatBytes(metrics.storage.bytes),
      help: plural(metrics.storage.files, 'file'),
    },
    {
      label: 'Security alerts',
      value: formatCount(metrics.alerts),
      help: 'risk above 0.7',
      tone: metrics.alerts > 0 ? 'bad' : undefined,
    },
  ];
}

const toneOfScore = (score: number): TileProps['tone'] =>
  score >= 100 ? 'good' : score >= 80 ? 'wait' : 'bad';

const toneOfRate = (rate: number): TileProps['tone'] =>
  rate >= DEGRADED_RATE ? 'good' : rate >= CRITICAL_RATE ? 'wait' : 'bad';
