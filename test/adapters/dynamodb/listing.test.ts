import { BatchGetCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileItem } from '../../../lambdas/adapters/dynamodb/file-item.ts';
import { listParams } from '../../../lambdas/adapters/dynamodb/file-query.ts';
import { createListings } from '../../../lambdas/adapters/dynamodb/listing.ts';
import { indexKeys, keys } from '../../../lambdas/contract/table.ts';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { type FileQuery, planListing } from '../../../lambdas/core/files/list-plan.ts';
import { caller, file, startOfTime } from '../../support/domain.ts';
import { tableClient } from '../../support/table-client.ts';

const names = { segmentMaxBytes: 255, pathMaxBytes: 1_024 };
const query = (request: object = {}): FileQuery => planListing({ limit: 2, ...request }, caller(), names);
const items = ['A', 'B', 'C', 'D', 'E'].map((fileId) => fileItem(file({ fileId, status: 'ready' })));
const cursor = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');
const ref = { tenantId: 'acme', fileId: 'F1' };

describe('a listing', () => {
  it('goes on where it ended, in the caller own partition', async () => {
    const { db, ddb } = tableClient();
    ddb.on(QueryCommand).resolves({ Items: items, ScannedCount: 5 });
    const first = await createListings(db).listFiles(query());
    expect(first.items.map(({ fileId }) => fileId)).toEqual(['A', 'B']);
    await createListings(db).listFiles(query({ cursor: first.nextCursor }));
    expect(ddb.commandCalls(QueryCommand)[1]?.args[0].input.ExclusiveStartKey).toEqual({
      ...keys.file('acme', 'B'),
      ownerPk: indexKeys.ownerFiles('acme', 'alice'),
      createdSk: `${startOfTime}#B`,
    });
  });

  it('is over when there is no more, and stops reading a sparse filter in time', async () => {
    const { db, ddb } = tableClient();
    ddb.on(QueryCommand).resolvesOnce({ Items: items.slice(0, 2), ScannedCount: 2 });
    expect((await createListings(db).listFiles(query())).nextCursor).toBeUndefined();
    ddb.on(QueryCommand).resolves({ Items: [], ScannedCount: 500, LastEvaluatedKey: items[4] });
    const sparse = await createListings(db).listFiles(query({ tag: 'rare' }));
    expect(sparse.items).toEqual([]);
    expect(sparse.nextCursor).toBeDefined();
    expect(ddb.calls().length).toBeLessThanOrEqual(11);
  });

  it('reads on in large pages where a small one showed too little, as behind a full trash', async () => {
    const { db, ddb } = tableClient();
    ddb
      .on(QueryCommand)
      .resolvesOnce({ Items: [], ScannedCount: 3, LastEvaluatedKey: items[0] })
      .resolves({ Items: items.slice(1), ScannedCount: 500 });
    const { items: shown } = await createListings(db).listFiles(query());
    expect(shown.map(({ fileId }) => fileId)).toEqual(['B', 'C']);
    expect(ddb.commandCalls(QueryCommand).map(({ args }) => args[0].input.Limit)).toEqual([3, 500]);
  });

  it('never leaves the caller: whatever the cursor says, the partition is theirs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (sort, id) => {
        const { db, ddb } = tableClient();
        ddb.on(QueryCommand).resolves({ Items: [] });
        await createListings(db)
          .listFiles(query({ cursor: cursor([sort, id]) }))
          .catch(() => undefined);
        for (const { args } of ddb.commandCalls(QueryCommand)) {
          expect(args[0].input.ExclusiveStartKey?.ownerPk).toBe('TENANT#acme#USER#alice');
          expect(args[0].input.ExpressionAttributeValues?.[':partition']).toBe('TENANT#acme#USER#alice');
          expect(String(args[0].input.ExclusiveStartKey?.pk)).toMatch(/^TENANT#acme#FILE#/);
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    'nonsense',
    cursor(['a']),
    cursor(['a', 1]),
    cursor({ pk: 'x' }),
    cursor(['a', 'b', 'c']),
    cursor(['', 'b']),
    cursor(['\ud800', 'b']),
    cursor(['x'.repeat(1_025), 'b']),
  ])('refuses the cursor %j', async (forged) => {
    const { db } = tableClient();
    await expect(createListings(db).listFiles(query({ cursor: forged }))).rejects.toMatchObject({
      code: 'cursor_invalid',
    });
  });

  it('filters by status, folder, type and tag, with user text only as values', () => {
    const text = "x' OR #status";
    const params = listParams(
      'Table',
      query({ path: `/${text}`, recursive: true, type: 'image', tag: text }),
      'P',
      undefined,
    );
    expect(params.FilterExpression).not.toContain("x'");
    expect(params.FilterExpression).toContain('begins_with(mimeType, :type)');
    expect(params.ExpressionAttributeValues).toMatchObject({
      ':type': 'image/',
      ':tag': text,
      ':below': `/${text}/`,
    });
  });

  it('filters by category within the summary that every index has, and reads more at once for it', () => {
    const params = listParams('T', query({ category: 'scan' }), 'P', undefined);

    expect(params.FilterExpression).toContain('#summary.category = :category');
    expect(params.ExpressionAttributeValues).toMatchObject({ ':category': 'scan' });
    expect(params.Limit).toBeGreaterThan(100);
  });

  it('of the root and below takes every folder, of /a not those of /ab', () => {
    const below = (path: string) =>
      listParams('T', query({ path, recursive: true }), 'P', undefined).ExpressionAttributeValues?.[':below'];
    expect([below('/'), below('/a')]).toEqual(['/', '/a/']);
  });
});

describe('a page of one folder by name', () => {
  it('is one Query without a filter that reads one more than it shows', () => {
    const params = listParams('T', query({ path: '/a', limit: 100 }), 'P', undefined);
    expect(params).toMatchObject({ IndexName: 'byFolder', Limit: 101, ScanIndexForward: true });
    expect(params).not.toHaveProperty('FilterExpression');
  });
});

describe('a span of time', () => {
  const span = { from: '2026-11-01T00:00:00.000Z', to: '2026-11-30T00:00:00.000Z' };
  it('is a span of keys where the index is by time, and a filter where it is not', () => {
    const byTime = listParams('T', query(span), 'P', undefined);
    expect(byTime.KeyConditionExpression).toContain('BETWEEN :from AND :to');
    expect(byTime.ExpressionAttributeValues).toMatchObject({ ':from': span.from, ':to': `${span.to}#~` });
    const byName = listParams('T', query({ ...span, path: '/a' }), 'P', undefined);
    expect(byName.KeyConditionExpression).not.toContain('BETWEEN');
    expect(byName.FilterExpression).toContain('#summary.createdAt BETWEEN');
  });

  it('refuses a cursor that points outside of it', async () => {
    const { db, ddb } = tableClient();
    ddb.on(QueryCommand).rejects(Object.assign(new Error('outside'), { name: 'ValidationException' }));
    const outside = query({ ...span, cursor: cursor(['2027', 'F1']) });
    await expect(createListings(db).listFiles(outside)).rejects.toMatchObject({ code: 'cursor_invalid' });
    await expect(createListings(db).listFiles(query(span))).rejects.toThrow('outside');
  });
});

describe('a listing by size or last change', () => {
  it('reads the files of the keys that its index holds, in the order of the index', async () => {
    const { db, ddb } = tableClient();
    const sized = ['A', 'B', 'C'].map((fileId, n) => file({ fileId, size: 10 - n, status: 'ready' }));
    ddb.on(QueryCommand).resolves({
      Items: sized.map(fileItem).map(({ pk, sk, ownerPk, sizeSk }) => ({ pk, sk, ownerPk, sizeSk })),
      ScannedCount: 3,
    });
    const inTable = [
      ...sized.slice(1).reverse(),
      { ...(sized[0] as FileRecord), status: 'deleted' as const },
    ];
    ddb.on(BatchGetCommand).resolves({ Responses: { Table: inTable.map(fileItem) } });
    const page = await createListings(db).listFiles(query({ sort: '-size' }));
    expect(page.items.map(({ fileId }) => fileId)).toEqual(['B', 'C']);
    expect(ddb.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({ IndexName: 'bySize' });
  });
});

describe("all owners' files of several statuses", () => {
  const admin = caller({ user: { userId: 'root', role: 'admin' } });
  const statusQuery = (request: object) =>
    planListing({ limit: 3, owner: 'all', status: 'ended', ...request }, admin, names);
  const at = (minute: number) => `2026-11-20T12:${String(minute).padStart(2, '0')}:00.000Z`;

  it('show a file once that is just moving from one status to another', async () => {
    const { db, ddb } = tableClient();
    ddb.on(QueryCommand).resolves({ Items: [items[0] as Record<string, unknown>], ScannedCount: 1 });
    const { items: shown } = await createListings(db).listFiles(statusQuery({}));
    expect(shown.map(({ fileId }) => fileId)).toEqual(['A']);
  });

  it('come merged by time, page by page, each once and none left out', async () => {
    const statuses = ['rejected', 'aborted', 'expired'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...statuses), fc.nat({ max: 59 })), { maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        async (made, limit, descending) => {
          const all = made.map(([status, minute], n) =>
            fileItem(file({ fileId: `F${String(n).padStart(2, '0')}`, status, createdAt: at(minute) })),
          );
          const { db, ddb } = tableClient();
          ddb.on(QueryCommand).callsFake((input) => partitionPage(all, input));
          const shown: string[] = [];
          let next: string | undefined;
          do {
            const sort = descending ? '-createdAt' : 'createdAt';
            const page = await createListings(db).listFiles(statusQuery({ limit, sort, cursor: next }));
            shown.push(...page.items.map(({ createdAt, fileId }) => `${createdAt}#${fileId}`));
            next = page.nextCursor;
          } while (next);
          const expected = all.map(({ createdSk }) => String(createdSk)).sort();
          expect(shown).toEqual(descending ? expected.reverse() : expected);
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** What DynamoDB would answer of one partition of the index by status. */
function partitionPage(all: readonly Record<string, unknown>[], input: QueryCommandInput) {
  const sign = input.ScanIndexForward ? 1 : -1;
  const after = input.ExclusiveStartKey?.createdSk;
  const rest = all
    .filter(({ statusPk }) => statusPk === input.ExpressionAttributeValues?.[':partition'])
    .sort((a, b) => (String(a.createdSk) < String(b.createdSk) ? -sign : sign))
    .filter(({ createdSk }) => after === undefined || (String(createdSk) < String(after) ? -sign : sign) > 0)
    .filter(({ createdSk }) => createdSk !== after);
  const Items = rest.slice(0, input.Limit);
  const more = rest.length >= (input.Limit ?? 0) && Items.length > 0;
  return { Items, ScannedCount: Items.length, ...(more && { LastEvaluatedKey: Items.at(-1) }) };
}

describe('unfinished uploads and timelines', () => {
  it('are read from their own partitions, sessions consistently', async () => {
    const { db, ddb } = tableClient();
    ddb.on(QueryCommand).resolves({ Items: [keys.session('acme', 'F1', 'U1')] });
    ddb.on(BatchGetCommand).resolves({ Responses: { Table: [] } });
    await createListings(db).openSessions('acme', 'alice', 10);
    expect(ddb.commandCalls(BatchGetCommand)[0]?.args[0].input.RequestItems?.Table?.ConsistentRead).toBe(
      true,
    );
  });

  it.each([cursor(['FILE']), cursor(['SESSION#U1']), 'x'])(
    'refuse the cursor %s that points outside of the events',
    async (forged) => {
      const { db } = tableClient();
      await expect(createListings(db).events(ref, { limit: 10, cursor: forged })).rejects.toMatchObject({
        code: 'cursor_invalid',
      });
    },
  );
});
