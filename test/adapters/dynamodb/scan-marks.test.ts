import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { createFileStore } from '../../../lambdas/adapters/dynamodb/file-store.ts';
import { createScanMarks } from '../../../lambdas/adapters/dynamodb/scan-marks.ts';
import { createVersionStore } from '../../../lambdas/adapters/dynamodb/version-store.ts';
import {
  createWithdrawalStore,
  withdrawalsParams,
} from '../../../lambdas/adapters/dynamodb/withdrawal-store.ts';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { storeSettings } from '../../../lambdas/runtime/settings.ts';
import { file, startOfTime } from '../../support/domain.ts';
import { tableClient } from '../../support/table-client.ts';

const refused = new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
const mark = { engine: 'clamav', at: startOfTime, definitions: '27800' };
const content = { tenantId: 'acme', fileId: 'F1', versionId: 'L1' };

function marking() {
  const { db, ddb } = tableClient();
  const store = { ...createFileStore(db, storeSettings(defaultLimits)), ...createVersionStore(db) };
  return { ddb, marks: createScanMarks(db, store) };
}

describe('the mark of a scan', () => {
  it('is one write to the file that has these bytes, and counts as no change of it', async () => {
    const { ddb, marks } = marking();
    ddb.on(UpdateCommand).resolves({});
    await marks.mark(content, mark);
    const [call, ...others] = ddb.commandCalls(UpdateCommand);
    expect(others).toEqual([]);
    expect(call?.args[0].input).toMatchObject({
      Key: { pk: 'TENANT#acme#FILE#F1', sk: 'FILE' },
      UpdateExpression: 'SET #scan = :mark',
      ConditionExpression: 'libraryVersionId = :bytes',
      ExpressionAttributeValues: { ':mark': mark, ':bytes': 'L1' },
    });
  });

  it('goes to the kept version that has them, found by its bytes', async () => {
    const { ddb, marks } = marking();
    ddb.on(UpdateCommand).rejectsOnce(refused).resolves({});
    ddb.on(GetCommand).resolves({ Item: { ...file({ version: 3 }), libraryVersionId: 'L3' } });
    ddb.on(QueryCommand).resolves({
      Items: [
        { version: 2, libraryVersionId: 'L2' },
        { version: 1, libraryVersionId: 'L1' },
      ],
    });
    await marks.mark(content, mark);
    expect(ddb.commandCalls(UpdateCommand)[1]?.args[0].input.Key).toEqual({
      pk: 'TENANT#acme#FILE#F1',
      sk: 'VERSION#0000000000000001',
    });
  });
});

describe('what has become of withdrawn contents', () => {
  const withdrawals = [{ version: 1, threat: 'T', engine: 'E', at: startOfTime }];

  it('is written to the file as it was read, and ends what it was due for', () => {
    expect(withdrawalsParams('table', file({ status: 'rejected', revision: 7 }), withdrawals)).toMatchObject({
      UpdateExpression:
        'SET withdrawals = :withdrawals ADD revision :one REMOVE duePk, dueSk, dueAt, resends',
      ConditionExpression: 'revision = :revision',
      ExpressionAttributeValues: { ':withdrawals': withdrawals, ':revision': 7, ':one': 1 },
    });
  });

  it.each(['stored', 'processing', 'deleted'] as const)(
    'leaves alone what a file that is %s is due for',
    (status) => {
      expect(withdrawalsParams('table', file({ status }), withdrawals).UpdateExpression).not.toContain(
        'REMOVE',
      );
    },
  );

  it('is not written to a file that has changed', async () => {
    const { db, ddb } = tableClient();
    ddb.on(UpdateCommand).rejects(refused);
    expect(await createWithdrawalStore(db).saveWithdrawals(file(), withdrawals)).toBe(false);
  });
});
