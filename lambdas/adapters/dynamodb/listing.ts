import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { indexes, indexKeys, keys, sortKeyPrefix } from '../../contract/table.ts';
import { errors } from '../../core/errors.ts';
import type { FileEvent } from '../../core/files/event.ts';
import type { FileListing } from '../../core/files/list.ts';
import type { Timeline } from '../../core/files/timeline.ts';
import type { UploadListing } from '../../core/ports.ts';
import type { Db } from './client.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { eventOfItem, sessionOf } from './file-item.ts';
import { createFileListing } from './file-listing.ts';
import { getItems } from './file-store.ts';

export function createListings(db: Db): FileListing & UploadListing & Timeline {
  return {
    ...createFileListing(db),
    openSessions: async (tenantId, ownerId, limit, cursor) => {
      const partition = indexKeys.ownerOpenUploads(tenantId, ownerId);
      const from = cursor ? decodeCursor(cursor, 3) : undefined;
      const { Items = [], LastEvaluatedKey } = await db.client.send(
        new QueryCommand({
          TableName: db.table,
          IndexName: indexes.byOwner.name,
          KeyConditionExpression: 'ownerPk = :partition',
          ExpressionAttributeValues: { ':partition': partition },
          ScanIndexForward: false,
          Limit: limit,
          ...(from && {
            ExclusiveStartKey: {
              ...keys.session(tenantId, from[1] as string, from[2] as string),
              ownerPk: partition,
              createdSk: from[0],
            },
          }),
        }),
      );
      const found = (
        await getItems(
          db,
          Items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) })),
        )
      ).map(sessionOf);
      const newestFirst = [...found].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
      const uploadId = String(LastEvaluatedKey?.sk ?? '').slice(sortKeyPrefix.session.length);
      const nextCursor =
        LastEvaluatedKey &&
        encodeCursor([
          String(LastEvaluatedKey.createdSk),
          String(LastEvaluatedKey.createdSk).split('#')[1] ?? '',
          uploadId,
        ]);
      return { items: newestFirst, ...(nextCursor && { nextCursor }) };
    },
    events: async (ref, { limit, cursor }) => {
      const { pk } = keys.file(ref.tenantId, ref.fileId);
      const from = cursor ? decodeCursor(cursor, 1) : undefined;
      // DynamoDB refuses to start outside of what the condition selects.
      if (from && !from[0]?.startsWith(sortKeyPrefix.event)) throw errors.cursorInvalid();
      const { Items = [], LastEvaluatedKey } = await db.client.send(
        new QueryCommand({
          TableName: db.table,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': pk, ':prefix': sortKeyPrefix.event },
          ConsistentRead: true,
          Limit: limit,
          ...(from && { ExclusiveStartKey: { pk, sk: from[0] } }),
        }),
      );
      return {
        items: Items.map((item) => eventOfItem<FileEvent>(item)),
        ...(LastEvaluatedKey && { nextCursor: encodeCursor([String(LastEvaluatedKey.sk)]) }),
      };
    },
  };
}
