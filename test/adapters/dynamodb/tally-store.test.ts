import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { createMetricReads } from '../../../lambdas/adapters/dynamodb/metric-reads.ts';
import { createQuotaWatch } from '../../../lambdas/adapters/dynamodb/quota-watch.ts';
import { createTallyStore } from '../../../lambdas/adapters/dynamodb/tally-store.ts';
import { keys } from '../../../lambdas/contract/table.ts';
import { tenantEvent } from '../../../lambdas/core/files/event.ts';
import { quotaStep } from '../../../lambdas/core/quota/low.ts';
import { systemActor } from '../../../lambdas/core/tenancy/actor.ts';
import { cancelled, reasonsWith, tableClient } from '../../support/table-client.ts';

const now = () => '2026-11-21T03:30:00.000Z';
const hour = '2026-11-21T03';
const numbers = { counts: { stored: 1, bytes: 7, aborted: 0 }, uploadTimes: { 41: 2 }, processingTimes: {} };
const sum = { period: hour, dimension: { kind: 'all' }, numbers } as const;

function tallyStore() {
  const { db, ddb } = tableClient();
  return { store: createTallyStore(db, { retryMs: 100, now }), ddb, db };
}

describe('counting', () => {
  it('marks the events and adds to the windows in one transaction', async () => {
    const { store, ddb } = tallyStore();
    ddb.on(TransactWriteCommand).resolves({});

    expect(await store.count(['E1', 'E2'], [sum])).toEqual(new Set());
    const [mark, , add] = ddb.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems ?? [];
    expect(mark?.Put).toMatchObject({
      Item: { ...keys.eventDone('tally', 'E1'), ttlEpochSeconds: 1_795_231_800 + 45 * 86_400 },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    expect(add?.Update?.Key).toEqual({ pk: `METRICS#${hour}`, sk: 'ALL' });
    expect(add?.Update?.UpdateExpression).toBe('ADD #a0 :a0, #a1 :a1, #a2 :a2 SET #ttl = :ttl');
    expect(Object.values(add?.Update?.ExpressionAttributeNames ?? {})).toEqual([
      'ttlEpochSeconds',
      'stored',
      'bytes',
      'u41',
    ]);
  });

  it('answers with the events that were counted before, having added nothing', async () => {
    const { store, ddb } = tallyStore();
    ddb.on(TransactWriteCommand).rejects(cancelled(reasonsWith(3, 1, { Code: 'ConditionalCheckFailed' })));
    expect(await store.count(['E1', 'E2'], [sum])).toEqual(new Set(['E2']));
  });

  it('fails when the transaction does, so that the events come again', async () => {
    const { store, ddb } = tallyStore();
    ddb.on(TransactWriteCommand).rejects(cancelled(reasonsWith(3, 2, { Code: 'ValidationError' })));
    await expect(store.count(['E1', 'E2'], [sum])).rejects.toThrow();
  });

  it('reads back what it added', async () => {
    const { db, ddb } = tableClient();
    const item = { ...keys.metricWindow(hour, 'ALL'), stored: 1, bytes: 7, u41: 2, peakOpenUploads: 4 };
    ddb.on(BatchGetCommand).resolves({ Responses: { Table: [item] } });

    const rows = await createMetricReads(db).windows([sum]);
    expect([...rows.values()]).toEqual([
      { numbers: { ...numbers, counts: { stored: 1, bytes: 7 } }, peak: 4 },
    ]);
  });
});

describe('gauges', () => {
  it('follow the counters; a reading that began earlier never replaces a later one', async () => {
    const { store, ddb } = tallyStore();
    const counter = {
      committedBytes: 10,
      reservedBytes: 4,
      committedFiles: 2,
      reservedFiles: 1,
      openUploads: 1,
    };
    ddb
      .on(BatchGetCommand)
      .resolves({ Responses: { Table: [{ ...keys.tenantCounter('acme'), ...counter }] } });
    ddb.on(UpdateCommand).rejects(new ConditionalCheckFailedException({ $metadata: {}, message: 'late' }));
    ddb.on(DeleteCommand).resolves({});

    expect(await store.refreshGauges(['acme', 'gone'])).toEqual([
      { tenantId: 'acme', openUploads: 1, bytes: 6, files: 1 },
      { tenantId: 'gone', openUploads: 0, bytes: 0, files: 0 },
    ]);
    expect(ddb.commandCalls(UpdateCommand)[0]?.args[0].input.ConditionExpression).toBe(
      'attribute_not_exists(#at) OR #at <= :at',
    );
    expect(ddb.commandCalls(DeleteCommand)[0]?.args[0].input.Key).toEqual(keys.tenantGauge('gone'));
  });
});

it('forgetting a tenant takes no row of one whose id only begins alike', async () => {
  const { store, ddb } = tallyStore();
  const row = keys.metricWindow(hour, 'TENANT#acme#TYPE#image');
  ddb.on(QueryCommand).resolves({ Items: [row] });
  ddb.on(DeleteCommand).resolves({});

  await store.forgetTenant('acme', [hour]);
  expect(ddb.commandCalls(QueryCommand)[0]?.args[0].input.ExpressionAttributeValues).toMatchObject({
    ':prefix': 'TENANT#acme#TYPE#',
  });
  expect(ddb.commandCalls(DeleteCommand).map(({ args }) => args[0].input.Key)).toEqual([
    keys.tenantGauge('acme'),
    keys.metricWindow(hour, 'TENANT#acme'),
    row,
  ]);
});

describe('a step of low quota', () => {
  const usage = {
    committedBytes: 850,
    committedFiles: 1,
    reservedBytes: 0,
    reservedFiles: 0,
    openUploads: 0,
  };
  const step = quotaStep(usage, { maxBytes: 1_000, maxFiles: 10 }, 0);
  if (!step) throw new Error('no step');
  const event = tenantEvent('acme', 'quota.low', { at: now(), eventId: 'E1', actor: systemActor });
  const subject = { tenantId: 'acme', userId: 'alice', of: 'user' } as const;
  const settings = { retryMs: 100, publishDelaySeconds: 120 };

  it('is noted on the counter together with its event, while usage is what it was', async () => {
    const { db, ddb } = tableClient();
    ddb.on(TransactWriteCommand).resolves({});
    await createQuotaWatch(db, settings).note(subject, step, event);

    const [note, put] = ddb.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems ?? [];
    expect(note?.Update).toMatchObject({
      Key: keys.userCounter('acme', 'alice'),
      ConditionExpression:
        '(attribute_not_exists(quotaLevel) OR quotaLevel = :from) AND (committedBytes >= :bytes OR committedFiles >= :files)',
      ExpressionAttributeValues: { ':from': 0, ':to': 80, ':bytes': 800, ':files': 8 },
    });
    expect(put?.Put?.Item).toMatchObject({ type: 'quota.low', eventId: 'E1' });
  });

  it('that somebody else noted before is none', async () => {
    const { db, ddb } = tableClient();
    ddb.on(TransactWriteCommand).rejects(cancelled(reasonsWith(2, 0, { Code: 'ConditionalCheckFailed' })));
    await createQuotaWatch(db, settings).note(subject, step, event);
  });
});
