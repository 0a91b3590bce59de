import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { indexKeys, keys, sealShards } from '../../contract/table.ts';
import type { ChainHead, ChainStore } from '../../core/audit/seal.ts';
import { recordKey, recordOfItem, refOfKeys } from './audit-item.ts';
import type { Db } from './client.ts';
import { dueKeyPages } from './due-index.ts';
import { getItem, getItems, ifCondition } from './file-store.ts';

/** Records that learn their number at the same time. */
const settleConcurrency = 16;

export const createChainStore = (db: Db, pageItems: number): ChainStore => ({
  shards: sealShards,
  unsealed: (shard, until) => unsealed(db, shard, until, pageItems),
  head: (tenantId) => chainHead(db, tenantId),
  records: async (refs) =>
    (await getItems(db, refs.map(recordKey))).map((item) => ({
      record: recordOfItem(item),
      ...(typeof item.seq === 'number' && { seq: item.seq }),
    })),
  advance: async (tenantId, before, after) => {
    const moved = await ifCondition(() =>
      db.client.send(
        new PutCommand({
          TableName: db.table,
          Item: { ...keys.auditHead(tenantId), kind: 'auditHead', ...after },
          ConditionExpression: before
            ? 'seq = :seq AND #hash = :hash AND attribute_not_exists(exporting)'
            : 'attribute_not_exists(pk)',
          ...(before && {
            ExpressionAttributeNames: { '#hash': 'hash' },
            ExpressionAttributeValues: { ':seq': before.seq, ':hash': before.hash },
          }),
        }),
      ),
    );
    return moved !== undefined;
  },
  settle: async (tenantId, { head }, records) => {
    for (let start = 0; start < records.length; start += settleConcurrency) {
      await Promise.all(
        records.slice(start, start + settleConcurrency).map(({ ref, seq }) =>
          db.client.send(
            new UpdateCommand({
              TableName: db.table,
              Key: recordKey(ref),
              UpdateExpression: 'SET seq = :seq REMOVE duePk, dueSk',
              ConditionExpression: 'attribute_exists(pk)',
              ExpressionAttributeValues: { ':seq': seq },
            }),
          ),
        ),
      );
    }
    // Last: while it is there, the segment is finished by whoever comes next.
    await ifCondition(() =>
      db.client.send(
        new UpdateCommand({
          TableName: db.table,
          Key: keys.auditHead(tenantId),
          UpdateExpression: 'REMOVE exporting',
          ConditionExpression: 'seq = :seq',
          ExpressionAttributeValues: { ':seq': head.lastSeq },
        }),
      ),
    );
  },
});

export async function chainHead(db: Db, tenantId: string): Promise<ChainHead | undefined> {
  const item = await getItem(db, keys.auditHead(tenantId));
  if (!item) return undefined;
  const { pk: _pk, sk: _sk, kind: _kind, ...head } = item;
  return head as unknown as ChainHead;
}

async function* unsealed(db: Db, shard: number, until: string, pageItems: number) {
  for await (const found of dueKeyPages(db, indexKeys.unsealed(shard), until, pageItems)) {
    yield found.flatMap((key) => refOfKeys(key) ?? []);
  }
}
