import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { keys, timeToLiveAttribute } from '../../contract/table.ts';
import { type Change, movesNothing } from '../../core/files/change.ts';
import type { Db } from './client.ts';
import { addCounters } from './counters.ts';
import { endedTimeToLive, eventItem, fileItem } from './file-item.ts';
import { withConflictRetry } from './transact.ts';

export interface CommitSettings {
  readonly retryMs: number;
  readonly publishDelaySeconds: number;
}

type Step = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Everything that a change of a file entails, as the steps of one transaction. */
export function commitSteps(table: string, change: Change, settings: CommitSettings): Step[] {
  const { before, after } = change;
  const { tenantId, ownerId } = before;
  const steps: Step[] = [
    {
      Put: {
        TableName: table,
        Item: fileItem(after),
        ConditionExpression: 'revision = :revision',
        ExpressionAttributeValues: { ':revision': before.revision },
      },
    },
  ];
  if (change.event) {
    const publishDueAt = new Date(
      Date.parse(change.event.at) + settings.publishDelaySeconds * 1000,
    ).toISOString();
    steps.push({ Put: { TableName: table, Item: eventItem(change.event, publishDueAt) } });
  }
  if (!movesNothing(change.counters)) {
    steps.push({ Update: addCounters(table, keys.userCounter(tenantId, ownerId), change.counters) });
    steps.push({ Update: addCounters(table, keys.tenantCounter(tenantId), change.counters) });
  }
  if (change.closes) steps.push(closeSession(table, change.closes, after.updatedAt));
  if (change.releasesName)
    steps.push(
      releaseName(table, before.fileId, keys.nameClaim(tenantId, ownerId, before.path, before.filename)),
    );
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
  return steps;
}

/** A closed session leaves both indexes: it is neither open nor due. */
function closeSession(table: string, { session, from }: NonNullable<Change['closes']>, at: string): Step {
  return {
    Update: {
      TableName: table,
      Key: keys.session(session.tenantId, session.fileId, session.uploadId),
      UpdateExpression: 'SET phase = :closed, #ttl = :ttl REMOVE ownerPk, createdSk, duePk, dueSk',
      ConditionExpression: `phase IN (${from.map((_, index) => `:from${index}`).join(', ')})`,
      ExpressionAttributeNames: { '#ttl': timeToLiveAttribute },
      ExpressionAttributeValues: {
        ':closed': 'closed',
        ':ttl': endedTimeToLive(at),
        ...Object.fromEntries(from.map((phase, index) => [`:from${index}`, phase])),
      },
    },
  };
}

const releaseName = (table: string, fileId: string, key: { pk: string; sk: string }): Step => ({
  Delete: {
    TableName: table,
    Key: key,
    ConditionExpression: 'fileId = :fileId',
    ExpressionAttributeValues: { ':fileId': fileId },
  },
});

/** False: a condition did not hold, so somebody changed the file or its session meanwhile. */
export const commit =
  (db: Db, settings: CommitSettings) =>
  async (change: Change): Promise<boolean> => {
    const command = new TransactWriteCommand({ TransactItems: commitSteps(db.table, change, settings) });
    try {
      await withConflictRetry(() => db.client.send(command), settings.retryMs);
      return true;
    } catch (error) {
      if (
        error instanceof TransactionCanceledException &&
        error.CancellationReasons?.some((reason) => reason.Code === 'ConditionalCheckFailed')
      ) {
        return false;
      }
      throw error;
    }
  };
