import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { keys, timeToLiveAttribute } from '../../contract/table.ts';
import { errors } from '../../core/errors.ts';
import type { FileRecord } from '../../core/files/file.ts';
import type { Reservation, ReserveOutcome } from '../../core/ports.ts';
import { addSeconds } from '../../core/time.ts';
import type { Db } from './client.ts';
import { eventItem, fileItem, sessionItem } from './file-item.ts';
import { claimName, countFiles, ensureFolder } from './folder-item.ts';
import {
  boundedCounter,
  boundedWindow,
  type Cancelled,
  epochSeconds,
  explainCounter,
  impossibleFrom,
  refuse,
  secondsLeft,
  secondsPerDay,
} from './reserve-bounds.ts';
import { withConflictRetry } from './transact.ts';

export interface ReserveSettings {
  /** How long conflicting transactions are tried again before the caller is told to come back. */
  readonly retryMs: number;
  readonly publishDelaySeconds: number;
  readonly inactivitySeconds: number;
}

type Step = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
type Explain = (reservation: Reservation, cancelled: Cancelled) => ReserveOutcome | 'no_folder';

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
      step: boundedCounter(table, keys.userCounter(tenantId, ownerId), r, r.policy.user),
      explain: (reservation, cancelled) => refuse(explainCounter(reservation, cancelled, 'user')),
    },
    {
      step: boundedCounter(table, keys.tenantCounter(tenantId), r, r.policy.tenant),
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
    ...placeSteps(table, r),
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
  if (r.session.profile !== undefined) steps.push(profileStep(table, r, r.session.profile));
  if (r.idempotency) steps.push({ step: idempotencyStep(table, r), explain: () => ({ kind: 'repeated' }) });
  return steps;
}

/** One more open upload of the user under the profile, of as many as it takes at a time. */
function profileStep(table: string, { file, policy }: Reservation, profile: string): StepAndExplanation {
  const max = policy.profiles[profile]?.maxFiles ?? 0;
  return {
    step: {
      Update: {
        TableName: table,
        Key: keys.profileUploads(file.tenantId, file.ownerId, profile),
        UpdateExpression: 'ADD openUploads :one',
        ConditionExpression: 'attribute_not_exists(openUploads) OR openUploads < :max',
        ExpressionAttributeValues: { ':one': 1, ':max': max },
      },
    },
    explain: () => refuse(errors.concurrencyLimitExceeded(max, 'profile')),
  };
}

/** A new file takes its name in a folder; one that is there already learns of the upload that is to replace it. */
function placeSteps(table: string, { file, replaces }: Reservation): readonly StepAndExplanation[] {
  if (replaces)
    return [{ step: beginReplacement(table, file, replaces), explain: () => ({ kind: 'changed' }) }];
  const { tenantId, fileId } = file;
  const published = { ...keys.publicFile(fileId), kind: 'public', tenantId };
  return [
    { step: claimName(table, file, fileId, file), explain: () => ({ kind: 'name_taken' }) },
    { step: countFiles(table, file, file.path, 1), explain: () => 'no_folder' },
    ...(file.isPublic
      ? [{ step: { Put: { TableName: table, Item: published } }, explain: unexplained }]
      : []),
  ];
}

/** On the condition that the file is still what was read: whether it may be replaced was decided by that. */
const beginReplacement = (table: string, replacement: FileRecord, replaces: FileRecord): Step => ({
  Update: {
    TableName: table,
    Key: keys.file(replaces.tenantId, replaces.fileId),
    UpdateExpression: 'SET replacement = :replacement ADD revision :one',
    ConditionExpression: 'revision = :revision',
    ExpressionAttributeValues: {
      ':replacement': { uploadId: replacement.uploadId, startedAt: replacement.createdAt },
      ':one': 1,
      ':revision': replaces.revision,
    },
  },
});

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

const unexplained: Explain = () => {
  throw new Error('a step without a condition failed its condition');
};

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
