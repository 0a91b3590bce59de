import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { keys, parentOf, sortKeyPrefix } from '../../contract/table.ts';
import { errors } from '../../core/errors.ts';
import type { Folder, FolderStore } from '../../core/folders/folder.ts';
import { addSeconds } from '../../core/time.ts';
import type { Db } from './client.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { eventItem } from './file-item.ts';
import { getItem } from './file-store.ts';
import { createFolderSteps, ensureFolder, removeFolderSteps } from './folder-item.ts';
import { transact } from './transact.ts';

type Item = Record<string, unknown>;

export interface FolderStoreSettings {
  readonly retryMs: number;
  readonly publishDelaySeconds: number;
}

/** How often a parent is made that somebody deletes again before the new folder is in it. */
const maxParentRounds = 3;

const folderOf = (item: Item): Folder => ({
  path: String(item.path),
  files: Number(item.files ?? 0),
  folders: Number(item.folders ?? 0),
  createdAt: String(item.createdAt),
});

export function createFolderStore(db: Db, settings: FolderStoreSettings): FolderStore {
  return {
    folder: async (owner, path) => {
      const item = await getItem(db, keys.folder(owner.tenantId, owner.ownerId, path));
      return item && folderOf(item);
    },
    subFolders: async (owner, path, { limit, cursor }) => {
      const { pk } = keys.folder(owner.tenantId, owner.ownerId, path === '/' ? '/x' : `${path}/x`);
      const [name] = cursor === undefined ? [] : decodeCursor(cursor, 1);
      const after = name === undefined ? undefined : `${sortKeyPrefix.folder}${name}`;
      const { items, last } = await pageOf(db, pk, sortKeyPrefix.folder, limit, after);
      return {
        items: items.map(folderOf),
        ...(last && { nextCursor: encodeCursor([last.slice(sortKeyPrefix.folder.length)]) }),
      };
    },
    subFolderAfter: async (owner, path, name) => {
      const { pk } = keys.folder(owner.tenantId, owner.ownerId, path === '/' ? '/x' : `${path}/x`);
      const after = name === undefined ? undefined : `${sortKeyPrefix.folder}${name}`;
      const { items } = await pageOf(db, pk, sortKeyPrefix.folder, 1, after);
      return items.map(folderOf)[0];
    },
    namesIn: async (owner, path, { limit, after }) => {
      const { pk } = keys.nameClaim(owner.tenantId, owner.ownerId, path, '');
      const from = after === undefined ? undefined : `${sortKeyPrefix.name}${after}`;
      const { items } = await pageOf(db, pk, sortKeyPrefix.name, limit, from);
      return items.map(({ fileId, filename }) => ({ fileId: String(fileId), filename: String(filename) }));
    },
    ensureFolder: (owner, path, at) => ensureFolder(db, owner, path, at, settings.retryMs),
    createFolder: async (owner, path, event) => {
      const Item = eventItem(event, addSeconds(event.at, settings.publishDelaySeconds));
      const steps = [
        ...createFolderSteps(db.table, owner, path, event.at),
        { Put: { TableName: db.table, Item } },
      ];
      for (let round = 1; round <= maxParentRounds; round += 1) {
        await ensureFolder(db, owner, parentOf(path), event.at, settings.retryMs);
        const failed = await transact(db, steps, settings.retryMs);
        if (failed.length === 0) return true;
        if (failed.includes(0)) return false;
      }
      throw errors.capacityExceeded();
    },
    removeFolder: async (owner, path) => {
      const steps = removeFolderSteps(db.table, owner, path);
      return (await transact(db, steps, settings.retryMs)).length === 0;
    },
  };
}

async function pageOf(
  db: Db,
  pk: string,
  prefix: string,
  limit: number,
  after: string | undefined,
): Promise<{ items: readonly Item[]; last?: string }> {
  const { Items = [], LastEvaluatedKey } = await db.client.send(
    new QueryCommand({
      TableName: db.table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
      ConsistentRead: true,
      Limit: limit,
      ...(after !== undefined && { ExclusiveStartKey: { pk, sk: after } }),
    }),
  );
  return { items: Items, ...(LastEvaluatedKey && { last: String(LastEvaluatedKey.sk) }) };
}
