import { DeleteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { removeBeside } from '../../../lambdas/adapters/dynamodb/file-removal.ts';
import { keys, sortKeyPrefix } from '../../../lambdas/contract/table.ts';
import { file } from '../../support/domain.ts';
import { tableClient } from '../../support/table-client.ts';

it('removes every version, share, scan result, text, transcode and replacement of a purged file, and leaves its timeline', async () => {
  const { db, ddb } = tableClient();
  const { pk } = keys.file('acme', 'F1');
  const of = (prefix: string) => ({ ':pk': pk, ':prefix': prefix });
  const version = keys.version('acme', 'F1', 1);
  ddb
    .on(QueryCommand, { ExpressionAttributeValues: of(sortKeyPrefix.version) })
    .resolvesOnce({ Items: [version], LastEvaluatedKey: version })
    .resolves({ Items: [keys.version('acme', 'F1', 2)] })
    .on(QueryCommand, { ExpressionAttributeValues: of(sortKeyPrefix.share) })
    .resolves({ Items: [keys.share('acme', 'F1', 'bob')] })
    .on(QueryCommand, { ExpressionAttributeValues: of(sortKeyPrefix.scan) })
    .resolves({ Items: [keys.scan('acme', 'F1', 'V1')] })
    .on(QueryCommand, { ExpressionAttributeValues: of(sortKeyPrefix.text) })
    .resolves({ Items: [keys.text('acme', 'F1', 'U1')] })
    .on(QueryCommand, { ExpressionAttributeValues: of(sortKeyPrefix.transcode) })
    .resolves({ Items: [keys.transcode('acme', 'F1', 1)] });
  await removeBeside(db, file({ status: 'purged' }));
  expect(ddb.commandCalls(DeleteCommand).map(({ args }) => args[0].input.Key)).toEqual([
    version,
    keys.version('acme', 'F1', 2),
    keys.share('acme', 'F1', 'bob'),
    keys.scan('acme', 'F1', 'V1'),
    keys.text('acme', 'F1', 'U1'),
    keys.transcode('acme', 'F1', 1),
    keys.replacement('acme', 'F1'),
  ]);
});
