import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { indexes, indexKeys, keys } from '../../contract/table.ts';
import type { SearchReads } from '../../core/search/search.ts';
import type { Db } from './client.ts';
import { fileOf, shareOf } from './file-item.ts';
import { getItems } from './file-store.ts';

/** What a search reads of the table beside the index: each a BatchGetItem or a page of an index. */
export const createSearchReads = (db: Db): SearchReads => ({
  files: async (tenantId, fileIds) =>
    (
      await getItems(
        db,
        fileIds.map((fileId) => keys.file(tenantId, fileId)),
      )
    ).map(fileOf),
  sharesOf: async (tenantId, userId, fileIds) =>
    (
      await getItems(
        db,
        fileIds.map((fileId) => keys.share(tenantId, fileId, userId)),
      )
    ).map(shareOf),
  sharedFileIds: async (tenantId, userId, max) => {
    const { Items = [] } = await db.client.send(
      new QueryCommand({
        TableName: db.table,
        IndexName: indexes.byOwner.name,
        KeyConditionExpression: 'ownerPk = :shared',
        ExpressionAttributeValues: { ':shared': indexKeys.sharedWith(tenantId, userId) },
        ScanIndexForward: false,
        Limit: max,
      }),
    );
    // `createdSk` is the time of sharing and the file's id.
    return Items.map(({ createdSk }) => String(createdSk).slice(String(createdSk).indexOf('#') + 1));
  },
  excerpts: async (files) => {
    const items = await getItems(
      db,
      files.map(({ tenantId, fileId, uploadId }) => keys.text(tenantId, fileId, uploadId)),
    );
    const byPartition = new Map(items.map(({ pk, excerpt }) => [pk, String(excerpt)]));
    return new Map(
      files.flatMap(({ tenantId, fileId }) => {
        const excerpt = byPartition.get(keys.file(tenantId, fileId).pk);
        return excerpt === undefined ? [] : [[fileId, excerpt]];
      }),
    );
  },
});
