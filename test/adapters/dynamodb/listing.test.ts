import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileItem } from '../../../lambdas/adapters/dynamodb/file-item.ts';
import { createListings, listParams } from '../../../lambdas/adapters/dynamodb/listing.ts';
import { indexKeys, keys } from '../../../lambdas/contract/table.ts';
import { type FileQuery, planListing } from '../../../lambdas/core/files/list.ts';
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
  ])('refuses the cursor %j', async (forged) => {
    const { db } = tableClient();
    await expect(createListings(db).listFiles(query({ cursor: forged }))).rejects.toMatchObject({
      code: 'cursor_invalid',
    });
  });

  it('filters by owner, status, folder, type and tag, with user text only as values', () => {
    const text = "x' OR #status";
    const params = listParams(
      'Table',
      query({ path: `/${text}`, recursive: true, type: 'image', tag: text }),
      undefined,
    );
    expect(params.FilterExpression).not.toContain("x'");
    expect(params.FilterExpression).toContain('begins_with(mimeType, :type)');
    expect(params.ExpressionAttributeValues).toMatchObject({
      ':owner': 'alice',
      ':type': 'image/',
      ':tag': text,
      ':below': `/${text}/`,
    });
  });

  it('of the root and below takes every folder, of /a not those of /ab', () => {
    const below = (path: string) =>
      listParams('T', query({ path, recursive: true }), undefined).ExpressionAttributeValues?.[':below'];
    expect([below('/'), below('/a')]).toEqual(['/', '/a/']);
  });
});

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
