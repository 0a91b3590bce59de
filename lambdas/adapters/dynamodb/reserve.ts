import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { keys, timeToLiveAttribute } from '../../contract/table.ts';
import { errors } from '../../core/errors.ts';
import type { Reservation, ReserveOutcome } from '../../core/ports.ts';
import { addSeconds } from '../../core/time.ts';
import type { Db } from './client.ts';
import { addCounters } from './counters.ts';
import { eventItem, fileItem, sessionItem } from './file-item.ts';
import { claimName, countFiles, ensureFolder } from './folder-item.ts';
import { withConflictRetry } from './transact.ts';

export interface ReserveSettings {
  /** How long conflicting transactions are tried again before the caller is told to come back. */
  readonly retryMs: number;
  readonly publishDelaySeconds: number;
  readonly inactivitySeconds: number;
}

type Step = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
type Cancelled = NonNullable<TransactionCanceledException['CancellationReasons']>[number];
type Explain = (reservation: Reservation, cancelled: Cancelled) => ReserveOutcome | 'no_folder';

const epochSeconds = (iso: string): number => Math.floor(Date.parse(iso) / 1000);

const secondsPerDay = 86_400;
/** Windows are kept a little longer than they count, so that an operator can look at yesterday's. */
const windowKeepSeconds = 2 * secondsPerDay;

interface StepAndExplanation {
  readonly step: Step;
  /** What it means when this step's condition does not hold. */
  readonly explain: Explain;
}

/**
 * The steps of a reservation, each with what its failure means. The counters come first, so that quota and
 * slots are named before a name conflict.
 */
export function reserveSteps(
  table: string,
  r: Reservation,
  settings: ReserveSettings,
): readonly StepAndExplanation[] {
  const { tenantId, ownerId } = r.file;
  const steps: StepAndExplanation[] = [
    {
      step: boundedCounter(table, keys.userCounter(tenantId, ownerId), r.file.size, r.policy.user),
      explain: (reservation, cancelled) => refuse(explainCounter(reservation, cancelled, 'user')),
    },
    {
      step: boundedCounter(table, keys.tenantCounter(tenantId), r.file.size, r.policy.tenant),
      explain: (reservation, cancelled) => refuse(explainCounter(reservation, cancelled, 'tenant')),
    },
    {
      step: boundedWindow(
        table,
        keys.tenantDay(tenantId, r.day),
        1,
        r.policy.tenant.maxFilesPerDay,
        r.file.createdAt,
      ),
      explain: ({ policy, file }) =>
        refuse(
          errors.dailyFilesExceeded(policy.tenant.maxFilesPerDay, secondsLeft(file.createdAt, secondsPerDay)),
        ),
    },
    {
      step: claimName(table, r.file, r.file.fileId, r.file),
      explain: () => ({ kind: 'name_taken' }),
    },
    { step: countFiles(table, r.file, r.file.path, 1), explain: () => 'no_folder' },
    { step: { Put: { TableName: table, Item: fileItem(r.file) } }, explain: unexplained },
    {
      step: {
        Put: {
          TableName: table,
          Item: sessionItem(r.session, addSeconds(r.session.createdAt, settings.inactivitySeconds)),
        },
      },
      explain: unexplained,
    },
    {
      step: {
        Put: {
          TableName: table,
          Item: eventItem(r.event, addSeconds(r.event.at, settings.publishDelaySeconds)),
        },
      },
      explain: unexplained,
    },
  ];
  if (r.file.isPublic) {
    const Item = { ...keys.publicFile(r.file.fileId), kind: 'public', tenantId };
    steps.push({ step: { Put: { TableName: table, Item } }, explain: unexplained });
  }
  const bytesPerHour = r.policy.user.bytesPerHour;
  if (bytesPerHour !== null) {
    steps.push({
      step: boundedWindow(
        table,
        keys.userHour(tenantId, ownerId, r.hour),
        r.file.size,
        bytesPerHour,
        r.file.createdAt,
      ),
      explain: ({ file }) =>
        refuse(errors.hourlyBytesExceeded(bytesPerHour, secondsLeft(file.createdAt, 3_600))),
    });
  }
  if (r.idempotency) steps.push({ step: idempotencyStep(table, r), explain: () => ({ kind: 'repeated' }) });
  return steps;
}

/** Reserves everything or nothing (DESIGN 3). Never reads before it writes. */
export const reserve =
  (db: Db, settings: ReserveSettings) =>
  async (reservation: Reservation): Promise<ReserveOutcome> => {
    const steps = reserveSteps(db.table, reservation, settings);
    // A first reservation finds no item to compare with; what no bound could ever hold is refused before.
    const impossible = impossibleFrom(reservation);
    if (impossible) return impossible;
    const { file } = reservation;
    for (let round = 1; round <= maxFolderRounds; round += 1) {
      const outcome = await send(db, steps, reservation, settings.retryMs);
      if (outcome !== 'no_folder') return outcome;
      await ensureFolder(db, file, file.path, file.createdAt, settings.retryMs);
    }
    return refuse(errors.capacityExceeded());
  };

/** How often a folder is made that somebody deletes again before the file is in it. */
const maxFolderRounds = 3;

async function send(
  db: Db,
  steps: readonly StepAndExplanation[],
  reservation: Reservation,
  retryMs: number,
): Promise<ReserveOutcome | 'no_folder'> {
  const command = new TransactWriteCommand({ TransactItems: steps.map(({ step }) => step) });
  try {
    await withConflictRetry(() => db.client.send(command), retryMs);
    return { kind: 'reserved' };
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const reasons = error.CancellationReasons ?? [];
    // A repeat with the same key also finds its name taken; that it is a repeat is what matters.
    const failed = reasons.map((reason) => reason.Code === 'ConditionalCheckFailed');
    if (reservation.idempotency && failed.at(steps.length - 1)) return { kind: 'repeated' };
    const index = failed.indexOf(true);
    const step = steps[index];
    const reason = reasons[index];
    if (!step || !reason) throw error;
    return step.explain(reservation, reason);
  }
}

const refuse = (error: ReturnType<typeof errors.quotaExceeded>): ReserveOutcome => ({
  kind: 'refused',
  error,
});

const unexplained: Explain = () => {
  throw new Error('a step without a condition failed its condition');
};

function impossibleFrom(r: Reservation): ReserveOutcome | undefined {
  const { size } = r.file;
  const { user, tenant } = r.policy;
  for (const [of, bounds] of [
    ['user', user],
    ['tenant', tenant],
  ] as const) {
    if (bounds.maxOpenUploads < 1) return refuse(errors.concurrencyLimitExceeded(bounds.maxOpenUploads, of));
    if (bounds.maxFiles < 1) return refuse(errors.filesLimitExceeded(bounds.maxFiles));
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

const secondsLeft = (now: string, windowSeconds: number): number => {
  const seconds = Math.floor(Date.parse(now) / 1000);
  return windowSeconds - (seconds % windowSeconds);
};

/**
 * DynamoDB cannot add in a condition, so the counter keeps used + reserved as one number (`committedBytes`) and
 * the condition compares it with the bound less what is asked for.
 */
function boundedCounter(
  table: string,
  key: { pk: string; sk: string },
  bytes: number,
  bounds: { maxBytes: number; maxFiles: number; maxOpenUploads: number },
): Step {
  const update = addCounters(table, key, {
    committedBytes: bytes,
    committedFiles: 1,
    reservedBytes: bytes,
    reservedFiles: 1,
    openUploads: 1,
  });
  return {
    Update: {
      ...update,
      ConditionExpression:
        'attribute_not_exists(committedBytes) OR ' +
        '(committedBytes <= :maxBytes AND committedFiles < :maxFiles AND openUploads < :maxOpenUploads)',
      ExpressionAttributeValues: {
        ...update.ExpressionAttributeValues,
        ':maxBytes': bounds.maxBytes - bytes,
        ':maxFiles': bounds.maxFiles,
        ':maxOpenUploads': bounds.maxOpenUploads,
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** Slots first: they free themselves, while quota needs somebody to delete something. */
function explainCounter(r: Reservation, cancelled: Cancelled, of: 'user' | 'tenant') {
  const bounds = r.policy[of];
  const counter = (name: string): number => Number(cancelled.Item?.[name]?.N ?? cancelled.Item?.[name] ?? 0);
  if (counter('openUploads') >= bounds.maxOpenUploads) {
    return errors.concurrencyLimitExceeded(bounds.maxOpenUploads, of);
  }
  if (counter('committedFiles') >= bounds.maxFiles) return errors.filesLimitExceeded(bounds.maxFiles);
  return errors.quotaExceeded(r.file.size, bounds.maxBytes - counter('committedBytes'), of);
}

function boundedWindow(
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

function idempotencyStep(table: string, r: Reservation): Step {
  const { key, bodyHash, expiresAt } = r.idempotency as NonNullable<Reservation['idempotency']>;
  return {
    Put: {
      TableName: table,
      Item: {
        ...keys.idempotency(r.file.tenantId, r.file.ownerId, key),
        kind: 'idempotency',
        bodyHash,
        fileId: r.file.fileId,
        uploadId: r.file.uploadId,
        expiresAt,
        [timeToLiveAttribute]: epochSeconds(expiresAt),
      },
      // TTL removes late; what has expired does not count.
      ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
      ExpressionAttributeValues: { ':now': r.file.createdAt },
    },
  };
}
