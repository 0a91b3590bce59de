import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { type ItemKey, keys } from '../../contract/table.ts';
import type { LowQuotaDeps, QuotaFacts, Watched } from '../../core/quota/announce-low.ts';
import type { QuotaLevel } from '../../core/quota/low.ts';
import { addSeconds } from '../../core/time.ts';
import type { Db } from './client.ts';
import { usageOf } from './counters.ts';
import { eventItem } from './file-item.ts';
import { getItems } from './file-store.ts';
import { tenantOf, userOf } from './tenancy-store.ts';
import { withConflictRetry } from './transact.ts';

type Step = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

const idOf = ({ pk, sk }: ItemKey): string => `${pk} ${sk}`;

/** The level that was announced last lies on the counter that it is about: `quotaLevel`, absent for none. */
export function createQuotaWatch(
  db: Db,
  settings: { readonly retryMs: number; readonly publishDelaySeconds: number },
): LowQuotaDeps['quotas'] {
  return {
    facts: async (subjects) => {
      const wanted = subjects.flatMap(({ tenantId, userId }) => [
        keys.tenant(tenantId),
        keys.tenantCounter(tenantId),
        keys.user(tenantId, userId),
        keys.userCounter(tenantId, userId),
      ]);
      const distinct = new Map(wanted.map((key) => [idOf(key), key]));
      const items = new Map(
        (await getItems(db, [...distinct.values()])).map((item) => [idOf(item as unknown as ItemKey), item]),
      );
      return subjects.flatMap(({ tenantId, userId }): QuotaFacts[] => {
        const tenant = items.get(idOf(keys.tenant(tenantId)));
        const user = items.get(idOf(keys.user(tenantId, userId)));
        if (!tenant || !user) return [];
        return [
          {
            tenant: tenantOf(tenant),
            user: userOf(user),
            ofTenant: watched(items.get(idOf(keys.tenantCounter(tenantId)))),
            ofUser: watched(items.get(idOf(keys.userCounter(tenantId, userId)))),
          },
        ];
      });
    },
    note: async ({ tenantId, userId, of }, { from, to, rises, bytes, files }, event) => {
      const step: Step = {
        Update: {
          TableName: db.table,
          Key: of === 'tenant' ? keys.tenantCounter(tenantId) : keys.userCounter(tenantId, userId),
          UpdateExpression: 'SET quotaLevel = :to',
          ConditionExpression: [
            from === 0 ? '(attribute_not_exists(quotaLevel) OR quotaLevel = :from)' : 'quotaLevel = :from',
            rises
              ? '(committedBytes >= :bytes OR committedFiles >= :files)'
              : 'committedBytes < :bytes AND committedFiles < :files',
          ].join(' AND '),
          ExpressionAttributeValues: { ':from': from, ':to': to, ':bytes': bytes, ':files': files },
        },
      };
      const steps = event
        ? [step, put(db.table, eventItem(event, addSeconds(event.at, settings.publishDelaySeconds)))]
        : [step];
      try {
        const command = new TransactWriteCommand({ TransactItems: steps });
        await withConflictRetry(() => db.client.send(command), settings.retryMs);
      } catch (error) {
        if (!conditionFailed(error)) throw error;
      }
    },
  };
}

const put = (table: string, Item: Record<string, unknown>): Step => ({ Put: { TableName: table, Item } });

const watched = (counter: Record<string, unknown> | undefined): Watched => ({
  usage: usageOf(counter),
  level: Number(counter?.quotaLevel ?? 0) as QuotaLevel,
});

const conditionFailed = (error: unknown): boolean =>
  error instanceof TransactionCanceledException &&
  (error.CancellationReasons ?? []).some(({ Code }) => Code === 'ConditionalCheckFailed');
