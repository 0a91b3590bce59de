import { keys } from '../../contract/table.ts';
import type { JobRecord } from '../../core/jobs/job.ts';
import type { Db } from './client.ts';
import type { Step } from './transact.ts';

/** A set of ids in one item a user: it changes in the transactions that begin and end the jobs, so it is always right. */
const update = (db: Db, { tenantId, ownerId, jobId }: JobRecord, verb: 'ADD' | 'DELETE') => ({
  TableName: db.table,
  Key: keys.unfinishedJobs(tenantId, ownerId),
  UpdateExpression: `${verb} #jobs :job`,
  ExpressionAttributeNames: { '#jobs': 'jobs' },
  ExpressionAttributeValues: { ':job': new Set([jobId]) } as Record<string, unknown>,
});

/** Fails where the owner has `max` of them already. */
export function beginsUnfinished(db: Db, job: JobRecord, max: number): Step {
  const { ExpressionAttributeValues, ...add } = update(db, job, 'ADD');
  return {
    Update: {
      ...add,
      ConditionExpression: 'attribute_not_exists(#jobs) OR size(#jobs) < :max',
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ':max': max },
    },
  };
}

/** Nothing where it never counted: a job of the system. */
export const endsUnfinished = (db: Db, job: JobRecord): readonly Step[] =>
  job.counted ? [{ Update: update(db, job, 'DELETE') }] : [];
