import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { keys, metricDimension, tableKeys } from '../../contract/table.ts';
import type { Gauge, TallyStore } from '../../core/metrics/tally.ts';
import type { WindowNumbers } from '../../core/metrics/windows.ts';
import type { Db } from './client.ts';
import { getItems, ifCondition } from './file-store.ts';
import { attributesOf, peakAttribute, ttl, windowKey, windowTimeToLive } from './metric-item.ts';
import { gaugeOf, queryGauges } from './metric-reads.ts';
import { withConflictRetry } from './transact.ts';

type Step = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

const consumer = 'tally';
/** Longer than an event can be on its way: a day with the bus, 4 in the queue, 14 with the dead letters, and redriven. */
const doneKeepSeconds = 45 * 86_400;

export function createTallyStore(
  db: Db,
  { retryMs, now }: { readonly retryMs: number; readonly now: () => string },
): TallyStore {
  return {
    count: async (eventIds, sums) => {
      const steps = [
        ...eventIds.map((eventId) => markDone(db.table, eventId, now())),
        ...sums.map((sum) => addToWindow(db.table, sum)),
      ];
      const command = new TransactWriteCommand({ TransactItems: steps });
      try {
        await withConflictRetry(() => db.client.send(command), retryMs);
        return new Set();
      } catch (error) {
        const known = knownOf(error, eventIds);
        if (known.size === 0) throw error;
        return known;
      }
    },
    refreshGauges: async (tenantIds) => {
      // Taken before the counters are read: of two readings the one that began later wins, whoever writes last.
      const at = now();
      const counters = await getItems(
        db,
        tenantIds.map((tenantId) => keys.tenantCounter(tenantId)),
      );
      return Promise.all(
        tenantIds.map((tenantId) => {
          const { pk } = keys.tenantCounter(tenantId);
          const counter = counters.find((item) => item.pk === pk);
          return saveGauge(db, gaugeOf(tenantId, counter), counter ? at : undefined);
        }),
      );
    },
    openUploads: async () => (await queryGauges(db)).reduce((sum, { openUploads }) => sum + openUploads, 0),
    raisePeak: async (periods, dimension, openUploads) => {
      for (const period of periods) {
        const { names, values } = ttl(windowTimeToLive(period));
        await ifCondition(() =>
          db.client.send(
            new UpdateCommand({
              TableName: db.table,
              Key: windowKey({ period, dimension }),
              UpdateExpression: 'SET #peak = :open, #ttl = :ttl',
              ConditionExpression: 'attribute_not_exists(#peak) OR #peak < :open',
              ExpressionAttributeNames: { '#peak': peakAttribute, ...names },
              ExpressionAttributeValues: { ':open': openUploads, ...values },
            }),
          ),
        );
      }
    },
    forgetTenant: async (tenantId, periods) => {
      await db.client.send(new DeleteCommand({ TableName: db.table, Key: keys.tenantGauge(tenantId) }));
      for (const period of periods) await forgetIn(db, tenantId, period);
    },
  };
}

const markDone = (table: string, eventId: string, now: string): Step => ({
  Put: {
    TableName: table,
    Item: {
      ...keys.eventDone(consumer, eventId),
      kind: 'done',
      ...timeToLive(Math.floor(Date.parse(now) / 1000) + doneKeepSeconds),
    },
    ConditionExpression: 'attribute_not_exists(pk)',
  },
});

const timeToLive = (seconds: number): Record<string, number> => {
  const { names, values } = ttl(seconds);
  return { [names['#ttl']]: values[':ttl'] };
};

function addToWindow(table: string, window: WindowNumbers): Step {
  const attributes = Object.entries(attributesOf(window.numbers));
  const { names, values } = ttl(windowTimeToLive(window.period));
  return {
    Update: {
      TableName: table,
      Key: windowKey(window),
      UpdateExpression: `ADD ${attributes.map((_, n) => `#a${n} :a${n}`).join(', ')} SET #ttl = :ttl`,
      ExpressionAttributeNames: {
        ...names,
        ...Object.fromEntries(attributes.map(([name], n) => [`#a${n}`, name])),
      },
      ExpressionAttributeValues: {
        ...values,
        ...Object.fromEntries(attributes.map(([, value], n) => [`:a${n}`, value])),
      },
    },
  };
}

/** Of the steps only the marks have a condition, and they come first. */
function knownOf(error: unknown, eventIds: readonly string[]): ReadonlySet<string> {
  const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
  return new Set(eventIds.filter((_, index) => reasons[index]?.Code === 'ConditionalCheckFailed'));
}

/** Without a time: the tenant has no counter, and nothing is to be left of it here. */
async function saveGauge(db: Db, gauge: Gauge, at: string | undefined): Promise<Gauge> {
  const { tenantId, ...held } = gauge;
  if (at === undefined) {
    await db.client.send(new DeleteCommand({ TableName: db.table, Key: keys.tenantGauge(tenantId) }));
    return gauge;
  }
  await ifCondition(() =>
    db.client.send(
      new UpdateCommand({
        TableName: db.table,
        Key: keys.tenantGauge(tenantId),
        UpdateExpression:
          'SET tenantId = :tenant, openUploads = :open, #bytes = :bytes, files = :files, #at = :at',
        ConditionExpression: 'attribute_not_exists(#at) OR #at <= :at',
        ExpressionAttributeNames: { '#bytes': 'bytes', '#at': 'at' },
        ExpressionAttributeValues: {
          ':tenant': tenantId,
          ':open': held.openUploads,
          ':bytes': held.bytes,
          ':files': held.files,
          ':at': at,
        },
      }),
    ),
  );
  return gauge;
}

/** A tenant's row and those of its types; `TENANT#a` is no prefix of another tenant's, thanks to the separator. */
async function forgetIn(db: Db, tenantId: string, period: string): Promise<void> {
  const own = keys.metricWindow(period, metricDimension.tenant(tenantId));
  const { Items = [] } = await db.client.send(
    new QueryCommand({
      TableName: db.table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': own.pk, ':prefix': metricDimension.tenantType(tenantId, '') },
      ProjectionExpression: `${tableKeys.partition}, ${tableKeys.sort}`,
    }),
  );
  for (const { pk, sk } of [own, ...Items]) {
    await db.client.send(new DeleteCommand({ TableName: db.table, Key: { pk, sk } }));
  }
}
