import { GetCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { createFolderStore } from '../../../lambdas/adapters/dynamodb/folder-store.ts';
import { keys } from '../../../lambdas/contract/table.ts';
import { tenantEvent } from '../../../lambdas/core/files/event.ts';
import { startOfTime } from '../../support/domain.ts';
import { cancelled, reasonsWith, tableClient } from '../../support/table-client.ts';

const settings = { retryMs: 500, publishDelaySeconds: 120 };
const owner = { tenantId: 'acme', ownerId: 'alice' };
const event = tenantEvent('acme', 'folder.created', {
  at: startOfTime,
  eventId: 'E',
  actor: { kind: 'user', userId: 'alice' },
});
const refused = (count: number, index: number) =>
  cancelled(reasonsWith(count, index, { Code: 'ConditionalCheckFailed' }));

describe('a new folder', () => {
  it('comes with its event, and counts in its parent', async () => {
    const { db, ddb } = tableClient();
    ddb.on(GetCommand).resolves({ Item: { pk: 'parent' } });
    ddb.on(TransactWriteCommand).resolves({});

    expect(await createFolderStore(db, settings).createFolder(owner, '/a/b', event)).toBe(true);

    const [folder, parent, announced] =
      ddb.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems ?? [];
    expect(folder?.Put).toMatchObject({
      Item: { ...keys.folder('acme', 'alice', '/a/b'), files: 0, folders: 0, createdAt: startOfTime },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    expect(parent?.Update).toMatchObject({
      Key: keys.folder('acme', 'alice', '/a'),
      ConditionExpression: 'attribute_exists(pk)',
    });
    expect(announced?.Put?.Item).toMatchObject({ type: 'folder.created' });
  });

  it('is made again with its parent when somebody deletes that one meanwhile; one that exists is not', async () => {
    const { db, ddb } = tableClient();
    ddb.on(GetCommand).resolves({ Item: { pk: 'parent' } });
    ddb.on(TransactWriteCommand).rejectsOnce(refused(3, 1)).resolvesOnce({}).rejects(refused(3, 0));
    const store = createFolderStore(db, settings);

    expect(await store.createFolder(owner, '/a/b', event)).toBe(true);
    expect(await store.createFolder(owner, '/a/b', event)).toBe(false);
  });
});

describe('a folder', () => {
  it('goes only while nothing is in it', async () => {
    const { db, ddb } = tableClient();
    ddb.on(TransactWriteCommand).resolvesOnce({}).rejects(refused(2, 0));
    const store = createFolderStore(db, settings);

    expect(await store.removeFolder(owner, '/a')).toBe(true);
    expect(await store.removeFolder(owner, '/a')).toBe(false);

    const [remove, parent] = ddb.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems ?? [];
    expect(remove?.Delete?.ConditionExpression).toBe('#files = :none AND #folders = :none');
    expect(parent?.Update?.ExpressionAttributeValues).toMatchObject({ ':by': -1 });
  });

  it('is read by one consistent Query of its own partition, from where the cursor says', async () => {
    const { db, ddb } = tableClient();
    const { pk, sk } = keys.folder('acme', 'alice', '/a/b');
    const item = { pk, sk, path: '/a/b', files: 2, folders: 1, createdAt: startOfTime };
    ddb.on(QueryCommand).resolves({ Items: [item], LastEvaluatedKey: { pk, sk } });
    const store = createFolderStore(db, settings);

    const { items, nextCursor } = await store.subFolders(owner, '/a', { limit: 1 });
    await store.subFolders(owner, '/a', { limit: 1, cursor: nextCursor ?? '' });

    expect(items).toEqual([{ path: '/a/b', files: 2, folders: 1, createdAt: startOfTime }]);
    const [first, second] = ddb.commandCalls(QueryCommand).map(({ args }) => args[0].input);
    expect(first).toMatchObject({ ConsistentRead: true, Limit: 1 });
    expect(first?.ExpressionAttributeValues?.[':pk']).toBe(pk);
    expect(second?.ExclusiveStartKey).toEqual({ pk, sk });
  });
});
