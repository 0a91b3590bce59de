import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { indexes, indexKeys, keys, metricDimension, sortKeyPrefix } from '../../contract/table.ts';
import type { ConcurrencyStore, SlotHolder } from '../../core/operations/concurrency.ts';
import type { SweepResult } from '../../core/sweep/sweep.ts';
import { userOfMachine } from '../../core/tenancy/machine.ts';
import type { Db } from './client.ts';
import { usageOf } from './counters.ts';
import { getItem, getItems } from './file-store.ts';
import { peakAttribute } from './metric-item.ts';
import { lastSweep } from './sweep-store.ts';
import { clientOf, userOf } from './tenancy-store.ts';

/** A summary of a session has some 300 bytes: one page of DynamoDB's 1 MB. */
const pageItems = 1_000;

export function createConcurrencyStore(db: Db): ConcurrencyStore {
  return {
    openUploads: async (tenantId) => usageOf(await getItem(db, keys.tenantCounter(tenantId))).openUploads,
    slotHolders: async (tenantId, cursor) => {
      const page = await db.client.send(
        new QueryCommand({
          TableName: db.table,
          IndexName: indexes.byStatus.name,
          KeyConditionExpression: 'statusPk = :partition',
          ExpressionAttributeValues: { ':partition': indexKeys.tenantOpenUploads(tenantId) },
          Limit: pageItems,
          ...(cursor && { ExclusiveStartKey: JSON.parse(cursor) }),
        }),
      );
      return {
        items: (page.Items ?? []).map((item) => slotHolder(tenantId, item)),
        ...(page.LastEvaluatedKey && { nextCursor: JSON.stringify(page.LastEvaluatedKey) }),
      };
    },
    countOpen: async (sessions) => {
      const items = await getItems(
        db,
        sessions.map(({ tenantId, fileId, uploadId }) => keys.session(tenantId, fileId, uploadId)),
      );
      return items.filter((item) => item.phase !== 'closed').length;
    },
    peakOpenUploads: async (tenantId, day) =>
      Number(
        (await getItem(db, keys.metricWindow(day, metricDimension.tenant(tenantId))))?.[peakAttribute] ?? 0,
      ),
    users: async (tenantId, userIds) =>
      (
        await getItems(
          db,
          userIds.flatMap((id) => [keys.user(tenantId, id), keys.client(tenantId, id)]),
        )
      ).map((item) => (item.kind === 'client' ? userOfMachine(clientOf(item)) : userOf(item))),
    lastSweep: async () => (await lastSweep(db)) as unknown as SweepResult | undefined,
  };
}

/** The index holds the keys of an item and what a listing shows. */
const slotHolder = (tenantId: string, item: Record<string, unknown>): SlotHolder => ({
  tenantId,
  ownerId: String(item.ownerId),
  // `createdSk` ends with the file's id.
  fileId: String(item.createdSk).split('#')[1] ?? '',
  uploadId: String(item.sk).slice(sortKeyPrefix.session.length),
});
