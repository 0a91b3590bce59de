import type { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { timeToLiveAttribute } from '../../contract/table.ts';
import { errors } from '../../core/errors.ts';
import { accounted } from '../../core/files/change.ts';
import type { Reservation, ReserveOutcome } from '../../core/ports.ts';
import { addCounters } from './counters.ts';

/** The bounds of a reservation as conditions of its transaction, and what it means when one does not hold. */
type Step = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
export type Cancelled = NonNullable<TransactionCanceledException['CancellationReasons']>[number];

export const epochSeconds = (iso: string): number => Math.floor(Date.parse(iso) / 1000);

export const secondsPerDay = 86_400;
/** Windows are kept a little longer than they count, so that an operator can look at yesterday's. */
const windowKeepSeconds = 2 * secondsPerDay;

export const refuse = (error: ReturnType<typeof errors.quotaExceeded>): ReserveOutcome => ({
  kind: 'refused',
  error,
});

export function impossibleFrom(r: Reservation): ReserveOutcome | undefined {
  const { size } = r.file;
  const { user, tenant } = r.policy;
  for (const [of, bounds] of [
    ['user', user],
    ['tenant', tenant],
  ] as const) {
    if (bounds.maxOpenUploads < 1) return refuse(errors.concurrencyLimitExceeded(bounds.maxOpenUploads, of));
    if (!r.replaces && bounds.maxFiles < 1) return refuse(errors.filesLimitExceeded(bounds.maxFiles));
  }
  if (tenant.maxFilesPerDay < 1) {
    return refuse(errors.dailyFilesExceeded(0, secondsLeft(r.file.createdAt, secondsPerDay)));
  }
  if (size > user.maxBytes) return refuse(errors.quotaExceeded(size, user.maxBytes, 'user'));
  if (size > tenant.maxBytes) return refuse(errors.quotaExceeded(size, tenant.maxBytes, 'tenant'));
  if (user.bytesPerHour !== null && size > user.bytesPerHour) {
    return refuse(errors.hourlyBytesExceeded(user.bytesPerHour, secondsLeft(r.file.createdAt, 3_600)));
  }
  return undefined;
}

export const secondsLeft = (now: string, windowSeconds: number): number => {
  const seconds = Math.floor(Date.parse(now) / 1000);
  return windowSeconds - (seconds % windowSeconds);
};

/**
 * DynamoDB cannot add in a condition, so the counter keeps used + reserved as one number (`committedBytes`) and
 * the condition compares it with the bound less what is asked for.
 */
export function boundedCounter(
  table: string,
  key: { pk: string; sk: string },
  { file, replaces }: Reservation,
  bounds: { maxBytes: number; maxFiles: number; maxOpenUploads: number },
): Step {
  const bytes = file.size;
  const update = addCounters(table, key, { ...accounted(file), openUploads: 1 });
  return {
    Update: {
      ...update,
      ConditionExpression:
        'attribute_not_exists(committedBytes) OR ' +
        `(committedBytes <= :maxBytes AND ${replaces ? '' : 'committedFiles < :maxFiles AND '}openUploads < :maxOpenUploads)`,
      ExpressionAttributeValues: {
        ...update.ExpressionAttributeValues,
        ':maxBytes': bounds.maxBytes - bytes,
        // A replacement is no further file.
        ...(!replaces && { ':maxFiles': bounds.maxFiles }),
        ':maxOpenUploads': bounds.maxOpenUploads,
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** Slots first: they free themselves, while quota needs somebody to delete something. */
export function explainCounter(r: Reservation, cancelled: Cancelled, of: 'user' | 'tenant') {
  const bounds = r.policy[of];
  const counter = (name: string): number => Number(cancelled.Item?.[name]?.N ?? cancelled.Item?.[name] ?? 0);
  if (counter('openUploads') >= bounds.maxOpenUploads) {
    return errors.concurrencyLimitExceeded(bounds.maxOpenUploads, of);
  }
  if (!r.replaces && counter('committedFiles') >= bounds.maxFiles)
    return errors.filesLimitExceeded(bounds.maxFiles);
  return errors.quotaExceeded(r.file.size, bounds.maxBytes - counter('committedBytes'), of);
}

export function boundedWindow(
  table: string,
  key: { pk: string; sk: string },
  add: number,
  max: number,
  now: string,
): Step {
  return {
    Update: {
      TableName: table,
      Key: key,
      UpdateExpression: 'ADD #used :add SET #ttl = :ttl',
      ConditionExpression: 'attribute_not_exists(#used) OR #used <= :max',
      ExpressionAttributeNames: { '#used': 'used', '#ttl': timeToLiveAttribute },
      ExpressionAttributeValues: {
        ':add': add,
        ':max': max - add,
        ':ttl': epochSeconds(now) + windowKeepSeconds,
      },
    },
  };
}
