import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type { FileRecord, Withdrawal } from '../../core/files/file.ts';
import type { RemoveWithdrawnDeps } from '../../core/files/remove-withdrawn.ts';
import { isDueForItself } from '../../core/files/withdraw.ts';
import type { Db } from './client.ts';
import { fileKey } from './file-item.ts';
import { ifCondition } from './file-store.ts';

export const createWithdrawalStore = (db: Db): Pick<RemoveWithdrawnDeps['store'], 'saveWithdrawals'> => ({
  saveWithdrawals: async (file, withdrawals) => {
    const update = new UpdateCommand(withdrawalsParams(db.table, file, withdrawals));
    return (await ifCondition(() => db.client.send(update))) !== undefined;
  },
});

/** Whoever read the file before has to read it again. What was due for nothing but this is due no more. */
export const withdrawalsParams = (
  table: string,
  file: FileRecord,
  withdrawals: readonly Withdrawal[],
): UpdateCommandInput => ({
  TableName: table,
  Key: fileKey(file),
  UpdateExpression: `SET withdrawals = :withdrawals ADD revision :one${
    isDueForItself(file.status) ? '' : ' REMOVE duePk, dueSk, dueAt, resends'
  }`,
  ConditionExpression: 'revision = :revision',
  ExpressionAttributeValues: { ':withdrawals': withdrawals, ':revision': file.revision, ':one': 1 },
});
