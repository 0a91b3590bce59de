import { describe, expect, it } from 'vitest';
import { stageNames } from '../../../lib/config/index.ts';
import { roleOf, statementsOf, synthesized } from '../stages.ts';

const transact = ['PutItem', 'UpdateItem', 'DeleteItem'];

/** Function, its actions on items, the indexes that it queries. */
const tableAccess: [construct: string, actions: string[], indexes: string[]][] = [
  ['Functions/Uploads', ['GetItem', 'BatchGetItem', ...transact], ['byOwner']],
  [
    'Functions/Files',
    ['GetItem', 'BatchGetItem', 'Query', ...transact],
    ['byOwner', 'byFolder', 'byStatus', 'byUpdated', 'bySize'],
  ],
  ['Functions/Folders', ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'], []],
  ['Functions/Public', ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem'], []],
  ['Functions/Variants', ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem'], []],
  ['Functions/Stream', ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem'], []],
  ['Functions/Search', ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem'], ['byOwner']],
  ['Functions/System', ['GetItem', 'BatchGetItem'], []],
  ['Functions/Tenants', ['GetItem', 'BatchGetItem', 'Query', ...transact, 'ConditionCheckItem'], ['byOwner']],
  ['Functions/Token', ['GetItem', 'UpdateItem'], []],
  ['Pipeline/Dispatch', ['GetItem', 'PutItem', 'UpdateItem'], []],
  ['Pipeline/Inspect', ['GetItem', 'BatchGetItem', 'Query', ...transact], []],
  ['Pipeline/Images', ['GetItem', 'PutItem', 'UpdateItem'], []],
  ['Pipeline/Complete', ['GetItem', 'UpdateItem'], []],
  [
    'Pipeline/Bulk',
    ['GetItem', 'BatchGetItem', 'Query', ...transact, 'BatchWriteItem'],
    ['byOwner', 'byFolder', 'byStatus'],
  ],
  ['Pipeline/Purge', ['GetItem', 'Query', 'UpdateItem', 'DeleteItem'], []],
  ['Pipeline/Sweep', ['GetItem', 'BatchGetItem', ...transact], ['byDue']],
  ['Outbox/Publish', ['UpdateItem'], []],
  ['Trail/Audit', ['GetItem', 'PutItem', 'UpdateItem'], []],
  ['Trail/Seal', ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem'], ['byDue']],
  ['Search/Index', ['GetItem', 'BatchGetItem', 'UpdateItem'], []],
  ['TallyWorker', ['BatchGetItem', 'Query', ...transact], []],
];

describe.each(stageNames)('permissions on the table of %s', (name) => {
  const stage = synthesized(name);

  it.each(tableAccess)('let %s do to the table what its adapters do', (construct, actions, indexes) => {
    const onTable = statementsOf(stage, roleOf(stage, construct)).filter(
      ({ effect, resources }) =>
        effect === 'Allow' &&
        resources.some((resource) => /Metadata/.test(resource) && !/StreamArn/.test(resource)),
    );
    const onIndex = onTable.filter(({ resources }) => resources.some((each) => each.includes('/index/')));

    const onItems = onTable.filter((each) => !onIndex.includes(each)).flatMap((each) => each.actions);

    expect([...onItems].sort()).toEqual(actions.map((action) => `dynamodb:${action}`).sort());
    expect(onIndex.flatMap((each) => each.resources.map((resource) => resource.split('/').at(-1)))).toEqual(
      indexes,
    );
    for (const each of onIndex) expect(each.actions).toEqual(['dynamodb:Query']);
  });
});

describe.each([
  ['Public', 'local'],
  ['Public', 'dev'],
  ['Variants', 'local'],
  ['Variants', 'dev'],
  ['Stream', 'local'],
  ['Stream', 'dev'],
  ['Search', 'local'],
  ['Search', 'dev'],
] as const)('%s files of %s', (construct, name) => {
  it('may count calls and record accesses, and write nothing else', () => {
    const stage = synthesized(name);
    const writing = statementsOf(stage, roleOf(stage, `Functions/${construct}`)).filter(({ actions }) =>
      actions.some((action) => /^dynamodb:(Put|Update|Delete)/.test(action)),
    );

    const keysOf = (...patterns: string[]) => ({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': patterns },
    });
    expect(writing.map(({ actions, condition }) => [actions, condition])).toEqual([
      [['dynamodb:UpdateItem'], keysOf('RATE#*')],
      [['dynamodb:PutItem'], keysOf('TENANT#*#EVENTS#*')],
    ]);
  });
});

describe.each(['local', 'dev'] as const)('the password login of %s', (name) => {
  it('may count attempts and touch no other key of the table', () => {
    const stage = synthesized(name);
    const [table, ...others] = statementsOf(stage, roleOf(stage, 'Functions/Auth')).filter(({ actions }) =>
      actions.some((action) => action.startsWith('dynamodb:')),
    );

    expect(others).toEqual([]);
    expect(table?.actions).toEqual(['dynamodb:UpdateItem']);
    expect(table?.condition).toEqual({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['RATE#*'] } });
  });
});
