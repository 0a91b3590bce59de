import { GetCommand, PutCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../contract/table.ts';
import type { Transcode, TranscodeFacts, TranscodeRef, TranscodeStore } from '../../core/video/transcode.ts';
import type { Db } from './client.ts';
import { record } from './file-item.ts';
import { ifCondition } from './file-store.ts';

type Next = Parameters<TranscodeStore['begin']>[0];

export const createTranscodeStore = (db: Db): TranscodeStore => ({
  transcode: async ({ tenantId, fileId, version }) => {
    const { Item } = await db.client.send(
      new GetCommand({
        TableName: db.table,
        Key: keys.transcode(tenantId, fileId, version),
        ConsistentRead: true,
      }),
    );
    return Item && (record(Item) as unknown as Transcode);
  },
  begin: async (next, after) => {
    const write = () =>
      after === undefined
        ? db.client.send(
            new PutCommand({
              TableName: db.table,
              Item: {
                ...keys.transcode(next.tenantId, next.fileId, next.version),
                kind: 'transcode',
                ...next,
              },
              ConditionExpression: 'attribute_not_exists(pk)',
            }),
          )
        : db.client.send(new UpdateCommand(nextAttemptParams(db.table, next, after)));
    return (await ifCondition<unknown>(write)) !== undefined;
  },
  save: async (job, facts) => {
    const update = new UpdateCommand(saveParams(db.table, job, facts));
    return (await ifCondition(() => db.client.send(update))) !== undefined;
  },
  noteProgress: async (job, percent, at) => {
    const update = new UpdateCommand(progressParams(db.table, job, percent, at));
    await ifCondition(() => db.client.send(update));
  },
});

/** What the last attempt made does not count; what was charged does. */
export const nextAttemptParams = (table: string, next: Next, after: number): UpdateCommandInput => {
  const isFirst = next.attempt === next.firstAttempt;
  return {
    TableName: table,
    Key: keyOf(next),
    UpdateExpression: `SET attempt = :attempt, firstAttempt = :first, startedAt = :at REMOVE #files, refused, encodingSince${isFirst ? ', #percent' : ''}`,
    ConditionExpression: 'attempt = :after',
    ExpressionAttributeNames: { '#files': 'files', ...(isFirst && { '#percent': 'percent' }) },
    ExpressionAttributeValues: {
      ':attempt': next.attempt,
      ':first': next.firstAttempt,
      ':at': next.startedAt,
      ':after': after,
    },
  };
};

export function saveParams(table: string, job: TranscodeRef, facts: TranscodeFacts): UpdateCommandInput {
  const names = Object.keys(facts);
  return {
    TableName: table,
    Key: keyOf(job),
    UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
    ConditionExpression: 'attempt = :attempt',
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ':attempt': job.attempt,
      ...Object.fromEntries(Object.entries(facts).map(([name, value]) => [`:${name}`, value])),
    },
  };
}

export const progressParams = (
  table: string,
  job: TranscodeRef,
  percent: number,
  at: string,
): UpdateCommandInput => ({
  TableName: table,
  Key: keyOf(job),
  UpdateExpression: 'SET #percent = :percent, encodingSince = if_not_exists(encodingSince, :at)',
  ConditionExpression: 'attempt = :attempt AND (attribute_not_exists(#percent) OR #percent < :percent)',
  ExpressionAttributeNames: { '#percent': 'percent' },
  ExpressionAttributeValues: { ':percent': percent, ':at': at, ':attempt': job.attempt },
});

const keyOf = ({ tenantId, fileId, version }: TranscodeRef) => keys.transcode(tenantId, fileId, version);
