import { randomUUID } from 'node:crypto';
import { BatchWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { addCounters } from '../../lambdas/adapters/dynamodb/counters.ts';
import { fileItem } from '../../lambdas/adapters/dynamodb/file-item.ts';
import { claimName } from '../../lambdas/adapters/dynamodb/folder-item.ts';
import { keys } from '../../lambdas/contract/table.ts';
import type { FileRecord } from '../../lambdas/core/files/file.ts';
import type { FolderOwner } from '../../lambdas/core/folders/folder.ts';
import { type Engine, inParallel } from './engine.ts';

/** DynamoDB's bound for one BatchWriteItem. */
const batchItems = 25;
const writesAtOnce = 8;

export interface TreeShape {
  /** Sub-folders of the tree's root, each with `subFolders` of its own; every folder but the root holds files. */
  readonly folders: number;
  readonly subFolders: number;
  readonly filesPerFolder: number;
}

/** The paths of a tree's folders, its root first. */
export function foldersOf(root: string, { folders, subFolders }: TreeShape): readonly string[] {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  return [
    root,
    ...numbers(folders).flatMap((n) => [
      `${root}/${n}`,
      ...numbers(subFolders).map((m) => `${root}/${n}/${m}`),
    ]),
  ];
}

/**
 * Puts a tree of stored files into the table as their uploads would have left it, with every count, but without bytes
 * in a bucket. `root` is a folder of the owner's root.
 */
export async function plantTree(
  engine: Engine,
  owner: FolderOwner,
  root: string,
  shape: TreeShape,
): Promise<readonly FileRecord[]> {
  const table = engine.stack.tableName;
  const at = new Date().toISOString();
  const paths = foldersOf(root, shape);
  const files = paths
    .slice(1)
    .flatMap((path) =>
      Array.from({ length: shape.filesPerFolder }, (_, index) =>
        storedFile(owner, path, `file-${String(index).padStart(4, '0')}.txt`, at),
      ),
    );
  const folderItem = (path: string) => ({
    ...keys.folder(owner.tenantId, owner.ownerId, path),
    kind: 'folder',
    path,
    createdAt: at,
    files: path === root ? 0 : shape.filesPerFolder,
    folders: paths.filter((below) => below.slice(0, below.lastIndexOf('/')) === path).length,
  });
  await putItems(engine, [
    ...paths.map(folderItem),
    ...files.flatMap((file) => [
      fileItem(file),
      claimName(table, owner, file.fileId, file).Put?.Item as Record<string, unknown>,
    ]),
  ]);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const counted = {
    committedBytes: size,
    committedFiles: files.length,
    reservedBytes: 0,
    reservedFiles: 0,
    openUploads: 0,
  };
  for (const key of [keys.userCounter(owner.tenantId, owner.ownerId), keys.tenantCounter(owner.tenantId)]) {
    await engine.db.send(new UpdateCommand(addCounters(table, key, counted)));
  }
  await engine.db.send(
    new UpdateCommand({
      TableName: table,
      Key: keys.folder(owner.tenantId, owner.ownerId, '/'),
      UpdateExpression: 'ADD folders :one SET kind = :kind, #path = :path',
      ExpressionAttributeNames: { '#path': 'path' },
      ExpressionAttributeValues: { ':one': 1, ':kind': 'folder', ':path': '/' },
    }),
  );
  return files;
}

function storedFile(owner: FolderOwner, path: string, filename: string, at: string): FileRecord {
  const fileId = randomUUID();
  return {
    ...owner,
    fileId,
    path,
    filename,
    originalName: filename,
    mimeType: 'text/plain',
    size: 1,
    status: 'ready',
    isPublic: false,
    sensitivity: 'internal',
    tags: [],
    metadata: {},
    priority: 'normal',
    revision: 1,
    version: 1,
    uploadId: randomUUID(),
    libraryKey: `tenants/${owner.tenantId}/files/${fileId}.txt`,
    libraryVersionId: 'none',
    renditions: {},
    accounting: 'used',
    createdAt: at,
    updatedAt: at,
    storedAt: at,
  };
}

async function putItems(engine: Engine, items: readonly Record<string, unknown>[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(items.length / batchItems) }, (_, index) =>
    items.slice(index * batchItems, (index + 1) * batchItems),
  );
  await inParallel(batches, writesAtOnce, async (batch) => {
    const requests = batch.map((Item) => ({ PutRequest: { Item } }));
    const { UnprocessedItems = {} } = await engine.db.send(
      new BatchWriteCommand({ RequestItems: { [engine.stack.tableName]: requests } }),
    );
    if (Object.keys(UnprocessedItems).length > 0)
      throw new Error('the engine left items of a batch unwritten');
  });
}
