import { keys, timeToLiveAttribute } from '../../contract/table.ts';
import { type Change, movesNothing } from '../../core/files/change.ts';
import { type Effects, effectsOf } from '../../core/files/effects.ts';
import type { FileRecord } from '../../core/files/file.ts';
import { tenantBytes } from '../../core/files/shared-content.ts';
import { releasedStatuses } from '../../core/files/status.ts';
import type { CommitOutcome } from '../../core/ports.ts';
import { addSeconds } from '../../core/time.ts';
import type { UploadSession } from '../../core/uploads/session.ts';
import type { Db } from './client.ts';
import { contentSteps } from './content-steps.ts';
import { addCounters } from './counters.ts';
import { endedTimeToLive, eventItem, fileItem, fileKey, shareItem, versionItem } from './file-item.ts';
import { claimName, countFiles, ensureFolder, releaseName } from './folder-item.ts';
import { resemblanceSteps } from './resemblances.ts';
import { type Step, transact } from './transact.ts';

export interface CommitSettings {
  readonly retryMs: number;
  readonly publishDelaySeconds: number;
}

/** What it means when a step's condition does not hold. */
type Meaning = 'changed' | 'name_taken' | 'no_folder';

export interface CommitStep {
  readonly step: Step;
  readonly failure: Meaning;
}

/** Everything that a change of a file entails, as the steps of one transaction. */
export function commitSteps(table: string, change: Change, settings: CommitSettings): readonly CommitStep[] {
  const { before, after } = change;
  const { tenantId, ownerId } = before;
  const steps: Step[] = [putFile(table, before, after)];
  if (change.event) {
    const publishDueAt = addSeconds(change.event.at, settings.publishDelaySeconds);
    steps.push({ Put: { TableName: table, Item: eventItem(change.event, publishDueAt) } });
  }
  const { counters } = change;
  const ofTenant = {
    ...counters,
    committedBytes: counters.committedBytes + tenantBytes(change.contents),
  };
  if (!movesNothing(counters)) {
    steps.push({ Update: addCounters(table, keys.userCounter(tenantId, ownerId), counters) });
  }
  // It tells who proves the counters that something has changed, also where it stays what it is.
  if (!movesNothing(counters) || !movesNothing(ofTenant)) {
    steps.push({ Update: addCounters(table, keys.tenantCounter(tenantId), ofTenant) });
  }
  if (change.closes) steps.push(...closeSession(table, change.closes, after.updatedAt));
  if (change.refund) {
    steps.push({
      Update: {
        TableName: table,
        Key: keys.userHour(tenantId, ownerId, change.refund.hour),
        UpdateExpression: 'ADD #used :bytes',
        ExpressionAttributeNames: { '#used': 'used' },
        ExpressionAttributeValues: { ':bytes': -change.refund.bytes },
      },
    });
  }
  steps.push(...placeSteps(table, change), ...contentSteps(table, after.fileId, change.contents));
  // A worker, or TTL, will remove the record; its timeline stays.
  if (releasedStatuses.includes(after.status) && !after.isReplacement) {
    const Item = { ...keys.purgedFile(tenantId, after.fileId), kind: 'purged' };
    steps.push({ Put: { TableName: table, Item } });
  }
  return [
    ...steps.map((step): CommitStep => ({ step, failure: 'changed' })),
    ...effectSteps(table, before, effectsOf(change)),
  ];
}

const putFile = (table: string, before: FileRecord, after: FileRecord): Step => ({
  Put: { TableName: table, Item: fileItem(after), ...unchanged(before) },
});

/** Each replacement of a file begins at revision 1 anew: the upload tells it from an earlier one. */
const unchanged = ({ revision, uploadId, isReplacement }: FileRecord) => ({
  ConditionExpression: `revision = :revision${isReplacement ? ' AND uploadId = :uploadId' : ''}`,
  ExpressionAttributeValues: { ':revision': revision, ...(isReplacement && { ':uploadId': uploadId }) },
});

/** Contents that change places (the replacement's into the file, the file's into a version, a version's back), and shares. */
function placeSteps(table: string, { consumes, keeps, takes, shares, unshares }: Change): readonly Step[] {
  const steps: Step[] = [];
  if (consumes) {
    steps.push({
      Delete: {
        TableName: table,
        Key: fileKey(consumes),
        ...unchanged(consumes),
      },
    });
  }
  if (keeps) steps.push({ Put: { TableName: table, Item: versionItem(keeps) } });
  if (takes) {
    steps.push({
      Delete: {
        TableName: table,
        Key: keys.version(takes.tenantId, takes.fileId, takes.version),
        ConditionExpression: 'attribute_exists(pk)',
      },
    });
  }
  if (shares) steps.push({ Put: { TableName: table, Item: shareItem(shares) } });
  if (unshares) {
    const { tenantId, fileId, userId } = unshares;
    steps.push({ Delete: { TableName: table, Key: keys.share(tenantId, fileId, userId) } });
  }
  return steps;
}

function effectSteps(table: string, file: FileRecord, effects: Effects): readonly CommitStep[] {
  const { tenantId, fileId } = file;
  const { releases, claims, publishes, holds, resembles, endsReplacement } = effects;
  const steps: CommitStep[] = [];
  if (releases) steps.push({ step: releaseName(table, file, fileId, releases), failure: 'changed' });
  if (claims) steps.push({ step: claimName(table, file, fileId, claims), failure: 'name_taken' });
  // A new name in the same folder moves no count, and DynamoDB takes an item only once into a transaction.
  if (releases?.path !== claims?.path) {
    if (releases) steps.push({ step: countFiles(table, file, releases.path, -1), failure: 'changed' });
    if (claims) steps.push({ step: countFiles(table, file, claims.path, 1), failure: 'no_folder' });
  }
  if (publishes !== undefined) {
    const Key = keys.publicFile(fileId);
    const step = publishes
      ? { Put: { TableName: table, Item: { ...Key, kind: 'public', tenantId } } }
      : { Delete: { TableName: table, Key } };
    steps.push({ step, failure: 'changed' });
  }
  if (holds !== undefined) {
    const Key = keys.heldFile(tenantId, fileId);
    const step = holds
      ? { Put: { TableName: table, Item: { ...Key, kind: 'held' } } }
      : { Delete: { TableName: table, Key } };
    steps.push({ step, failure: 'changed' });
  }
  if (resembles) {
    for (const step of resemblanceSteps(table, file, resembles)) steps.push({ step, failure: 'changed' });
  }
  if (endsReplacement) steps.push({ step: endReplacement(table, file, endsReplacement), failure: 'changed' });
  return steps;
}

const endReplacement = (
  table: string,
  { tenantId, fileId, uploadId }: FileRecord,
  { as, reason }: NonNullable<Effects['endsReplacement']>,
): Step => ({
  Update: {
    TableName: table,
    Key: keys.file(tenantId, fileId),
    UpdateExpression: `SET replacement.endedAs = :as${reason ? ', replacement.reason = :reason' : ''} ADD revision :one`,
    ConditionExpression: 'replacement.uploadId = :uploadId',
    ExpressionAttributeValues: {
      ':as': as,
      ':one': 1,
      ':uploadId': uploadId,
      ...(reason && { ':reason': reason }),
    },
  },
});

/** A closed session leaves its indexes: it is neither open nor due. */
function closeSession(
  table: string,
  { session, from }: NonNullable<Change['closes']>,
  at: string,
): readonly Step[] {
  const close: Step = {
    Update: {
      TableName: table,
      Key: keys.session(session.tenantId, session.fileId, session.uploadId),
      UpdateExpression: 'SET phase = :closed, #ttl = :ttl REMOVE ownerPk, statusPk, createdSk, duePk, dueSk',
      ConditionExpression: `phase IN (${from.map((_, index) => `:from${index}`).join(', ')})`,
      ExpressionAttributeNames: { '#ttl': timeToLiveAttribute },
      ExpressionAttributeValues: {
        ':closed': 'closed',
        ':ttl': endedTimeToLive(at),
        ...Object.fromEntries(from.map((phase, index) => [`:from${index}`, phase])),
      },
    },
  };
  return session.profile === undefined ? [close] : [close, leaveProfile(table, session, session.profile)];
}

const leaveProfile = (table: string, { tenantId, ownerId }: UploadSession, profile: string): Step => ({
  Update: {
    TableName: table,
    Key: keys.profileUploads(tenantId, ownerId, profile),
    UpdateExpression: 'ADD openUploads :less',
    ExpressionAttributeValues: { ':less': -1 },
  },
});

/** How often a folder is made that somebody deletes again before the file is in it. */
const maxFolderRounds = 3;

export const commit =
  (db: Db, settings: CommitSettings) =>
  async (change: Change): Promise<CommitOutcome> => {
    const steps = commitSteps(db.table, change, settings);
    for (let round = 1; ; round += 1) {
      const outcome = await send(db, steps, settings.retryMs);
      if (outcome !== 'no_folder') return outcome;
      if (round === maxFolderRounds) return 'changed';
      const { before, after } = change;
      await ensureFolder(db, before, after.path, after.updatedAt, settings.retryMs);
    }
  };

async function send(
  db: Db,
  steps: readonly CommitStep[],
  retryMs: number,
): Promise<CommitOutcome | 'no_folder'> {
  const failed = await transact(
    db,
    steps.map(({ step }) => step),
    retryMs,
  );
  const meanings = failed.map((index) => steps[index]?.failure ?? 'changed');
  // A file that has changed is looked at again first: its new state may not want that name any more.
  const outcomes = ['changed', 'name_taken', 'no_folder'] as const;
  return outcomes.find((meaning) => meanings.includes(meaning)) ?? 'committed';
}
