import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { commitAll, groupsOf } from '../../../lambdas/adapters/dynamodb/commit-all.ts';
import { createGroupedStore } from '../../../lambdas/adapters/dynamodb/grouped-store.ts';
import { keys } from '../../../lambdas/contract/table.ts';
import { type Change, edit, move } from '../../../lambdas/core/files/change.ts';
import { file, startOfTime } from '../../support/domain.ts';
import { cancelled, reasonsWith, tableClient } from '../../support/table-client.ts';

const settings = { retryMs: 500, publishDelaySeconds: 120, inactivitySeconds: 900 };
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

const stored = (n: number) =>
  file({ fileId: `F${n}`, filename: `${n}`, path: '/a', status: 'ready', accounting: 'used' });
const moved = (n: number): Change =>
  edit(stored(n), { at: startOfTime, eventId: `E${n}`, type: 'file.moved', set: { path: '/b' } });
const purged = (n: number): Change => move(stored(n), 'purged', { at: startOfTime, eventId: `E${n}` });

const stepsOf = (changes: readonly Change[]) =>
  groupsOf('Table', changes, settings).map(({ steps }) => [...steps.values()]);

describe('changes of many files', () => {
  it('share transactions of at most 100 steps: 24 moves in one', () => {
    const groups = stepsOf(numbers(60).map(moved));

    expect(groups.map((steps) => steps.length)).toEqual([98, 98, 50]);
  });

  it('name each item once and add up what they count together', () => {
    const [steps = []] = stepsOf(numbers(24).map(moved));
    const written = steps.map(({ step: { Put, Update, Delete } }) =>
      JSON.stringify(Put?.Item ?? Update?.Key ?? Delete?.Key),
    );
    const count = (path: string) => {
      const { sk } = keys.folder('acme', 'alice', path);
      const step = steps.find(({ step: { Update } }) => Update?.Key?.sk === sk)?.step;
      return step?.Update?.ExpressionAttributeValues?.[':by'];
    };

    expect(new Set(written).size).toBe(written.length);
    expect([count('/a'), count('/b')]).toEqual([-24, 24]);
  });

  it('move the quota by their sum', () => {
    const [steps = []] = stepsOf(numbers(3).map(purged));
    const counters = steps.filter(({ step }) => step.Update?.Key?.sk === 'COUNTER');

    expect(counters).toHaveLength(2);
    for (const { step } of counters) {
      expect(step.Update?.ExpressionAttributeValues).toMatchObject({
        ':committedBytes': -3_000,
        ':committedFiles': -3,
      });
    }
  });

  it('go one after the other where one takes the name that another gives back', () => {
    const swap = edit(stored(1), {
      at: startOfTime,
      eventId: 'E',
      type: 'file.moved',
      set: { path: '/a', filename: '0' },
    });

    expect(stepsOf([moved(0), swap])).toHaveLength(2);
  });
});

describe('committing them', () => {
  const failing = (changes: readonly Change[], sk: string) => {
    const [steps = []] = stepsOf(changes);
    const index = steps.findLastIndex(
      ({ step: { Put, Update, Delete } }) => (Put?.Item ?? Update?.Key ?? Delete?.Key)?.sk === sk,
    );
    return cancelled(reasonsWith(steps.length, index, { Code: 'ConditionalCheckFailed' }));
  };

  it('refuses the one whose condition fails and writes the others', async () => {
    const { db, ddb } = tableClient();
    const changes = numbers(5).map(moved);
    ddb.on(TransactWriteCommand).rejectsOnce(failing(changes, 'NAME#3')).resolves({});

    const outcomes = await commitAll(db, settings)(changes);

    expect(outcomes).toEqual(['committed', 'committed', 'committed', 'name_taken', 'committed']);
    const [, second] = ddb.commandCalls(TransactWriteCommand);
    expect(JSON.stringify(second?.args[0].input)).not.toContain('NAME#3');
  });

  it('makes the folder that is missing, once for all', async () => {
    const { db, ddb } = tableClient();
    const changes = numbers(5).map(moved);
    ddb.on(GetCommand).resolves({});
    ddb
      .on(TransactWriteCommand)
      .rejectsOnce(failing(changes, keys.folder('acme', 'alice', '/b').sk))
      .resolves({});

    expect(await commitAll(db, settings)(changes)).toEqual(changes.map(() => 'committed'));
    expect(ddb.commandCalls(TransactWriteCommand)).toHaveLength(3);
  });

  it('throws for all when the table cannot be reached', async () => {
    const { db, ddb } = tableClient();
    ddb.on(TransactWriteCommand).rejects(new Error('network'));

    await expect(commitAll(db, settings)(numbers(2).map(moved))).rejects.toThrow('network');
  });
});

describe('the store for many files', () => {
  it('turns the commits of one moment into one transaction, and answers each', async () => {
    const { db, ddb } = tableClient();
    ddb.on(TransactWriteCommand).resolves({});
    const store = createGroupedStore(db, settings);

    const outcomes = await Promise.all(numbers(20).map((n) => store.commit(moved(n))));

    expect(outcomes).toEqual(numbers(20).map(() => 'committed'));
    expect(ddb.commandCalls(TransactWriteCommand)).toHaveLength(1);
  });
});
