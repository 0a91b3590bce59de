import { QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { createReconcileStore } from '../../../lambdas/adapters/dynamodb/reconcile-store.ts';
import { tenantEvent } from '../../../lambdas/core/files/event.ts';
import { noUsage } from '../../../lambdas/core/quota/drift.ts';
import { startOfTime } from '../../support/domain.ts';
import { cancelled, tableClient } from '../../support/table-client.ts';

const settings = { retryMs: 100, publishDelaySeconds: 120 };
const event = tenantEvent('acme', 'counters.repaired', {
  ...{ at: startOfTime, eventId: 'E1' },
  actor: { kind: 'system' },
});
const usage = { ...noUsage, committedBytes: 5 };

describe('the owners of a tenant', () => {
  it('are its machine clients, then its users, page by page in its own partition', async () => {
    const { db, ddb } = tableClient();
    const kept = ['CLIENT#c1', 'CLIENT#c2', 'USER#u1'];
    ddb.on(QueryCommand).callsFake(({ ExpressionAttributeValues, ExclusiveStartKey, Limit }) => {
      const { ':pk': pk, ':prefix': prefix } = ExpressionAttributeValues;
      const after = ExclusiveStartKey?.sk ?? '';
      const left = kept.filter((sk) => sk.startsWith(prefix) && sk > after);
      const Items = left.slice(0, Limit).map((sk) => ({ pk, sk }));
      return { Items, ...(left.length > Limit && { LastEvaluatedKey: Items.at(-1) }) };
    });
    const store = createReconcileStore(db, settings);

    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.owners('acme', 1, cursor);
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);

    expect(found).toEqual(['c1', 'c2', 'u1']);
    for (const { args } of ddb.commandCalls(QueryCommand)) {
      expect(args[0].input).toMatchObject({
        ConsistentRead: true,
        ExpressionAttributeValues: { ':pk': 'TENANT#acme' },
      });
    }
  });
});

describe('a repair', () => {
  const stepsOf = (ddb: ReturnType<typeof tableClient>['ddb']) =>
    ddb.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems ?? [];

  it('writes numbers and event together, if nothing was counted since they were read', async () => {
    const { db, ddb } = tableClient();
    const store = createReconcileStore(db, settings);

    const done = await store.repairCounter({ tenantId: 'acme' }, { ...usage, revision: 7 }, usage, event);

    const [counter, told, ...others] = stepsOf(ddb);
    expect(done).toBe(true);
    expect(counter?.Update).toMatchObject({
      Key: { pk: 'TENANT#acme', sk: 'COUNTER' },
      ConditionExpression: 'revision = :revision',
      ExpressionAttributeValues: { ':revision': 7, ':committedBytes': 5, ':openUploads': 0 },
    });
    expect(told?.Put?.Item).toMatchObject({ kind: 'event', type: 'counters.repaired' });
    expect(others).toEqual([]);
  });

  it("of a user's counter moves the tenant's revision, since its sum is another one now", async () => {
    const { db, ddb } = tableClient();
    const store = createReconcileStore(db, settings);

    await store.repairCounter({ tenantId: 'acme', userId: 'u' }, { ...usage, revision: 0 }, usage, event);

    const [counter, tenant] = stepsOf(ddb);
    expect(counter?.Update).toMatchObject({ ConditionExpression: 'attribute_not_exists(revision)' });
    expect(tenant?.Update).toMatchObject({
      Key: { pk: 'TENANT#acme', sk: 'COUNTER' },
      ExpressionAttributeValues: { ':zero': 0, ':one': 1 },
    });
  });

  it('does nothing when somebody was faster, and throws for everything else', async () => {
    const { db, ddb } = tableClient();
    const store = createReconcileStore(db, settings);
    const folder = { tenantId: 'acme', ownerId: 'u', path: '/a/b' };
    const repair = () =>
      store.repairFolder(folder, { files: 1, folders: 0, revision: 2 }, { files: 3, folders: 0 }, event);

    ddb
      .on(TransactWriteCommand)
      .rejectsOnce(cancelled([{ Code: 'ConditionalCheckFailed' }, { Code: 'None' }]))
      .rejectsOnce(new Error('network'));

    expect(await repair()).toBe(false);
    await expect(repair()).rejects.toThrow('network');
    expect(stepsOf(ddb)[0]?.Update?.Key).toEqual({
      pk: 'TENANT#acme#USER#u#TREE#/a',
      sk: 'FOLDER#b',
    });
  });
});
