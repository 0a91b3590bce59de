import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { keys, parentOf } from '../../contract/table.ts';
import type { PlacedName } from '../../core/files/effects.ts';
import type { Db } from './client.ts';
import { type Step, transact } from './transact.ts';

/**
 * Folders are items that count what lies directly in them: every name that a file takes or gives back moves the
 * count in the same transaction. A folder comes into being with the first file in it, its parents with it.
 */
interface Owner {
  readonly tenantId: string;
  readonly ownerId: string;
}

const isRoot = (path: string): boolean => path === '/';

/** The root always exists: its item appears with the first count. */
const mustExist = (path: string) => (isRoot(path) ? {} : { ConditionExpression: 'attribute_exists(pk)' });

const count = (
  table: string,
  { tenantId, ownerId }: Owner,
  path: string,
  what: 'files' | 'folders',
  by: number,
) => ({
  TableName: table,
  Key: keys.folder(tenantId, ownerId, path),
  UpdateExpression: 'ADD #what :by, revision :one SET kind = :kind, #path = :path',
  ExpressionAttributeNames: { '#what': what, '#path': 'path' },
  ExpressionAttributeValues: { ':by': by, ':one': 1, ':kind': 'folder', ':path': path },
  ...mustExist(path),
});

/** Takes a name in a folder for a file. Its condition fails where another file has it. */
export const claimName = (
  table: string,
  owner: Owner,
  fileId: string,
  { path, filename }: PlacedName,
): Step => ({
  Put: {
    TableName: table,
    Item: {
      ...keys.nameClaim(owner.tenantId, owner.ownerId, path, filename),
      kind: 'name',
      fileId,
      path,
      filename,
    },
    ConditionExpression: 'attribute_not_exists(pk)',
  },
});

export const releaseName = (
  table: string,
  owner: Owner,
  fileId: string,
  { path, filename }: PlacedName,
): Step => ({
  Delete: {
    TableName: table,
    Key: keys.nameClaim(owner.tenantId, owner.ownerId, path, filename),
    ConditionExpression: 'fileId = :fileId',
    ExpressionAttributeValues: { ':fileId': fileId },
  },
});

/** Moves the count of files in a folder. Its condition fails where there is no such folder (yet). */
export const countFiles = (table: string, owner: Owner, path: string, by: 1 | -1): Step => ({
  Update: count(table, owner, path, 'files', by),
});

/** A new empty folder in a parent that exists. The first condition fails where the folder exists already. */
export const createFolderSteps = (table: string, owner: Owner, path: string, at: string): readonly Step[] => [
  {
    Put: {
      TableName: table,
      Item: {
        ...keys.folder(owner.tenantId, owner.ownerId, path),
        kind: 'folder',
        path,
        createdAt: at,
        files: 0,
        folders: 0,
      },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  },
  { Update: count(table, owner, parentOf(path), 'folders', 1) },
];

/** The first condition fails where the folder holds something, or is gone. */
export const removeFolderSteps = (table: string, owner: Owner, path: string): readonly Step[] => [
  {
    Delete: {
      TableName: table,
      Key: keys.folder(owner.tenantId, owner.ownerId, path),
      ConditionExpression: '#files = :none AND #folders = :none',
      ExpressionAttributeNames: { '#files': 'files', '#folders': 'folders' },
      ExpressionAttributeValues: { ':none': 0 },
    },
  },
  { Update: count(table, owner, parentOf(path), 'folders', -1) },
];

/** Makes a folder and every parent that is missing, from the top; what exists stays as it is. */
export async function ensureFolder(
  db: Db,
  owner: Owner,
  path: string,
  at: string,
  retryMs: number,
): Promise<void> {
  if (isRoot(path)) return;
  const Key = keys.folder(owner.tenantId, owner.ownerId, path);
  const { Item } = await db.client.send(
    new GetCommand({ TableName: db.table, Key, ConsistentRead: true, ProjectionExpression: 'pk' }),
  );
  if (Item) return;
  await ensureFolder(db, owner, parentOf(path), at, retryMs);
  // Where a condition fails, somebody made it at the same moment; had its parent been deleted instead, the caller's
  // next try makes both.
  await transact(db, createFolderSteps(db.table, owner, path, at), retryMs);
}
