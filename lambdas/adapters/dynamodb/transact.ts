import { TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { errors } from '../../core/errors.ts';
import type { Db } from './client.ts';

/** One write of a transaction. */
export type Step = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

const firstBackoffMs = 20;
const maxBackoffMs = 400;

/** Somebody else wrote the same items at that moment, or a hot item was throttled: worth another try. */
const passingCodes = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];

/** Only what passes: no condition failed. A single write that meets a transaction gets an exception of its own. */
function isConflict(error: unknown): boolean {
  if (error instanceof TransactionConflictException) return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).map((reason) => reason.Code ?? '');
  return codes.some((code) => passingCodes.includes(code)) && !codes.includes('ConditionalCheckFailed');
}

/**
 * Repeats a write that lost against another one, with full jitter, for at most `retryMs`. The SDK does not
 * retry these by itself: to it a cancelled transaction is an answer.
 * @throws capacity_exceeded when the conflicts do not end
 */
export async function withConflictRetry<T>(send: () => Promise<T>, retryMs: number): Promise<T> {
  const deadline = Date.now() + retryMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (!isConflict(error)) throw error;
      const ceiling = Math.min(maxBackoffMs, firstBackoffMs * 2 ** attempt);
      const waitMs = Math.random() * ceiling;
      if (Date.now() + waitMs > deadline) throw errors.capacityExceeded(error);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

/**
 * Writes all steps or none. @returns the indexes of those whose conditions did not hold; none when it is written
 * @throws capacity_exceeded when conflicts with other transactions do not end
 */
export async function transact(db: Db, steps: readonly Step[], retryMs: number): Promise<readonly number[]> {
  const command = new TransactWriteCommand({ TransactItems: [...steps] });
  try {
    await withConflictRetry(() => db.client.send(command), retryMs);
    return [];
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const failed = (error.CancellationReasons ?? []).flatMap(({ Code }, index) =>
      Code === 'ConditionalCheckFailed' ? [index] : [],
    );
    if (failed.length === 0) throw error;
    return failed;
  }
}
