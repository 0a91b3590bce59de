import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type BatchGetCommandOutput,
  DeleteCommand,
  GetCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type ItemKey, keys } from '../../contract/table.ts';
import type { FileRecord, FileRef } from '../../core/files/file.ts';
import type { FileStore, IdempotencyRecord, SessionUpdate } from '../../core/ports.ts';
import type { SessionPhase, UploadSession } from '../../core/uploads/session.ts';
import type { Db } from './client.ts';
import { commit } from './commit.ts';
import { contentOfItem, dueKeys, fileKey, fileOf, sessionOf, shareOf, versionOf } from './file-item.ts';
import { removeBeside } from './file-removal.ts';
import { type ReserveSettings, reserve } from './reserve.ts';
import { withConflictRetry } from './transact.ts';

type Item = Record<string, unknown>;

export async function getItem(db: Db, key: ItemKey): Promise<Item | undefined> {
  const { Item } = await db.client.send(
    new GetCommand({ TableName: db.table, Key: key, ConsistentRead: true }),
  );
  return Item;
}

/** DynamoDB's bound for one BatchGetItem. */
const batchGetMaxKeys = 100;
const unprocessedMaxRounds = 5;
const unprocessedFirstWaitMs = 20;

/** Items of any number of keys, in no particular order; missing ones are left out. */
export async function getItems(db: Db, all: readonly ItemKey[]): Promise<readonly Item[]> {
  const found: Item[] = [];
  for (let start = 0; start < all.length; start += batchGetMaxKeys) {
    let wanted: Item[] | undefined = all.slice(start, start + batchGetMaxKeys) as unknown as Item[];
    for (let round = 0; wanted && wanted.length > 0; round += 1) {
      if (round === unprocessedMaxRounds)
        throw new Error('DynamoDB keeps leaving keys of a BatchGetItem unprocessed');
      if (round > 0) await waitUpTo(unprocessedFirstWaitMs * 2 ** round);
      const answer: BatchGetCommandOutput = await db.client.send(
        new BatchGetCommand({ RequestItems: { [db.table]: { Keys: wanted, ConsistentRead: true } } }),
      );
      found.push(...(answer.Responses?.[db.table] ?? []));
      wanted = answer.UnprocessedKeys?.[db.table]?.Keys;
    }
  }
  return found;
}

/** Full jitter: who was throttled together does not come back together. */
const waitUpTo = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * ms));

/** How long a single write is repeated that meets transactions on the same item. */
const singleWriteRetryMs = 3_000;

/** Runs a conditional write; undefined when its condition does not hold. @throws capacity_exceeded */
export async function ifCondition<T>(write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await withConflictRetry(write, singleWriteRetryMs);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

export function createFileStore(
  db: Db,
  settings: ReserveSettings,
): FileStore & {
  files(tenantId: string, fileIds: readonly string[]): Promise<readonly FileRecord[]>;
  removeFile(file: FileRecord): Promise<void>;
} {
  return {
    reserve: reserve(db, settings),
    commit: commit(db, settings),
    file: (ref) => findFile(db, ref),
    named: async (tenantId, ownerId, { path, filename }) => {
      const claim = await getItem(db, keys.nameClaim(tenantId, ownerId, path, filename));
      return claim && findFile(db, { tenantId, fileId: String(claim.fileId) });
    },
    version: async ({ tenantId, fileId }, version) => {
      const item = await getItem(db, keys.version(tenantId, fileId, version));
      return item && versionOf(item);
    },
    share: async ({ tenantId, fileId }, userId) => {
      const item = await getItem(db, keys.share(tenantId, fileId, userId));
      return item && shareOf(item);
    },
    files: async (tenantId, fileIds) =>
      (
        await getItems(
          db,
          [...new Set(fileIds)].map((fileId) => keys.file(tenantId, fileId)),
        )
      ).map(fileOf),
    content: async (ref) => {
      const item = await getItem(db, keys.content(ref));
      return item && contentOfItem(item);
    },
    session: async ({ tenantId, fileId, uploadId }) => {
      const item = await getItem(db, keys.session(tenantId, fileId, uploadId));
      return item && sessionOf(item);
    },
    updateSession: (session, from, set) => updateSession(db, session, from, set),
    heartbeat: async (ref, ownerId, at) => {
      const update = new UpdateCommand({
        TableName: db.table,
        Key: keys.session(ref.tenantId, ref.fileId, ref.uploadId),
        UpdateExpression: 'SET lastActivityAt = :at',
        ConditionExpression: 'ownerId = :owner AND phase IN (:open, :completing) AND expiresAt > :at',
        ExpressionAttributeValues: {
          ':at': at,
          ':owner': ownerId,
          ':open': 'open',
          ':completing': 'completing',
        },
      });
      return (await ifCondition(() => db.client.send(update))) !== undefined;
    },
    idempotencyRecord: async (tenantId, userId, key, now) => {
      const item = await getItem(db, keys.idempotency(tenantId, userId, key));
      // TTL removes late; what has expired does not count.
      return item && String(item.expiresAt) > now ? (item as unknown as IdempotencyRecord) : undefined;
    },
    forgetIdempotency: async (tenantId, userId, key, fileId) => {
      const forget = new DeleteCommand({
        TableName: db.table,
        Key: keys.idempotency(tenantId, userId, key),
        ConditionExpression: 'fileId = :fileId',
        ExpressionAttributeValues: { ':fileId': fileId },
      });
      await ifCondition(() => db.client.send(forget));
    },
    removeFile: async (file) => {
      await removeBeside(db, file);
      const remove = new DeleteCommand({
        TableName: db.table,
        Key: fileKey(file),
        ConditionExpression: 'attribute_not_exists(pk) OR #status = :purged',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':purged': 'purged' },
      });
      await ifCondition(() => db.client.send(remove));
    },
  };
}

async function findFile(
  db: Db,
  { tenantId, fileId, uploadId }: Parameters<FileStore['file']>[0],
): Promise<FileRecord | undefined> {
  const read = async (key: ItemKey): Promise<FileRecord | undefined> => {
    const item = await getItem(db, key);
    return item && fileOf(item);
  };
  const file = await read(keys.file(tenantId, fileId));
  if (!file || uploadId === undefined || file.uploadId === uploadId) return file;
  const replacement = await read(keys.replacement(tenantId, fileId));
  if (replacement?.uploadId === uploadId) return replacement;
  // Between the two reads the file may have taken the replacement's content over.
  const now = await read(keys.file(tenantId, fileId));
  return now?.uploadId === uploadId ? now : undefined;
}

async function updateSession(
  db: Db,
  { tenantId, fileId, uploadId }: FileRef & { uploadId: string },
  from: readonly SessionPhase[],
  { dueAt, ...set }: SessionUpdate,
): Promise<UploadSession | undefined> {
  const values = { ...set, ...(dueAt && dueKeys(uploadId, dueAt)) };
  const names = Object.keys(values);
  const update = new UpdateCommand({
    TableName: db.table,
    Key: keys.session(tenantId, fileId, uploadId),
    UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
    ConditionExpression: `#phase IN (${from.map((_, index) => `:from${index}`).join(', ')})`,
    ExpressionAttributeNames: {
      '#phase': 'phase',
      ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
    },
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
      ...Object.fromEntries(from.map((phase, index) => [`:from${index}`, phase])),
    },
    ReturnValues: 'ALL_NEW',
  });
  const updated = await ifCondition(() => db.client.send(update));
  return updated?.Attributes && sessionOf(updated.Attributes);
}
