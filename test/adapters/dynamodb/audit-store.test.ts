import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { refOfKeys } from '../../../lambdas/adapters/dynamodb/audit-item.ts';
import { createAuditSearch, searchParams } from '../../../lambdas/adapters/dynamodb/audit-search.ts';
import { createAuditStore } from '../../../lambdas/adapters/dynamodb/audit-store.ts';
import { createChainStore } from '../../../lambdas/adapters/dynamodb/chain-store.ts';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { keys, sealShards } from '../../../lambdas/contract/table.ts';
import { auditRecord } from '../../support/audit.ts';
import { tenant } from '../../support/domain.ts';
import { tableClient } from '../../support/table-client.ts';

const day = 86_400;
const settings = { keepSeconds: 400 * day, policy: defaultLimits };
const exists = new ConditionalCheckFailedException({ $metadata: {}, message: 'no' });
const record = auditRecord(1);
const ref = { tenantId: record.tenantId, at: record.at, recordId: record.recordId };

describe('audit records in the table', () => {
  it('are written once, due to be sealed, and forgotten after their time', async () => {
    const { db, ddb } = tableClient();
    ddb.on(PutCommand).resolvesOnce({}).rejects(exists);
    const store = createAuditStore(db, settings);
    await store.add(record);
    await store.add(record);

    const { Item, ConditionExpression } = ddb.commandCalls(PutCommand)[0]?.args[0].input ?? {};
    expect(ConditionExpression).toBe('attribute_not_exists(pk)');
    expect(Item).toMatchObject({ ...keys.auditRecord('acme', record.at, 'R00001'), ...record });
    expect(Item?.duePk).toMatch(/^UNSEALED#\d$/);
    expect(Item?.dueSk).toBe(`${record.recordedAt}#R00001`);
    expect(Item?.ttlEpochSeconds).toBe(Date.parse(record.at) / 1000 + 400 * day);
  });

  it('come back as they were written, without what their item has beside', async () => {
    const { db, ddb } = tableClient();
    ddb
      .on(GetCommand)
      .resolves({ Item: { pk: 'p', sk: 's', kind: 'auditRecord', seq: 4, alerted: true, ...record } });

    expect(await createAuditStore(db, settings).find(ref)).toEqual({ record, alerted: true });
  });

  it('are known to the sealer by their keys alone', () => {
    expect(refOfKeys(keys.auditRecord('acme', record.at, 'R00001'))).toEqual(ref);
    expect(refOfKeys({ pk: 'TENANT#acme', sk: 'TENANT' })).toBeUndefined();
  });
});

describe('the operations of the last hour', () => {
  it('are the minutes of this hour so far and those of the hour before that are later within it', async () => {
    const { db, ddb } = tableClient();
    ddb
      .on(UpdateCommand)
      .resolves({ Attributes: { minute_0: 1, minute_20: 2, minute_21: 100, ttlEpochSeconds: 9 } });
    ddb.on(GetCommand).resolves({ Item: { minute_19: 50, minute_20: 60, minute_21: 3, minute_59: 4 } });
    const count = await createAuditStore(db, settings).countOperation(
      'acme',
      'alice',
      '2026-11-20T12:20:30.000Z',
    );

    expect(count).toBe(1 + 2 + 3 + 4);
    expect(ddb.commandCalls(UpdateCommand)[0]?.args[0].input).toMatchObject({
      Key: keys.auditHour('acme', 'alice', '2026-11-20T12'),
      ExpressionAttributeNames: { '#minute': 'minute_20' },
    });
    expect(ddb.commandCalls(GetCommand)[0]?.args[0].input.Key).toEqual(
      keys.auditHour('acme', 'alice', '2026-11-20T11'),
    );
  });
});

describe('a country', () => {
  const isNew = async (Attributes: Record<string, unknown>) => {
    const { db, ddb } = tableClient();
    ddb.on(UpdateCommand).resolves({ Attributes });
    return createAuditStore(db, settings).isNewCountry('acme', 'alice', 'FR', {
      eventId: 'E2',
      at: record.at,
    });
  };

  it('is new when this event brought it, and not when it is the only one', async () => {
    expect(await isNew({ country_DE: 'E1', country_FR: 'E2' })).toBe(true);
    expect(await isNew({ country_FR: 'E2' })).toBe(false);
    expect(await isNew({ country_DE: 'E1', country_FR: 'E0' })).toBe(false);
  });
});

it("the tenant's time zone is its policy's, and none while it is erased or when it is gone", async () => {
  const { db, ddb } = tableClient();
  ddb
    .on(GetCommand)
    .resolvesOnce({ Item: tenant({ policy: { timeZone: 'Asia/Tokyo' } }) })
    .resolvesOnce({ Item: tenant({ status: 'erasing' }) })
    .resolves({});
  const store = createAuditStore(db, settings);

  expect(await store.timeZone('acme')).toBe('Asia/Tokyo');
  expect(await store.timeZone('erasing')).toBeUndefined();
  expect(await store.timeZone('gone')).toBeUndefined();
});

describe('the head of a chain', () => {
  const position = { seq: 3, hash: 'h', sealedAt: record.at };

  it('moves only from where it was read, and not while a segment is being exported', async () => {
    const { db, ddb } = tableClient();
    ddb.on(PutCommand).resolvesOnce({}).rejects(exists);
    const chain = createChainStore(db, 100);

    expect(await chain.advance('acme', position, { ...position, seq: 5 })).toBe(true);
    expect(await chain.advance('acme', undefined, position)).toBe(false);
    const [first, second] = ddb.commandCalls(PutCommand).map(({ args }) => args[0].input);
    expect(first?.ConditionExpression).toBe(
      'seq = :seq AND #hash = :hash AND attribute_not_exists(exporting)',
    );
    expect(first?.ExpressionAttributeValues).toEqual({ ':seq': 3, ':hash': 'h' });
    expect(second?.ConditionExpression).toBe('attribute_not_exists(pk)');
  });

  it('lets go of an exported segment after every record has its number', async () => {
    const { db, ddb } = tableClient();
    const keysOf: unknown[] = [];
    ddb.on(UpdateCommand).callsFake(({ Key }) => keysOf.push(Key));
    const head = { firstSeq: 1, lastSeq: 2 } as never;
    await createChainStore(db, 100).settle('acme', { head, prev: position, records: [ref] }, [
      { ref, seq: 1 },
    ]);

    expect(keysOf).toEqual([keys.auditRecord('acme', record.at, 'R00001'), keys.auditHead('acme')]);
  });

  it('is looked for in shards that the contract names', () => {
    expect(createChainStore(tableClient().db, 100).shards).toBe(sealShards);
  });
});

describe('a search', () => {
  const query = {
    tenantId: 'acme',
    from: '2026-11-19T10:00:00.000Z',
    to: '2026-11-20T12:00:00.000Z',
    limit: 2,
  };
  const item = (index: number, sk: string, at: string) => ({ ...auditRecord(index), at, sk, pk: 'p' });

  it('reads one day of one tenant with a Query, newest first, filters included', () => {
    const params = searchParams(
      'Table',
      { ...query, userId: 'alice', minRisk: 0.5 },
      '2026-11-20',
      undefined,
    );

    expect(params).toMatchObject({
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :lowest AND :highest',
      FilterExpression: '#actor.#userId = :userId AND #risk >= :minRisk',
      ExpressionAttributeValues: {
        ':pk': 'AUDIT#acme#2026-11-20',
        ':userId': 'alice',
        ':minRisk': 0.5,
      },
      ScanIndexForward: false,
    });
  });

  it('goes on with the day before, and resumes after the last record that was shown', async () => {
    const { db, ddb } = tableClient();
    const older = item(1, 'RECORD#2026-11-19T11:00:00.000Z#A', '2026-11-19T11:00:00.000Z');
    const oldest = item(2, 'RECORD#2026-11-19T10:30:00.000Z#B', '2026-11-19T10:30:00.000Z');
    ddb
      .on(QueryCommand)
      .resolvesOnce({ Items: [item(0, 'RECORD#2026-11-20T11:00:00.000Z#C', '2026-11-20T11:00:00.000Z')] })
      .resolvesOnce({ Items: [older, oldest] });
    const page = await createAuditSearch(db).search(query);

    expect(page.items.map(({ recordId }) => recordId)).toEqual(['R00000', 'R00001']);
    ddb.on(QueryCommand).resolves({ Items: [oldest] });
    await createAuditSearch(db).search({ ...query, cursor: page.nextCursor as string });
    expect(ddb.commandCalls(QueryCommand).at(-1)?.args[0].input.ExclusiveStartKey).toEqual({
      pk: 'AUDIT#acme#2026-11-19',
      sk: older.sk,
    });
  });

  it('stays in what was asked for, whatever cursor comes', async () => {
    const { search } = createAuditSearch(tableClient().db);
    const cursor = (...parts: string[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');

    for (const forged of [
      'x',
      cursor('2026-11-21', '-'),
      cursor('2026-11-18', '-'),
      cursor('2026-99-99', '-'),
      cursor('2026-11-20', 'TENANT'),
      cursor('2026-11-20', 'RECORD#2026-11-21T00:00:00.000Z#A'),
    ]) {
      await expect(search({ ...query, cursor: forged })).rejects.toMatchObject({ code: 'cursor_invalid' });
    }
  });

  it('ends a page after a month of days, with a cursor to go on', async () => {
    const { db, ddb } = tableClient();
    ddb.on(QueryCommand).resolves({ Items: [] });
    const page = await createAuditSearch(db).search({ ...query, from: '2026-01-01T00:00:00.000Z' });

    expect(ddb.commandCalls(QueryCommand)).toHaveLength(31);
    expect(page).toEqual({ items: [], nextCursor: expect.any(String) });
  });
});
