import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { indexes, indexKeys, keys, sortKeyPrefix } from '../../contract/table.ts';
import { errors } from '../../core/errors.ts';
import type { FileEvent } from '../../core/files/event.ts';
import type { FileRecord } from '../../core/files/file.ts';
import type { FileListing, FileQuery } from '../../core/files/list.ts';
import { statuses } from '../../core/files/status.ts';
import type { Timeline } from '../../core/files/timeline.ts';
import type { Page, UploadListing } from '../../core/ports.ts';
import type { Db } from './client.ts';
import { eventOfItem, fileOf, sessionOf } from './file-item.ts';
import { getItems } from './file-store.ts';

type Item = Record<string, unknown>;

/** Items that one page reads at most before it answers with what it has: bounds the cost of sparse filters. */
const maxItemsRead = 5_000;
/** A filter leaves little of what is read, so more is read at once. */
const filteredPageItems = 500;

/**
 * Cursors carry ids and a sort key, never a partition: that one is rebuilt for the caller, so a forged cursor
 * cannot leave the caller's own listing.
 */
const encodeCursor = (parts: readonly string[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

function decodeCursor(cursor: string, length: number): readonly string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    // DynamoDB refuses a key with an empty part.
    const isPart = (part: unknown): boolean => typeof part === 'string' && part !== '';
    if (Array.isArray(parts) && parts.length === length && parts.every(isPart)) return parts;
  } catch {
    // falls through to the one answer for every malformed cursor
  }
  throw errors.cursorInvalid();
}

export function createListings(db: Db): FileListing & UploadListing & Timeline {
  return {
    listFiles: (query) => listFiles(db, query),
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

async function listFiles(db: Db, query: FileQuery): Promise<Page<FileRecord>> {
  const found: Item[] = [];
  const wanted = query.offset + query.limit;
  let start = query.cursor ? startKey(query, query.cursor) : undefined;
  let read = 0;
  do {
    const page = await db.client.send(new QueryCommand(listParams(db.table, query, start)));
    found.push(...(page.Items ?? []));
    read += page.ScannedCount ?? 0;
    start = page.LastEvaluatedKey;
  } while (start && found.length < wanted && read < maxItemsRead);
  const items = found.slice(query.offset, wanted);
  const last = items.at(-1);
  const more = found.length > wanted && last ? cursorOf(query, last) : start && cursorOf(query, start);
  return { items: items.map(fileOf), ...(more && { nextCursor: more }) };
}

/** The last item shown, or where DynamoDB stopped reading: both carry the index' keys. */
function cursorOf(query: FileQuery, item: Item): string {
  const sort = query.index === 'owner' ? item.createdSk : item.nameSk;
  const fileId = String(item.pk).split('#FILE#')[1] ?? '';
  return encodeCursor([String(sort), fileId]);
}

function startKey(query: FileQuery, cursor: string): Item {
  const [sort, fileId] = decodeCursor(cursor, 2) as [string, string];
  const index = indexes[query.index === 'owner' ? 'byOwner' : 'byFolder'];
  return {
    ...keys.file(query.tenantId, fileId),
    [index.partition]: partitionOf(query),
    [index.sort]: sort,
  };
}

const partitionOf = (query: FileQuery): string =>
  query.index === 'owner'
    ? indexKeys.ownerFiles(query.tenantId, query.ownerId)
    : indexKeys.folder(query.tenantId, query.ownerId, query.path?.folder ?? '/');

/** What is shown and one more, which tells that there is more; a filter needs a wider look. */
function pageItems(query: FileQuery): number {
  const everyStatus = query.statuses.length === statuses.length - 1;
  const filtered = query.type || query.tag || !everyStatus || (query.index === 'owner' && query.path);
  const wanted = query.offset + query.limit + 1;
  return filtered ? Math.max(wanted, filteredPageItems) : wanted;
}

export function listParams(table: string, query: FileQuery, start: Item | undefined): QueryCommandInput {
  const index = indexes[query.index === 'owner' ? 'byOwner' : 'byFolder'];
  const values: Item = { ':partition': partitionOf(query), ':owner': query.ownerId };
  const names: Record<string, string> = { '#partition': index.partition, '#status': 'status' };
  const filters = ['ownerId = :owner'];
  query.statuses.forEach((status, position) => {
    values[`:status${position}`] = status;
  });
  filters.push(`#status IN (${query.statuses.map((_, position) => `:status${position}`).join(', ')})`);
  if (query.path) {
    names['#path'] = 'path';
    values[':folder'] = query.path.folder;
    if (query.path.recursive) {
      values[':below'] = query.path.folder === '/' ? '/' : `${query.path.folder}/`;
      filters.push('(#path = :folder OR begins_with(#path, :below))');
    } else filters.push('#path = :folder');
  }
  if (query.type) {
    values[':type'] = query.type;
    filters.push(query.type.includes('/') ? 'mimeType = :type' : 'begins_with(mimeType, :type)');
    if (!query.type.includes('/')) values[':type'] = `${query.type}/`;
  }
  if (query.tag) {
    names['#tags'] = 'tags';
    values[':tag'] = query.tag;
    filters.push('contains(#tags, :tag)');
  }
  return {
    TableName: table,
    IndexName: index.name,
    KeyConditionExpression: '#partition = :partition',
    FilterExpression: filters.join(' AND '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    ScanIndexForward: !query.descending,
    Limit: pageItems(query),
    ...(start && { ExclusiveStartKey: start }),
  };
}
