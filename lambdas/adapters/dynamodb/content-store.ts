import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../contract/table.ts';
import type { ContentHolders, ContentRef } from '../../core/files/shared-content.ts';
import type { Db } from './client.ts';
import { record } from './file-item.ts';
import { getItem, ifCondition } from './file-store.ts';
import { queryItems } from './query-pages.ts';

export const createContentHolders = (db: Db): ContentHolders => ({
  contentIn: async (tenantId, versionId) => {
    const item = await getItem(db, keys.contentObject(tenantId, versionId));
    return item && (record(item) as unknown as ContentRef);
  },
  closeContent: async (ref) => {
    const close = new UpdateCommand({
      TableName: db.table,
      Key: keys.content(ref),
      UpdateExpression: 'SET closed = :true',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':true': true },
    });
    await ifCondition(() => db.client.send(close));
  },
  holders: async (ref) => {
    const { pk, sk } = keys.contentHolder(ref, '');
    const holders = await queryItems(db, { pk, prefix: sk, ProjectionExpression: 'fileId' });
    return holders.map(({ fileId }) => String(fileId));
  },
});
