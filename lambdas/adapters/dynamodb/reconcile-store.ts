import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type ItemKey, indexes, indexKeys, keys, sortKeyPrefix } from '../../contract/table.ts';
import type { TenantEvent } from '../../core/files/event.ts';
import type { Page } from '../../core/ports.ts';
import type { Counter, CounterRef, FolderRef, ReconcileStore } from '../../core/quota/ports.ts';
import type { Usage } from '../../core/tenancy/quota.ts';
import { addSeconds } from '../../core/time.ts';
import type { Db } from './client.ts';
import { counterNames, usageOf } from './counters.ts';
import { eventItem, fileKey, fileOf } from './file-item.ts';
import { getItem, getItems } from './file-store.ts';
import { queryPages } from './query-pages.ts';
import { type Step, transact } from './transact.ts';

type Item = Record<string, unknown>;

/** Of a listing of files at once: some 1 KB each is what one Query answers. */
const pageFiles = 1_000;

export function createReconcileStore(
  db: Db,
  settings: { readonly retryMs: number; readonly publishDelaySeconds: number },
): ReconcileStore {
  return {
    owners: (tenantId, limit, cursor) => owners(db, tenantId, limit, cursor),
    counter: async (ref) => counterOf(await getItem(db, counterKey(ref))),
    userCounters: async (tenantId, userIds) =>
      (
        await getItems(
          db,
          userIds.map((userId) => keys.userCounter(tenantId, userId)),
        )
      ).map(counterOf),
    ownedRecords: (tenantId, ownerId, cursor) => ownedRecords(db, tenantId, ownerId, cursor),
    keptVersionBytes: async ({ tenantId, fileId }) => {
      let bytes = 0;
      const prefix = sortKeyPrefix.version;
      const { pk } = keys.file(tenantId, fileId);
      for await (const page of queryPages(db, {
        pk,
        prefix,
        ProjectionExpression: '#size',
        names: { '#size': 'size' },
      })) {
        for (const { size } of page.Items ?? []) bytes += Number(size);
      }
      return bytes;
    },
    unpaidBytes: async (tenantId) => {
      let bytes = 0;
      for await (const page of queryPages(db, {
        pk: keys.contentObject(tenantId, '').pk,
        prefix: sortKeyPrefix.content,
        ProjectionExpression: '#size, unpaid',
        names: { '#size': 'size' },
      })) {
        for (const { size, unpaid } of page.Items ?? []) bytes += Number(size) * Number(unpaid);
      }
      return bytes;
    },
    heldSlots: (tenantId, userId) => heldSlots(db, tenantId, userId),
    folder: async (ref) => {
      const item = await getItem(db, folderKey(ref));
      if (!item) return undefined;
      const { files = 0, folders = 0, revision = 0 } = item;
      return { files: Number(files), folders: Number(folders), revision: Number(revision) };
    },
    folderContents: async ({ tenantId, ownerId, path }) => {
      const names = keys.nameClaim(tenantId, ownerId, path, '');
      return {
        files: await countItems(db, names.pk, sortKeyPrefix.name),
        folders: await countItems(db, subFolders(tenantId, ownerId, path), sortKeyPrefix.folder),
      };
    },
    nextSubFolder: async ({ tenantId, ownerId, path }, after) => {
      const { Items = [] } = await db.client.send(
        new QueryCommand({
          TableName: db.table,
          KeyConditionExpression: 'pk = :pk AND sk > :after',
          ExpressionAttributeValues: {
            ':pk': subFolders(tenantId, ownerId, path),
            ':after': `${sortKeyPrefix.folder}${after ?? ''}`,
          },
          ConsistentRead: true,
          Limit: 1,
        }),
      );
      const name = Items[0] && String(Items[0].sk).slice(sortKeyPrefix.folder.length);
      return name === undefined ? undefined : `${path === '/' ? '' : path}/${name}`;
    },
    repairCounter: (ref, seen, actual, event) =>
      repair(db, settings, event, [
        setNumbers(db, counterKey(ref), seen.revision, actual),
        // A user's repair is a change of what the tenant's counter is the sum of.
        ...(ref.userId === undefined ? [] : [touchCounter(db, counterKey({ tenantId: ref.tenantId }))]),
      ]),
    repairVersionsBytes: (file, bytes, event) =>
      repair(db, settings, event, [setNumbers(db, fileKey(file), file.revision, { versionsBytes: bytes })]),
    repairFolder: (ref, seen, actual, event) =>
      repair(db, settings, event, [setNumbers(db, folderKey(ref), seen.revision, { ...actual })]),
  };
}

/** Both kinds lie in the tenant's partition: first the clients, then the users. */
const ownerKinds = [sortKeyPrefix.client, sortKeyPrefix.user] as const;

/** The cursor is the sort key that was read last; where a kind is through, the prefix of the next one. */
async function owners(
  db: Db,
  tenantId: string,
  limit: number,
  cursor: string = ownerKinds[0],
): Promise<Page<string>> {
  const kind = ownerKinds.findIndex((prefix) => cursor.startsWith(prefix));
  const prefix = ownerKinds[kind] as string;
  const { pk } = keys.tenant(tenantId);
  const { Items = [], LastEvaluatedKey } = await db.client.send(
    new QueryCommand({
      TableName: db.table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
      ProjectionExpression: 'sk',
      ConsistentRead: true,
      Limit: limit,
      ...(cursor !== prefix && { ExclusiveStartKey: { pk, sk: cursor } }),
    }),
  );
  const nextCursor = LastEvaluatedKey ? String(LastEvaluatedKey.sk) : ownerKinds[kind + 1];
  return {
    items: Items.map(({ sk }) => String(sk).slice(prefix.length)),
    ...(nextCursor !== undefined && { nextCursor }),
  };
}

const counterKey = ({ tenantId, userId }: CounterRef): ItemKey =>
  userId === undefined ? keys.tenantCounter(tenantId) : keys.userCounter(tenantId, userId);

const counterOf = (item: Item | undefined): Counter => ({
  ...usageOf(item),
  revision: Number(item?.revision ?? 0),
});

const folderKey = ({ tenantId, ownerId, path }: FolderRef): ItemKey => keys.folder(tenantId, ownerId, path);

/** The partition in which the folders below `path` lie. */
const subFolders = (tenantId: string, ownerId: string, path: string): string =>
  keys.folder(tenantId, ownerId, `${path === '/' ? '' : path}/x`).pk;

async function countItems(db: Db, pk: string, prefix: string): Promise<number> {
  let count = 0;
  for await (const page of queryPages(db, { pk, prefix, Select: 'COUNT' })) count += page.Count ?? 0;
  return count;
}

async function ownedRecords(db: Db, tenantId: string, ownerId: string, cursor: string | undefined) {
  const { Items = [], LastEvaluatedKey } = await db.client.send(
    new QueryCommand({
      TableName: db.table,
      IndexName: indexes.byOwner.name,
      KeyConditionExpression: 'ownerPk = :partition',
      ExpressionAttributeValues: { ':partition': indexKeys.ownerFiles(tenantId, ownerId) },
      ProjectionExpression: 'pk, sk',
      Limit: pageFiles,
      ...(cursor && { ExclusiveStartKey: JSON.parse(cursor) as Item }),
    }),
  );
  const files = (await getItems(db, Items.map(keyOf))).map(fileOf);
  const replacing = files.filter((file) => file.replacement && file.replacement.endedAs === undefined);
  const replacements = await getItems(
    db,
    replacing.map(({ fileId }) => keys.replacement(tenantId, fileId)),
  );
  return {
    items: [...files, ...replacements.map(fileOf)],
    ...(LastEvaluatedKey && { nextCursor: JSON.stringify(LastEvaluatedKey) }),
  };
}

async function heldSlots(db: Db, tenantId: string, userId: string): Promise<number> {
  let held = 0;
  let start: Item | undefined;
  do {
    const page = await db.client.send(
      new QueryCommand({
        TableName: db.table,
        IndexName: indexes.byOwner.name,
        KeyConditionExpression: 'ownerPk = :partition',
        ExpressionAttributeValues: { ':partition': indexKeys.ownerOpenUploads(tenantId, userId) },
        ProjectionExpression: 'pk, sk',
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    const sessions = await getItems(db, (page.Items ?? []).map(keyOf));
    held += sessions.filter(({ phase }) => phase !== 'closed').length;
    start = page.LastEvaluatedKey;
  } while (start);
  return held;
}

const keyOf = ({ pk, sk }: Item): ItemKey => ({ pk: String(pk), sk: String(sk) });

/** A counter comes into being with its first number; a folder that somebody has deleted must not. */
const neverChanged = ({ sk }: ItemKey): string =>
  `attribute_not_exists(revision)${sk.startsWith(sortKeyPrefix.folder) ? ' AND attribute_exists(pk)' : ''}`;

/** Numbers as they should be, on the condition that nobody changed the item since it had `revision`. */
function setNumbers(db: Db, Key: ItemKey, revision: number, numbers: Usage | Record<string, number>): Step {
  const names = Object.keys(numbers);
  return {
    Update: {
      TableName: db.table,
      Key,
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')} ADD revision :one`,
      ConditionExpression: revision > 0 ? 'revision = :revision' : neverChanged(Key),
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [`:${name}`, value])),
        ...(revision > 0 && { ':revision': revision }),
        ':one': 1,
      },
    },
  };
}

const touchCounter = (db: Db, Key: ItemKey): Step => ({
  Update: {
    TableName: db.table,
    Key,
    UpdateExpression: `ADD ${counterNames.map((name) => `${name} :zero`).join(', ')}, revision :one`,
    ExpressionAttributeValues: { ':zero': 0, ':one': 1 },
  },
});

async function repair(
  db: Db,
  settings: { readonly retryMs: number; readonly publishDelaySeconds: number },
  event: TenantEvent,
  steps: readonly Step[],
): Promise<boolean> {
  const Item = eventItem(event, addSeconds(event.at, settings.publishDelaySeconds));
  const failed = await transact(db, [...steps, { Put: { TableName: db.table, Item } }], settings.retryMs);
  return failed.length === 0;
}
