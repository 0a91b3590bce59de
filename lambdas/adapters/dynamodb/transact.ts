import { TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { errors } from '../../core/errors.ts';

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
