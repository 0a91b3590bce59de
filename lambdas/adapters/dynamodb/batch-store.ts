import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { keys, timeToLiveAttribute } from '../../contract/table.ts';
import type { Batch, BatchStore } from '../../core/ports.ts';
import type { Db } from './client.ts';
import { getItem } from './file-store.ts';

/** A batch is only a list of its files; nobody asks for it after its uploads have ended. */
const keepSeconds = 30 * 86_400;

export function createBatchStore(db: Db): Omit<BatchStore, 'files'> {
  return {
    saveBatch: async (batch) => {
      const Item = {
        ...keys.batch(batch.tenantId, batch.userId, batch.batchId),
        kind: 'batch',
        ...batch,
        [timeToLiveAttribute]: Math.floor(Date.parse(batch.createdAt) / 1000) + keepSeconds,
      };
      await db.client.send(new PutCommand({ TableName: db.table, Item }));
    },
    batch: async (tenantId, userId, batchId) =>
      (await getItem(db, keys.batch(tenantId, userId, batchId))) as Batch | undefined,
  };
}
