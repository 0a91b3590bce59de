import { PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { indexKeys, keys, sortKeyPrefix, timeToLiveAttribute } from '../../contract/table.ts';
import {
  type JobRecord,
  type JobRef,
  type JobResult,
  type JobStep,
  type JobStore,
  maxStepResults,
} from '../../core/jobs/job.ts';
import type { Page } from '../../core/ports.ts';
import { addSeconds } from '../../core/time.ts';
import type { Db } from './client.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { dueKeys, eventItem, record } from './file-item.ts';
import { getItem, ifCondition } from './file-store.ts';
import { type Step, transact } from './transact.ts';
import { beginsUnfinished, endsUnfinished } from './unfinished-jobs.ts';

export interface JobStoreSettings {
  readonly retryMs: number;
  readonly publishDelaySeconds: number;
  /** How long an ended job and its results stay. */
  readonly keepSeconds: number;
}

type Item = Record<string, unknown>;
type Update = NonNullable<Step['Update']>;

const jobItem = (job: JobRecord, dueAt: string): Item => ({
  ...keys.job(job.tenantId, job.jobId),
  kind: 'job',
  jobKind: job.kind,
  ...Object.fromEntries(Object.entries(job).filter(([name]) => name !== 'kind')),
  ...dueKeys(job.jobId, dueAt),
  ...{ ownerPk: indexKeys.tenantJobs(job.tenantId), createdSk: indexKeys.created(job.createdAt, job.jobId) },
});

/** `kind` says what an item of the table is, so a job's own kind has another name there. */
export function jobOf(item: Item): JobRecord {
  const { jobKind, ...rest } = record(item);
  return { ...rest, kind: jobKind } as unknown as JobRecord;
}

export function createJobStore(db: Db, settings: JobStoreSettings): JobStore {
  const update = (ref: JobRef, rest: Omit<Update, 'TableName' | 'Key'>): Update => ({
    TableName: db.table,
    Key: keys.job(ref.tenantId, ref.jobId),
    ...rest,
  });
  return {
    createJob: async (job, dueAt, maxUnfinished) => {
      const put = { TableName: db.table, Item: jobItem(job, dueAt) };
      if (job.counted) {
        const steps = [beginsUnfinished(db, job, maxUnfinished), { Put: put }];
        return (await transact(db, steps, settings.retryMs)).length === 0;
      }
      await db.client.send(new PutCommand(put));
      return true;
    },
    job: async ({ tenantId, jobId }) => {
      const item = await getItem(db, keys.job(tenantId, jobId));
      return item && jobOf(item);
    },
    leaseJob: async (ref, { leaseId, at, until }) => {
      const due = dueKeys(ref.jobId, until);
      const lease = update(ref, {
        UpdateExpression:
          'SET #status = :running, leaseId = :lease, leaseUntil = :until, duePk = :duePk, dueSk = :dueSk, ' +
          'startedAt = if_not_exists(startedAt, :at) ADD attempts :one',
        ConditionExpression:
          '#status IN (:queued, :running) AND (attribute_not_exists(leaseUntil) OR leaseUntil <= :at)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':queued': 'queued',
          ':running': 'running',
          ':lease': leaseId,
          ':until': until,
          ':at': at,
          ':one': 1,
          ':duePk': due.duePk,
          ':dueSk': due.dueSk,
        },
      });
      const leased = await ifCondition(() =>
        db.client.send(new UpdateCommand({ ...lease, ReturnValues: 'ALL_NEW' })),
      );
      return leased?.Attributes && jobOf(leased.Attributes);
    },
    saveStep: (job, step, times) => saveStep(db, settings, job, step, times, update),
    releaseJob: async (job, dueAt) => {
      const due = dueKeys(job.jobId, dueAt);
      const release = update(job, {
        UpdateExpression: 'SET duePk = :duePk, dueSk = :dueSk REMOVE leaseId, leaseUntil',
        ConditionExpression: 'leaseId = :lease',
        ExpressionAttributeValues: {
          ':lease': job.leaseId,
          ':duePk': due.duePk,
          ':dueSk': due.dueSk,
        },
      });
      await ifCondition(() => db.client.send(new UpdateCommand(release)));
    },
    failJob: async (job, { reason, detail }, at) => {
      const end = update(job, {
        UpdateExpression:
          'SET #status = :failed, endedAt = :at, reason = :reason, detail = :detail, #ttl = :ttl ' +
          'REMOVE leaseId, leaseUntil, duePk, dueSk',
        ConditionExpression: 'leaseId = :lease',
        ExpressionAttributeNames: { '#status': 'status', '#ttl': timeToLiveAttribute },
        ExpressionAttributeValues: {
          ':failed': 'failed',
          ':at': at,
          ':reason': reason,
          ':detail': detail,
          ':ttl': timeToLive(at, settings),
          ':lease': job.leaseId,
        },
      });
      await transact(db, [{ Update: end }, ...endsUnfinished(db, job)], settings.retryMs);
    },
    postponeJob: async (ref, dueAt) => {
      const due = dueKeys(ref.jobId, dueAt);
      const postpone = update(ref, {
        UpdateExpression: 'SET duePk = :duePk, dueSk = :dueSk',
        ConditionExpression: 'attribute_exists(duePk)',
        ExpressionAttributeValues: { ':duePk': due.duePk, ':dueSk': due.dueSk },
      });
      await ifCondition(() => db.client.send(new UpdateCommand(postpone)));
    },
    results: (ref, page) => results(db, ref, page),
  };
}

const timeToLive = (at: string, { keepSeconds }: JobStoreSettings): number =>
  Math.floor(Date.parse(at) / 1000) + keepSeconds;

async function saveStep(
  db: Db,
  settings: JobStoreSettings,
  job: JobRecord,
  step: JobStep,
  { at, until }: { readonly at: string; readonly until: string },
  update: (ref: JobRef, rest: Omit<Update, 'TableName' | 'Key'>) => Update,
): Promise<JobRecord | undefined> {
  if (step.results.length > maxStepResults) {
    throw new Error(`a step has ${step.results.length} results, and at most ${maxStepResults} fit`);
  }
  const after = jobAfter(job, step, at, until);
  const put = (Item: Item) => ({ Put: { TableName: db.table, Item } });
  const failed = await transact(
    db,
    [
      { Update: update(job, savedStep(job, after, at, settings)) },
      ...(step.results.length > 0 ? [put(resultsItem(job, step.results, at, settings))] : []),
      ...(step.event
        ? [put(eventItem(step.event, addSeconds(step.event.at, settings.publishDelaySeconds)))]
        : []),
      ...(step.finished ? endsUnfinished(db, job) : []),
    ],
    settings.retryMs,
  );
  return failed.length === 0 ? after : undefined;
}

function jobAfter(job: JobRecord, step: JobStep, at: string, until: string): JobRecord {
  const failed = step.results.filter(({ outcome }) => outcome === 'failed').length;
  const { cursor: _cursor, leaseId, leaseUntil: _until, ...rest } = job;
  return {
    ...rest,
    done: job.done + step.results.length - failed,
    failed: job.failed + failed,
    steps: job.steps + 1,
    attempts: 0,
    ...(step.total !== undefined && { total: step.total }),
    ...(step.finished
      ? { status: 'done', endedAt: at }
      : { cursor: step.cursor, ...(leaseId && { leaseId }), leaseUntil: until }),
  };
}

/** Only one holder of the lease writes, so its numbers are the job's. An ended job is due to nobody. */
function savedStep(job: JobRecord, after: JobRecord, at: string, settings: JobStoreSettings) {
  const ended = after.status === 'done';
  const set: Item = {
    done: after.done,
    failed: after.failed,
    steps: after.steps,
    attempts: 0,
    status: after.status,
    ...(after.total !== undefined && { total: after.total }),
    ...(ended
      ? { endedAt: at, [timeToLiveAttribute]: timeToLive(at, settings) }
      : {
          leaseUntil: after.leaseUntil,
          ...dueKeys(job.jobId, after.leaseUntil as string),
          ...(after.cursor !== undefined && { cursor: after.cursor }),
        }),
  };
  const names = Object.keys(set);
  const gone = ended ? ['leaseId', 'leaseUntil', 'duePk', 'dueSk', 'cursor'] : [];
  return {
    UpdateExpression:
      `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}` +
      (gone.length > 0 ? ` REMOVE ${gone.map((name) => `#${name}`).join(', ')}` : ''),
    ConditionExpression: 'leaseId = :lease',
    ExpressionAttributeNames: Object.fromEntries([...names, ...gone].map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(names.map((name) => [`:${name}`, set[name]])),
      ':lease': job.leaseId,
    },
  };
}

const resultsItem = (
  job: JobRecord,
  stepResults: readonly JobResult[],
  at: string,
  settings: JobStoreSettings,
): Item => ({
  ...keys.jobResults(job.tenantId, job.jobId, job.steps),
  kind: 'jobResults',
  step: job.steps,
  results: stepResults,
  [timeToLiveAttribute]: timeToLive(at, settings),
});

/** A page may begin and end in the middle of a step's results: its cursor names the step and the place in it. */
async function results(
  db: Db,
  { tenantId, jobId }: JobRef,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<Page<JobResult>> {
  const { step, skip } = placeOf(cursor);
  const from = keys.jobResults(tenantId, jobId, step);
  const found: { step: number; index: number; result: JobResult }[] = [];
  let start: Item | undefined;
  do {
    const page = await db.client.send(
      new QueryCommand({
        TableName: db.table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        // '~' sorts behind every digit.
        ExpressionAttributeValues: { ':pk': from.pk, ':from': from.sk, ':to': `${sortKeyPrefix.result}~` },
        ConsistentRead: true,
        Limit: resultItemsPerPage,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const item of page.Items ?? []) {
      const ofStep = (item.results ?? []) as JobResult[];
      ofStep.forEach((result, index) => {
        if (item.step !== step || index >= skip) found.push({ step: item.step, index, result });
      });
    }
    start = page.LastEvaluatedKey;
  } while (start && found.length <= limit);
  const next = found[limit];
  return {
    items: found.slice(0, limit).map(({ result }) => result),
    ...(next && { nextCursor: encodeCursor([String(next.step), String(next.index)]) }),
  };
}

/** 1,000 results, the most that a page shows, are ten steps of the usual hundred. */
const resultItemsPerPage = 10;

function placeOf(cursor: string | undefined): { step: number; skip: number } {
  if (cursor === undefined) return { step: 0, skip: 0 };
  const [step, skip] = decodeCursor(cursor, 2, /^\d{1,15}$/).map(Number) as [number, number];
  return { step, skip };
}
