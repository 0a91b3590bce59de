import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { GetCommand, TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { keys, parentOf } from '../../contract/table.ts';
import type { PlacedName } from '../../core/files/effects.ts';
import type { Db } from './client.ts';
import { withConflictRetry } from './transact.ts';

/**
 * Folders are items that count what lies directly in them: every name that a file takes or gives back moves the
 * count in the same transaction. A folder comes into being with the first file in it, its parents with it.
 */
type Step = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

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
  UpdateExpression: 'ADD #what :by SET kind = :kind, #path = :path',
  ExpressionAttributeNames: { '#what': what, '#path': 'path' },
  ExpressionAttributeValues: { ':by': by, ':kind': 'folder', ':path': path },
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

/** Makes a folder and every parent that is missing, from the top; what exists stays as it is. */
export async function ensureFolder(
  db: Db,
  owner: Owner,
  path: string,
  at: string,
  retryMs: number,
): Promise<void> {
  if (isRoot(path)) return;
  const key = keys.folder(owner.tenantId, owner.ownerId, path);
  const { Item } = await db.client.send(
    new GetCommand({ TableName: db.table, Key: key, ConsistentRead: true, ProjectionExpression: 'pk' }),
  );
  if (Item) return;
  const parent = parentOf(path);
  await ensureFolder(db, owner, parent, at, retryMs);
  const create = new TransactWriteCommand({
    TransactItems: [
      {
        Put: {
          TableName: db.table,
          Item: { ...key, kind: 'folder', path, createdAt: at, files: 0, folders: 0 },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
      { Update: count(db.table, owner, parent, 'folders', 1) },
    ],
  });
  try {
    await withConflictRetry(() => db.client.send(create), retryMs);
  } catch (error) {
    // Somebody made it at the same moment; had its parent been deleted instead, the caller's next try makes both.
    if (!(error instanceof TransactionCanceledException)) throw error;
  }
}
