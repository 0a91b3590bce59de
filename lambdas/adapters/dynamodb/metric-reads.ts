import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { keys, metricDimension } from '../../contract/table.ts';
import type { MetricReads, RowsOf } from '../../core/metrics/reads.ts';
import type { Gauge } from '../../core/metrics/tally.ts';
import { windowId } from '../../core/metrics/windows.ts';
import type { Db } from './client.ts';
import { usageOf } from './counters.ts';
import { getItem, getItems } from './file-store.ts';
import { numbersOfItem, peakAttribute, windowKey } from './metric-item.ts';

/** Pages of 1 MB that are read of one period's tenants or regions: some 10,000 rows. */
const maxPages = 4;
const periodsAtOnce = 8;

export function createMetricReads(db: Db): MetricReads {
  return {
    windows: async (windows) => {
      const items = await getItems(db, windows.map(windowKey));
      const byKey = new Map(items.map((item) => [`${item.pk} ${item.sk}`, item]));
      return new Map(
        windows.flatMap((window) => {
          const { pk, sk } = windowKey(window);
          const item = byKey.get(`${pk} ${sk}`);
          if (!item) return [];
          return [
            [windowId(window), { numbers: numbersOfItem(item), peak: Number(item[peakAttribute] ?? 0) }],
          ];
        }),
      );
    },
    regions: (periods) => rowsOf(db, periods, metricDimension.region('')),
    tenants: (periods) => rowsOf(db, periods, metricDimension.tenant('')),
    gauges: () => queryGauges(db),
    gauge: async (tenantId) => gaugeOf(tenantId, await getItem(db, keys.tenantCounter(tenantId))),
  };
}

/** What the tenant's counter says of this moment. */
export const gaugeOf = (tenantId: string, counter: Record<string, unknown> | undefined): Gauge => {
  const usage = usageOf(counter);
  return {
    tenantId,
    openUploads: usage.openUploads,
    bytes: usage.committedBytes - usage.reservedBytes,
    files: usage.committedFiles - usage.reservedFiles,
  };
};

/** Rows by what follows the prefix. Those of a tenant's types lie between the tenants' and are passed over. */
async function rowsOf(db: Db, periods: readonly string[], prefix: string): Promise<RowsOf> {
  const waiting = [...periods];
  const rows: { name: string; uploads: number; bytes: number }[] = [];
  let complete = true;
  const worker = async (): Promise<void> => {
    for (let period = waiting.shift(); period !== undefined; period = waiting.shift()) {
      const { pk } = keys.metricWindow(period, prefix);
      let start: Record<string, unknown> | undefined;
      for (let page = 0; page === 0 || start; page += 1) {
        if (page === maxPages) {
          complete = false;
          break;
        }
        const answer = await db.client.send(
          new QueryCommand({
            TableName: db.table,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
            ExpressionAttributeNames: { '#bytes': 'bytes' },
            ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
            ProjectionExpression: 'sk, uploads, #bytes',
            ...(start && { ExclusiveStartKey: start }),
          }),
        );
        for (const { sk, uploads, bytes } of answer.Items ?? []) {
          const name = String(sk).slice(prefix.length);
          if (!name.includes('#'))
            rows.push({ name, uploads: Number(uploads ?? 0), bytes: Number(bytes ?? 0) });
        }
        start = answer.LastEvaluatedKey;
      }
    }
  };
  await Promise.all(Array.from({ length: periodsAtOnce }, worker));
  return { rows, complete };
}

/** What every tenant holds, as of its last event. */
export async function queryGauges(db: Db): Promise<readonly Gauge[]> {
  const { pk } = keys.tenantGauge('');
  const gauges: Gauge[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await db.client.send(
      new QueryCommand({
        TableName: db.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const item of page.Items ?? []) {
      gauges.push({
        tenantId: String(item.tenantId),
        openUploads: Number(item.openUploads),
        bytes: Number(item.bytes),
        files: Number(item.files),
      });
    }
    start = page.LastEvaluatedKey;
  } while (start);
  return gauges;
}
