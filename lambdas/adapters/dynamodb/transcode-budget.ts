import { keys, timeToLiveAttribute } from '../../contract/table.ts';
import type { AdmissionFacts, Charge, TranscodeBudget, TranscodeRef } from '../../core/video/transcode.ts';
import type { Db } from './client.ts';
import { getItem } from './file-store.ts';
import { type Step, transact } from './transact.ts';

/** A month is shown while it runs, and kept for a year of comparisons. */
const keepDays = 400;
const msPerDay = 86_400_000;

export const createTranscodeBudget = (
  db: Db,
  { retryMs }: { readonly retryMs: number },
): TranscodeBudget => ({
  charge: async (job, charge, maxSeconds, facts) => {
    if (charge.seconds > maxSeconds) return 'exceeded';
    const failed = await transact(db, chargeSteps(db.table, job, charge, maxSeconds, facts), retryMs);
    if (failed.length === 0) return 'charged';
    const item = await getItem(db, keyOf(job));
    if (item?.attempt !== job.attempt) return 'stale';
    return item.charge ? 'charged' : 'exceeded';
  },
  giveBack: async (job) => {
    const item = await getItem(db, keyOf(job));
    const charge = item?.charge as Charge | undefined;
    if (charge) await transact(db, giveBackSteps(db.table, job, charge), retryMs);
  },
  used: async (tenantId, month) =>
    Number((await getItem(db, keys.transcodeMonth(tenantId, month)))?.seconds ?? 0),
});

/** `charge.seconds` are at most `maxSeconds`. */
export const chargeSteps = (
  table: string,
  job: TranscodeRef,
  charge: Charge,
  maxSeconds: number,
  { plan, encoder, cost }: AdmissionFacts,
): readonly Step[] => [
  {
    Update: {
      TableName: table,
      Key: keyOf(job),
      UpdateExpression: `SET charge = :charge, #plan = :plan, encoder = :encoder${cost ? ', cost = :cost' : ''}`,
      ConditionExpression: 'attempt = :attempt AND attribute_not_exists(charge)',
      ExpressionAttributeNames: { '#plan': 'plan' },
      ExpressionAttributeValues: {
        ':charge': charge,
        ':plan': plan,
        ':encoder': encoder,
        ...(cost && { ':cost': cost }),
        ':attempt': job.attempt,
      },
    },
  },
  {
    Update: {
      TableName: table,
      Key: keys.transcodeMonth(job.tenantId, charge.month),
      UpdateExpression: 'ADD #seconds :seconds SET #ttl = :ttl',
      ConditionExpression: 'attribute_not_exists(#seconds) OR #seconds <= :room',
      ExpressionAttributeNames: { '#seconds': 'seconds', '#ttl': timeToLiveAttribute },
      ExpressionAttributeValues: {
        ':seconds': charge.seconds,
        ':room': maxSeconds - charge.seconds,
        ':ttl': Math.floor((Date.parse(`${charge.month}-01`) + keepDays * msPerDay) / 1000),
      },
    },
  },
];

export const giveBackSteps = (table: string, job: TranscodeRef, charge: Charge): readonly Step[] => [
  {
    Update: {
      TableName: table,
      Key: keyOf(job),
      UpdateExpression: 'REMOVE charge',
      ConditionExpression: 'attempt = :attempt AND charge.#month = :month AND charge.#seconds = :seconds',
      ExpressionAttributeNames: { '#month': 'month', '#seconds': 'seconds' },
      ExpressionAttributeValues: {
        ':attempt': job.attempt,
        ':month': charge.month,
        ':seconds': charge.seconds,
      },
    },
  },
  {
    Update: {
      TableName: table,
      Key: keys.transcodeMonth(job.tenantId, charge.month),
      UpdateExpression: 'ADD #seconds :less',
      // Of a tenant that was erased meanwhile nothing is to come back.
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#seconds': 'seconds' },
      ExpressionAttributeValues: { ':less': -charge.seconds },
    },
  },
];

const keyOf = ({ tenantId, fileId, version }: TranscodeRef) => keys.transcode(tenantId, fileId, version);
