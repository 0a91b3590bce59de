import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../contract/table.ts';
import type { VersionListing } from '../../core/ports.ts';
import type { Db } from './client.ts';
import { versionOf } from './file-item.ts';

/** The versions of a file that are kept, read backwards from the newest. */
export const createVersionStore = (db: Db): VersionListing => ({
  versions: async ({ tenantId, fileId }, below, limit) => {
    const last = keys.version(tenantId, fileId, below - 1);
    const { Items = [] } = await db.client.send(
      new QueryCommand({
        TableName: db.table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: {
          ':pk': last.pk,
          ':first': keys.version(tenantId, fileId, 0).sk,
          ':last': last.sk,
        },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: limit,
      }),
    );
    return Items.map(versionOf);
  },
});
