import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { keys, sortKeyPrefix } from '../../contract/table.ts';
import type { ErasureGuard } from '../../core/tenancy/admin/erasable.ts';
import type { Db } from './client.ts';
import { usageOf } from './counters.ts';
import { getItem } from './file-store.ts';

export const createErasureGuard = (db: Db): ErasureGuard => ({
  heldFile: async (tenantId) => {
    const { Items = [] } = await db.client.send(
      new QueryCommand({
        TableName: db.table,
        KeyConditionExpression: 'pk = :held',
        ExpressionAttributeValues: { ':held': keys.heldFile(tenantId, '').pk },
        ConsistentRead: true,
        Limit: 1,
      }),
    );
    return Items[0] && String(Items[0].sk).slice(sortKeyPrefix.held.length);
  },
  fileCount: async (tenantId) => usageOf(await getItem(db, keys.tenantCounter(tenantId))).committedFiles,
});
