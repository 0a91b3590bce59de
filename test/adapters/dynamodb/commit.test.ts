import { ConditionalCheckFailedException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { GetCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { commit, commitSteps } from '../../../lambdas/adapters/dynamodb/commit.ts';
import { createFileStore } from '../../../lambdas/adapters/dynamodb/file-store.ts';
import { createRateLimiter } from '../../../lambdas/adapters/dynamodb/rate-limiter.ts';
import { keys } from '../../../lambdas/contract/table.ts';
import { type Change, edit, move } from '../../../lambdas/core/files/change.ts';
import { file, session, startOfTime } from '../../support/domain.ts';
import { cancelled, reasonsWith, tableClient } from '../../support/table-client.ts';

const settings = { retryMs: 500, publishDelaySeconds: 120, inactivitySeconds: 900 };
const facts = { at: startOfTime, eventId: 'E' };
const aborted = move(file(), 'aborted', {
  ...facts,
  closes: { session: session({ phase: 'aborting' }), from: ['aborting'] },
  refund: { hour: '2026-11-20T12', bytes: 1_000 },
});
const stepsOf = (change: Change) => commitSteps('Table', change, settings).map(({ step }) => step);
const steps = stepsOf(aborted);
const find = (sk: string) =>
  steps.find(({ Put, Update, Delete }) => (Put?.Item ?? Update?.Key ?? Delete?.Key)?.sk === sk);
const failed = new ConditionalCheckFailedException({ $metadata: {}, message: 'no' });

describe('the transaction of a change', () => {
  it('holds only if nobody changed the file, and closes the session only from the phase that was claimed', () => {
    expect(find('FILE')?.Put).toMatchObject({
      ConditionExpression: 'revision = :revision',
      ExpressionAttributeValues: { ':revision': 1 },
    });
    const { Update } = find('SESSION#U1') ?? {};
    expect(Update?.ConditionExpression).toBe('phase IN (:from0)');
    expect(Update?.ExpressionAttributeValues).toMatchObject({ ':from0': 'aborting', ':closed': 'closed' });
    expect(Update?.UpdateExpression).toContain('REMOVE ownerPk, statusPk, createdSk, duePk, dueSk');
  });

  it('notes a file that comes under legal hold, for who would erase the tenant, and forgets it with the hold', () => {
    const { pk, sk } = keys.heldFile('acme', 'F1');
    const legalHold = { reason: 'r', since: startOfTime, by: 'root' };
    const stored = file({ status: 'ready', accounting: 'used' });
    const held = file({ ...stored, legalHold });
    const type = 'file.changed' as const;
    const onPointer = (change: Change) =>
      stepsOf(change).filter(({ Put, Delete }) => (Put?.Item ?? Delete?.Key)?.pk === pk);

    expect(onPointer(edit(stored, { ...facts, type, set: { legalHold } }))[0]?.Put?.Item).toMatchObject({
      sk,
    });
    expect(onPointer(edit(held, { ...facts, type, clear: ['legalHold'] }))[0]?.Delete?.Key).toEqual({
      pk,
      sk,
    });
    expect(onPointer(edit(held, { ...facts, type, set: { tags: ['x'] } }))).toEqual([]);
    // Also of one that came to nothing, whose record TTL then leaves alone.
    const rejected = move(file({ legalHold, status: 'inspecting' }), 'rejected', facts);
    expect(onPointer(rejected)).toEqual([]);
    expect(stepsOf(rejected)[0]?.Put?.Item).not.toHaveProperty('ttlEpochSeconds');
  });

  it('gives the place under the upload profile back with the slot', () => {
    const closes = {
      session: session({ phase: 'aborting', profile: 'avatar' }),
      from: ['aborting'] as const,
    };
    const left = stepsOf(move(file(), 'aborted', { ...facts, closes })).map(({ Update }) => Update);
    expect(left.find((update) => update?.Key?.sk === 'PROFILE#avatar')).toMatchObject({
      UpdateExpression: 'ADD openUploads :less',
      ExpressionAttributeValues: { ':less': -1 },
    });
    expect(steps.some(({ Update }) => Update?.Key?.sk?.startsWith('PROFILE#'))).toBe(false);
  });

  it.each([
    ['purged', move(file({ status: 'ready', accounting: 'used' }), 'purged', facts)],
    ['expired, whose record TTL removes', move(file(), 'expired', facts)],
  ])(
    'leaves a trace of a file that is %s: whoever erases the tenant finds its timeline by it',
    (_end, change) => {
      expect(stepsOf(change).map(({ Put }) => Put?.Item)).toContainEqual(
        expect.objectContaining(keys.purgedFile('acme', 'F1')),
      );
    },
  );

  it('moves the counters of user and tenant alike and gives name and hour back', () => {
    const counters = steps.filter(({ Update }) => Update?.Key?.sk === 'COUNTER');
    expect(counters.map(({ Update }) => Update?.Key?.pk)).toEqual([
      keys.userCounter('acme', 'alice').pk,
      'TENANT#acme',
    ]);
    for (const { Update } of counters) {
      expect(Update?.ExpressionAttributeValues).toMatchObject({
        ':committedBytes': -1_000,
        ':reservedFiles': -1,
        ':openUploads': -1,
      });
    }
    expect(find('NAME#photo.jpg')?.Delete?.ExpressionAttributeValues).toEqual({ ':fileId': 'F1' });
    expect(find('HOUR#2026-11-20T12')?.Update?.ExpressionAttributeValues).toEqual({ ':bytes': -1_000 });
  });

  it('writes the event with the change, due for the sweep should the stream miss it', () => {
    expect(find(`EVENT#${startOfTime}#E`)?.Put?.Item).toMatchObject({
      type: 'file.aborted',
      dueSk: '2026-11-20T12:02:00.000Z#E',
    });
  });

  it('takes a purged file out of every listing', () => {
    const purged = move(file({ status: 'ready', accounting: 'used' }), 'purged', facts);
    const item = stepsOf(purged)[0]?.Put?.Item ?? {};
    expect(Object.keys(item).filter((name) => /^(owner|folder|status|due)Pk$/.test(name))).toEqual([]);
  });

  it('touches no counter when none moves', () => {
    const inspecting = move(file({ status: 'uploaded' }), 'inspecting', facts);
    expect(stepsOf(inspecting)).toHaveLength(1);
  });
});

describe('a commit', () => {
  it('says that somebody was faster, and throws for everything else', async () => {
    const { db, ddb } = tableClient();
    ddb
      .on(TransactWriteCommand)
      .rejectsOnce(cancelled(reasonsWith(3, 0, { Code: 'ConditionalCheckFailed' })))
      .rejects(new Error('network'));
    expect(await commit(db, settings)(aborted)).toBe('changed');
    await expect(commit(db, settings)(aborted)).rejects.toThrow('network');
  });
});

describe('a single write', () => {
  it('waits for a transaction on the same item instead of failing', async () => {
    const { db, ddb } = tableClient();
    const conflict = new TransactionConflictException({ $metadata: {}, message: 'ongoing' });
    ddb.on(UpdateCommand).rejectsOnce(conflict).resolves({ Attributes: {} });
    expect(await createFileStore(db, settings).heartbeat(session(), 'alice', startOfTime)).toBe(true);
    expect(ddb.calls()).toHaveLength(2);
  });

  it('of a heartbeat counts only for the owner of an open session in its time', async () => {
    const { db, ddb } = tableClient();
    ddb.on(UpdateCommand).rejects(failed);
    expect(await createFileStore(db, settings).heartbeat(session(), 'bob', startOfTime)).toBe(false);
    const [input] = ddb.commandCalls(UpdateCommand).map((call) => call.args[0].input);
    expect(input?.ConditionExpression).toBe(
      'ownerId = :owner AND phase IN (:open, :completing) AND expiresAt > :at',
    );
  });

  it('of a session happens only from the phases that were named', async () => {
    const { db, ddb } = tableClient();
    ddb
      .on(UpdateCommand)
      .rejectsOnce(failed)
      .resolves({ Attributes: { ...session({ phase: 'aborting' }), pk: 'P', sk: 'S', dueSk: 'D' } });
    const store = createFileStore(db, settings);
    expect(await store.updateSession(session(), ['open'], { phase: 'aborting' })).toBeUndefined();
    const updated = await store.updateSession(session(), ['open', 'opening'], { phase: 'aborting' });
    expect(updated).toEqual(session({ phase: 'aborting' }));
    const { input } = ddb.commandCalls(UpdateCommand)[1]?.args[0] ?? {};
    expect(input?.ConditionExpression).toBe('#phase IN (:from0, :from1)');
  });
});

describe('an idempotency record', () => {
  it('that has expired does not count, though TTL has not removed it yet', async () => {
    const { db, ddb } = tableClient();
    ddb.on(GetCommand).resolves({ Item: { fileId: 'F1', expiresAt: startOfTime } });
    const store = createFileStore(db, settings);
    expect(await store.idempotencyRecord('acme', 'alice', 'K', startOfTime)).toBeUndefined();
    expect(await store.idempotencyRecord('acme', 'alice', 'K', '2026-11-20T11:59:59.999Z')).toBeDefined();
  });
});

describe('the rate limiter', () => {
  it('lets nothing through where the bound is 0, also in a window that nobody has used', async () => {
    const { db, ddb } = tableClient();
    ddb.on(UpdateCommand).resolves({});
    const taken = createRateLimiter(db).take(
      'initiate#acme#alice',
      'initiations',
      0,
      '2026-11-20T12:00:45.000Z',
    );
    await expect(taken).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('counts by one conditional write and says when the window ends', async () => {
    const { db, ddb } = tableClient();
    ddb.on(UpdateCommand).resolvesOnce({}).rejects(failed);
    const rates = createRateLimiter(db);
    await rates.take('other#acme#alice', 'requests', 600, '2026-11-20T12:00:45.000Z');
    const second = rates.take('other#acme#alice', 'requests', 600, '2026-11-20T12:00:45.000Z');
    await expect(second).rejects.toMatchObject({ code: 'rate_limited', retryAfterSeconds: 15 });
    const { input } = ddb.commandCalls(UpdateCommand)[0]?.args[0] ?? {};
    expect(input).toMatchObject({
      ConditionExpression: 'attribute_not_exists(#used) OR #used < :max',
      ExpressionAttributeValues: { ':max': 600 },
    });
  });
});
