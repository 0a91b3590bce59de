import { QueryCommand, type QueryCommandInput, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import { indexes, indexKeys, keys, sortKeyPrefix } from '../../contract/table.ts';
import { errors } from '../../core/errors.ts';
import type { FileRecord } from '../../core/files/file.ts';
import { type FileListing, matches, type SharedFile } from '../../core/files/list.ts';
import type { FileFilter, FileQuery, SharedQuery } from '../../core/files/list-plan.ts';
import type { Page } from '../../core/ports.ts';
import type { Db } from './client.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { fileOf, shareOf } from './file-item.ts';
import { indexOf, listParams, type Position } from './file-query.ts';
import { getItems } from './file-store.ts';

type Item = Record<string, unknown>;

/** Items that one page reads at most before it answers with what it has: bounds the cost of sparse filters. */
const maxItemsRead = 5_000;
/** Of an index of keys each file is read from the table besides. */
const maxFilesRead = 1_000;

interface Entry extends Position {
  readonly file: FileRecord;
}

export function createFileListing(db: Db): FileListing {
  return {
    listFiles: (query) => listFiles(db, query),
    sharedFiles: (query) => sharedFiles(db, query),
  };
}

async function listFiles(db: Db, query: FileQuery): Promise<Page<FileRecord>> {
  const wanted = query.offset + query.limit;
  const from = query.cursor === undefined ? undefined : positionOf(query.cursor);
  const streams = await Promise.all(
    partitionsOf(query).map((partition) => readPartition(db, query, partition, wanted, from)),
  );
  const { entries, unread } = merge(streams, query.descending);
  const shown = entries.slice(query.offset, wanted);
  const next = entries.length > wanted ? shown.at(-1) : unread;
  return {
    items: shown.map(({ file }) => file),
    ...(next && { nextCursor: encodeCursor([next.sort, next.fileId]) }),
  };
}

/** Most indexes answer from one partition; all owners' files lie in one for each status. */
function partitionsOf(query: FileQuery): readonly string[] {
  if (query.index === 'status')
    return query.statuses.map((status) => indexKeys.status(query.tenantId, status));
  return query.index === 'folder'
    ? [indexKeys.folder(query.tenantId, query.ownerId, query.path?.folder ?? '/')]
    : [indexKeys.ownerFiles(query.tenantId, query.ownerId)];
}

interface Stream {
  readonly entries: readonly Entry[];
  /** Where reading stopped; absent at the end of the partition. */
  readonly unread?: Position | undefined;
}

/** Reads one more than is shown, which tells that there is more. */
async function readPartition(
  db: Db,
  query: FileQuery,
  partition: string,
  wanted: number,
  from: Position | undefined,
): Promise<Stream> {
  const keysOnly = indexOf[query.index].projected.length === 0;
  const entries: Entry[] = [];
  let read = 0;
  let unread = from;
  do {
    const page = await sendQuery(db, listParams(db.table, query, partition, unread, read > 0), query);
    const items = page.Items ?? [];
    entries.push(
      ...(keysOnly ? await readFiles(db, query, items) : items.map((item) => entryOf(query, item))),
    );
    read += page.ScannedCount ?? 0;
    unread = page.LastEvaluatedKey && positionIn(query, page.LastEvaluatedKey);
  } while (unread && entries.length <= wanted && read < (keysOnly ? maxFilesRead : maxItemsRead));
  return { entries, unread };
}

/** Files as the table has them, in the order of the index; who has changed meanwhile shows as it is now. */
async function readFiles(db: Db, query: FileQuery, items: readonly Item[]): Promise<readonly Entry[]> {
  const positions = items.map((item) => positionIn(query, item));
  const found = await getItems(
    db,
    positions.map(({ fileId }) => keys.file(query.tenantId, fileId)),
  );
  const files = new Map(found.map(fileOf).map((file) => [file.fileId, file]));
  return positions.flatMap((position) => {
    const file = files.get(position.fileId);
    return file && matches(query, file) ? [{ ...position, file }] : [];
  });
}

/**
 * Of several partitions only what lies before the first place where reading stopped may be shown: behind it, that
 * partition may hold what comes first.
 */
function merge(streams: readonly Stream[], descending: boolean): Stream {
  const [only] = streams;
  if (only && streams.length === 1) return only;
  // Sort keys of time are ASCII: comparing them here is comparing them there.
  const before = (a: Position, b: Position): number => (a.sort < b.sort ? -1 : 1) * (descending ? -1 : 1);
  const unread = streams.flatMap((stream) => stream.unread ?? []).sort(before)[0];
  const entries = streams
    .flatMap((stream) => stream.entries)
    .filter((entry) => !unread || entry.sort === unread.sort || before(entry, unread) < 0)
    .sort(before)
    // The index is behind: a file that is just moving from one status to another lies in both.
    .filter(({ sort }, index, sorted) => sort !== sorted[index - 1]?.sort);
  return { entries, unread };
}

async function sharedFiles(db: Db, query: SharedQuery): Promise<Page<SharedFile>> {
  const partition = indexKeys.sharedWith(query.tenantId, query.userId);
  const from = query.cursor === undefined ? undefined : positionOf(query.cursor);
  const page = await sendQuery(
    db,
    {
      TableName: db.table,
      IndexName: indexes.byOwner.name,
      KeyConditionExpression: 'ownerPk = :partition',
      ExpressionAttributeValues: { ':partition': partition },
      ScanIndexForward: !query.descending,
      Limit: query.limit,
      ...(from && {
        ExclusiveStartKey: {
          ...keys.share(query.tenantId, from.fileId, query.userId),
          ownerPk: partition,
          createdSk: from.sort,
        },
      }),
    },
    query,
  );
  const fileIds = (page.Items ?? []).map(fileIdOf);
  const found = await getItems(
    db,
    fileIds.flatMap((fileId) => [
      keys.file(query.tenantId, fileId),
      keys.share(query.tenantId, fileId, query.userId),
    ]),
  );
  const isShare = ({ sk }: Item): boolean => String(sk).startsWith(sortKeyPrefix.share);
  const shares = new Map(found.filter(isShare).map((item) => [fileIdOf(item), shareOf(item)]));
  const files = new Map(found.filter((item) => !isShare(item)).map((item) => [fileIdOf(item), fileOf(item)]));
  const { LastEvaluatedKey: last } = page;
  return {
    items: fileIds.flatMap((fileId) => {
      const [file, share] = [files.get(fileId), shares.get(fileId)];
      return file && share ? [{ file, share }] : [];
    }),
    ...(last && { nextCursor: encodeCursor([String(last.createdSk), fileIdOf(last)]) }),
  };
}

const fileIdOf = ({ pk }: Item): string => String(pk).split('#FILE#')[1] ?? '';

const positionIn = (query: FileQuery, item: Item): Position => ({
  sort: String(item[indexOf[query.index].sort]),
  fileId: fileIdOf(item),
});

const entryOf = (query: FileQuery, item: Item): Entry => ({ ...positionIn(query, item), file: fileOf(item) });

function positionOf(cursor: string): Position {
  const [sort, fileId] = decodeCursor(cursor, 2) as [string, string];
  return { sort, fileId };
}

/** DynamoDB refuses a start outside of what is asked for: no page of this listing ever gave such a cursor. */
async function sendQuery(
  db: Db,
  params: QueryCommandInput,
  { cursor }: Pick<FileFilter, 'cursor'>,
): Promise<QueryCommandOutput> {
  try {
    return await db.client.send(new QueryCommand(params));
  } catch (error) {
    if (cursor !== undefined && error instanceof Error && error.name === 'ValidationException') {
      throw errors.cursorInvalid();
    }
    throw error;
  }
}
