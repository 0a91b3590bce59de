import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { createJobStore, jobOf } from '../../../lambdas/adapters/dynamodb/job-store.ts';
import { keys } from '../../../lambdas/contract/table.ts';
import { type JobRecord, maxStepResults } from '../../../lambdas/core/jobs/job.ts';
import { startOfTime } from '../../support/domain.ts';
import { memoryDb } from '../../support/memory-dynamodb/client.ts';
import { cancelled, reasonsWith, tableClient } from '../../support/table-client.ts';

const settings = { retryMs: 500, publishDelaySeconds: 120, keepSeconds: 86_400 };
const job: JobRecord = {
  tenantId: 'acme',
  jobId: 'J',
  ownerId: 'alice',
  actor: { kind: 'user', userId: 'alice' },
  kind: 'folder.move',
  params: { path: '/a' },
  status: 'running',
  cursor: { at: 1 },
  done: 3,
  failed: 1,
  steps: 2,
  attempts: 1,
  createdAt: startOfTime,
  leaseId: 'L',
  leaseUntil: '2026-11-20T12:02:00.000Z',
};
const times = { at: startOfTime, until: '2026-11-20T12:04:00.000Z' };
const results = [
  { fileId: 'F1', outcome: 'done' as const },
  { fileId: 'F2', outcome: 'failed' as const, code: 'name_conflict' },
  { fileId: 'F3', outcome: 'skipped' as const },
];

describe('a job item', () => {
  it('holds the whole job, due for the sweep until it has ended', async () => {
    const { db, ddb } = tableClient();
    ddb.on(PutCommand).resolves({});

    await createJobStore(db, settings).createJob(job, times.until, 1);

    const Item = ddb.commandCalls(PutCommand)[0]?.args[0].input.Item ?? {};
    expect(Item).toMatchObject({ kind: 'job', jobKind: 'folder.move', dueSk: `${times.until}#J` });
    expect(jobOf(Item)).toEqual(job);
  });

  it('begins and ends together with its place among the unfinished ones of its owner', async () => {
    const { db, table } = memoryDb();
    const store = createJobStore(db, settings);
    const unfinished = () => table.get({ ...keys.unfinishedJobs('acme', 'alice') })?.jobs;
    const counted = (jobId: string): JobRecord => ({ ...job, jobId, counted: true });

    expect(await store.createJob(counted('A'), times.until, 2)).toBe(true);
    expect(await store.createJob(counted('B'), times.until, 2)).toBe(true);
    expect(await store.createJob(counted('C'), times.until, 2)).toBe(false);
    expect(await store.job(counted('C'))).toBeUndefined();
    expect(await store.createJob(job, times.until, 2)).toBe(true);
    expect(unfinished()).toEqual(new Set(['A', 'B']));

    await store.failJob(counted('A'), { reason: 'gave_up', detail: '' }, times.at);
    await store.saveStep(counted('B'), { results: [], finished: true }, times);
    await store.failJob(job, { reason: 'gave_up', detail: '' }, times.at);

    expect(unfinished()).toBeUndefined();
    expect(await store.createJob(counted('C'), times.until, 2)).toBe(true);
  });

  it('is leased only while it has not ended and nobody else holds it', async () => {
    const { db, ddb } = tableClient();
    ddb.on(UpdateCommand).rejects(new ConditionalCheckFailedException({ $metadata: {}, message: 'no' }));
    const store = createJobStore(db, settings);

    expect(await store.leaseJob(job, { leaseId: 'M', ...times })).toBeUndefined();

    expect(ddb.commandCalls(UpdateCommand)[0]?.args[0].input.ConditionExpression).toBe(
      '#status IN (:queued, :running) AND (attribute_not_exists(leaseUntil) OR leaseUntil <= :at)',
    );
  });
});

describe('saving a step', () => {
  const saved = async (step: Parameters<ReturnType<typeof createJobStore>['saveStep']>[1]) => {
    const { db, ddb } = tableClient();
    ddb.on(TransactWriteCommand).resolves({});
    const after = await createJobStore(db, settings).saveStep(job, step, times);
    return { after, steps: ddb.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems ?? [] };
  };

  it('writes counts, cursor and results at once, and only for the holder of the lease', async () => {
    const { after, steps } = await saved({ results, cursor: { at: 2 }, finished: false });

    expect(after).toMatchObject({
      done: 5,
      failed: 2,
      steps: 3,
      attempts: 0,
      cursor: { at: 2 },
      leaseId: 'L',
    });
    expect(steps[0]?.Update).toMatchObject({ ConditionExpression: 'leaseId = :lease' });
    expect(steps[1]?.Put?.Item).toMatchObject({ sk: 'RESULT#0000000000000002', step: 2, results });
  });

  it('lets an ended job go: no lease, nothing due, and a time to forget it', async () => {
    const { after, steps } = await saved({ results: [], finished: true, total: 4 });

    expect(after).toMatchObject({ status: 'done', endedAt: startOfTime, total: 4 });
    expect(steps).toHaveLength(1);
    expect(steps[0]?.Update?.UpdateExpression).toMatch(
      /REMOVE #leaseId, #leaseUntil, #duePk, #dueSk, #cursor$/,
    );
    expect(steps[0]?.Update?.ExpressionAttributeValues?.[':ttlEpochSeconds']).toBe(
      Date.parse(startOfTime) / 1000 + settings.keepSeconds,
    );
  });

  it('says that the lease was lost, and throws for everything else', async () => {
    const { db, ddb } = tableClient();
    ddb
      .on(TransactWriteCommand)
      .rejectsOnce(cancelled(reasonsWith(1, 0, { Code: 'ConditionalCheckFailed' })))
      .rejects(new Error('network'));
    const store = createJobStore(db, settings);
    const step = { results: [], finished: true };

    expect(await store.saveStep(job, step, times)).toBeUndefined();
    await expect(store.saveStep(job, step, times)).rejects.toThrow('network');
  });

  it('refuses more results than fit into an item', async () => {
    const many = Array.from({ length: maxStepResults + 1 }, () => ({ outcome: 'done' as const }));

    await expect(saved({ results: many, finished: true })).rejects.toThrow('results');
  });
});

describe('the results of a job', () => {
  const page = async (limit: number, cursor?: string) => {
    const { db, ddb } = tableClient();
    const all = [
      { step: 0, results: [{ fileId: 'A' }, { fileId: 'B' }] },
      { step: 3, results: [{ fileId: 'C' }, { fileId: 'D' }, { fileId: 'E' }] },
    ];
    ddb.on(QueryCommand).callsFake(({ ExpressionAttributeValues: values }) => ({
      Items: all.filter(({ step }) => `RESULT#${String(step).padStart(16, '0')}` >= values[':from']),
    }));
    return createJobStore(db, settings).results(job, { limit, ...(cursor && { cursor }) });
  };

  it.each([1, 2, 3, 5, 9])('come whole and in order by pages of %i', async (limit) => {
    const seen: unknown[] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const { items, nextCursor } = await page(limit, cursor);
      seen.push(...items.map(({ fileId }) => fileId));
      cursor = nextCursor;
    }
    expect(seen).toEqual(['A', 'B', 'C', 'D', 'E']);
  });

  it.each([
    '',
    'x',
    Buffer.from('["a","b"]').toString('base64url'),
    Buffer.from('["-1","0"]').toString('base64url'),
  ])('refuse the cursor %j that nobody gave out', async (cursor) => {
    if (cursor === '') return expect((await page(1, cursor)).items).toHaveLength(1);
    await expect(page(1, cursor)).rejects.toMatchObject({ code: 'cursor_invalid' });
  });
});
