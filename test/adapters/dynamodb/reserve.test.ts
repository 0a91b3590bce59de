import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { reserve, reserveSteps } from '../../../lambdas/adapters/dynamodb/reserve.ts';
import { keys } from '../../../lambdas/contract/table.ts';
import { eventOf } from '../../../lambdas/core/files/event.ts';
import type { Reservation } from '../../../lambdas/core/ports.ts';
import { caller, file, session, startOfTime } from '../../support/domain.ts';
import { cancelled, reasonsWith, tableClient } from '../../support/table-client.ts';

const settings = { retryMs: 3_000, publishDelaySeconds: 120, inactivitySeconds: 900 };
const { policy } = caller({ tenant: { tier: 'basic' } });
const event = eventOf(file(), { eventId: 'E', at: startOfTime });
if (!event) throw new Error('an initiation is announced');
const idempotency = { key: 'K', bodyHash: 'H', expiresAt: '2026-11-21T12:00:00.000Z' };
const reservation = (over: Partial<Reservation> = {}): Reservation => ({
  file: file(),
  session: session(),
  event,
  policy,
  day: '2026-11-20',
  hour: '2026-11-20T12',
  ...over,
});

const steps = reserveSteps('Table', reservation({ idempotency }), settings);
const stepOf = (key: { pk: string; sk: string }) =>
  steps.findIndex(({ step }) => {
    const at = step.Update?.Key ?? step.Put?.Item;
    return at?.pk === key.pk && at?.sk === key.sk;
  });
const user = stepOf(keys.userCounter('acme', 'alice'));
const tenant = stepOf(keys.tenantCounter('acme'));

async function refusal(
  index: number,
  counters: Record<string, number> = {},
  r = reservation({ idempotency }),
) {
  const { db, ddb } = tableClient();
  const Item = Object.fromEntries(Object.entries(counters).map(([name, n]) => [name, { N: String(n) }]));
  const count = reserveSteps('Table', r, settings).length;
  ddb
    .on(TransactWriteCommand)
    .rejects(cancelled(reasonsWith(count, index, { Code: 'ConditionalCheckFailed', Item })));
  const outcome = await reserve(db, settings)(r);
  return outcome.kind === 'refused' ? outcome.error.code : outcome.kind;
}

afterEach(() => vi.useRealTimers());

describe('the transaction of a reservation', () => {
  it('touches each item once and bounds user and tenant by bytes, files and slots', () => {
    const items = steps.map(({ step }) =>
      JSON.stringify(step.Update?.Key ?? [step.Put?.Item?.pk, step.Put?.Item?.sk]),
    );
    expect(new Set(items).size).toBe(items.length);
    for (const index of [user, tenant]) {
      const { Update } = steps[index]?.step ?? {};
      expect(Update?.ConditionExpression).toMatch(
        /committedBytes <= :maxBytes AND committedFiles < :maxFiles AND openUploads < :maxOpenUploads/,
      );
      expect(Update?.ReturnValuesOnConditionCheckFailure).toBe('ALL_OLD');
    }
    expect(steps[user]?.step.Update?.ExpressionAttributeValues).toMatchObject({
      ':maxBytes': policy.user.maxBytes - 1_000,
      ':committedBytes': 1_000,
      ':openUploads': 1,
    });
  });

  it('takes a place under the upload profile, of as many as there are', async () => {
    const r = reservation({ session: session({ profile: 'documents' }), idempotency });
    const all = reserveSteps('Table', r, settings);
    const index = all.findIndex(({ step }) => step.Update?.Key?.sk === 'PROFILE#documents');
    expect(all[index]?.step.Update).toMatchObject({
      ConditionExpression: 'attribute_not_exists(openUploads) OR openUploads < :max',
      ExpressionAttributeValues: { ':max': 5, ':one': 1 },
    });
    expect(await refusal(index, {}, r)).toBe('concurrency_limit_exceeded');
  });

  it('claims the name only where nobody has it', () => {
    const name = steps[stepOf(keys.nameClaim('acme', 'alice', '/', 'photo.jpg'))]?.step.Put;
    expect(name?.ConditionExpression).toBe('attribute_not_exists(pk)');
  });

  it('writes a session that the sweep looks at after 15 minutes, and no hour where none is bounded', () => {
    const put = steps[stepOf(keys.session('acme', 'F1', 'U1'))]?.step.Put?.Item;
    expect(put?.dueSk).toBe('2026-11-20T12:15:00.000Z#U1');
    const free = reserveSteps('Table', reservation({ policy: caller().policy }), settings);
    expect(JSON.stringify(free)).not.toContain('HOUR#');
  });
});

describe('a reservation that is refused', () => {
  it.each([
    ['the slots of the user', () => user, { openUploads: 5 }, 'concurrency_limit_exceeded'],
    ['the slots of the tenant', () => tenant, { openUploads: 500 }, 'concurrency_limit_exceeded'],
    ['the files of the user', () => user, { committedFiles: 100 }, 'files_limit_exceeded'],
    ['the bytes of the user', () => user, { committedBytes: policy.user.maxBytes }, 'quota_exceeded'],
    ['the files of the day', () => stepOf(keys.tenantDay('acme', '2026-11-20')), {}, 'daily_files_exceeded'],
    [
      'the bytes of the hour',
      () => stepOf(keys.userHour('acme', 'alice', '2026-11-20T12')),
      {},
      'hourly_bytes_exceeded',
    ],
    [
      'a name that is taken',
      () => stepOf(keys.nameClaim('acme', 'alice', '/', 'photo.jpg')),
      {},
      'name_taken',
    ],
    ['a key that is known', () => stepOf(keys.idempotency('acme', 'alice', 'K')), {}, 'repeated'],
  ])('says that it was %s', async (_what, index, counters, code) => {
    expect(await refusal(index(), counters)).toBe(code);
  });

  it('is a repeat, not a conflict, when the same key finds its own name taken', async () => {
    const { db, ddb } = tableClient();
    const failed = { Code: 'ConditionalCheckFailed' };
    ddb.on(TransactWriteCommand).rejects(cancelled(steps.map(() => failed)));
    expect((await reserve(db, settings)(reservation({ idempotency }))).kind).toBe('repeated');
  });

  it('never asks the table for what can never fit', async () => {
    const { db, ddb } = tableClient();
    const r = reservation({ file: file({ size: policy.user.maxBytes + 1 }) });
    expect((await reserve(db, settings)(r)).kind).toBe('refused');
    expect(ddb.calls()).toHaveLength(0);
  });
});

describe('reservations that meet', () => {
  it.each(['TransactionConflict', 'ThrottlingError'])(
    'try again after %s, with jitter, until it works',
    async (Code) => {
      const { db, ddb } = tableClient();
      ddb
        .on(TransactWriteCommand)
        .rejectsOnce(cancelled(reasonsWith(9, 0, { Code })))
        .rejectsOnce(cancelled(reasonsWith(9, 1, { Code })))
        .resolves({});
      expect((await reserve(db, settings)(reservation())).kind).toBe('reserved');
      expect(ddb.calls()).toHaveLength(3);
    },
  );

  it('end as busy, never as out of quota, when it does not work in time', async () => {
    const { db, ddb } = tableClient();
    ddb.on(TransactWriteCommand).rejects(cancelled(reasonsWith(9, 0, { Code: 'TransactionConflict' })));
    const startedAt = Date.now();
    await expect(reserve(db, { ...settings, retryMs: 150 })(reservation())).rejects.toMatchObject({
      code: 'capacity_exceeded',
      retryAfterSeconds: 2,
    });
    expect(Date.now() - startedAt).toBeLessThan(600);
    expect(ddb.calls().length).toBeGreaterThan(1);
  });

  it('do not try again what failed for a reason of its own', async () => {
    const { db, ddb } = tableClient();
    ddb.on(TransactWriteCommand).rejects(cancelled(reasonsWith(9, 0, { Code: 'ValidationError' })));
    await expect(reserve(db, settings)(reservation())).rejects.toThrow('Transaction cancelled');
    expect(ddb.calls()).toHaveLength(1);
  });
});
