import { BatchWriteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Db } from '../../../lambdas/adapters/dynamodb/client.ts';
import { encodeCursor } from '../../../lambdas/adapters/dynamodb/cursor.ts';
import { fileItem } from '../../../lambdas/adapters/dynamodb/file-item.ts';
import { createListings } from '../../../lambdas/adapters/dynamodb/listing.ts';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { planListing } from '../../../lambdas/core/files/list-plan.ts';
import { ok } from '../../support/api.ts';
import { caller, file } from '../../support/domain.ts';
import { engineOf, inParallel } from '../../support/engine.ts';
import { createTenant, type TestTenant } from '../../support/tenants.ts';

const engine = engineOf(inject('stack'));
const TableName = engine.stack.tableName;
const path = '/big';
const count = 10_000;
const nameOf = (n: number): string => `file ${String(n).padStart(5, '0')}.txt`;

let tenant: TestTenant;
let files: readonly FileRecord[];

const record = (fileId: string, filename: string): FileRecord =>
  file({
    tenantId: tenant.tenantId,
    ownerId: tenant.users[0].userId,
    fileId,
    path,
    filename,
    originalName: filename,
    mimeType: 'text/plain',
    status: 'ready',
    accounting: 'used',
    libraryKey: `tenants/${tenant.tenantId}/files/2026/11/20/${fileId}.txt`,
    libraryVersionId: fileId,
  });

/** DynamoDB's bound for one BatchWriteItem. */
const batchItems = 25;

type Write = { PutRequest: { Item: object } } | { DeleteRequest: { Key: object } };
const put = (one: FileRecord): Write => ({ PutRequest: { Item: fileItem(one) } });
const remove = (one: FileRecord): Write => {
  const { pk, sk } = fileItem(one);
  return { DeleteRequest: { Key: { pk, sk } } };
};

async function write(writes: readonly Write[], atOnce = 16): Promise<void> {
  const batches = Array.from({ length: Math.ceil(writes.length / batchItems) }, (_, n) =>
    writes.slice(n * batchItems, (n + 1) * batchItems),
  );
  await inParallel(batches, atOnce, async (batch) => {
    const { UnprocessedItems = {} } = await engine.db.send(
      new BatchWriteCommand({ RequestItems: { [TableName]: batch as never } }),
    );
    if (UnprocessedItems[TableName]?.length) throw new Error('the engine left writes undone');
  });
}

beforeAll(async () => {
  tenant = await createTenant(engine);
  files = Array.from({ length: count }, (_, n) => record(`F${String(n).padStart(5, '0')}`, nameOf(n)));
  await write(files.map(put));
});

describe('10,000 files in one folder', () => {
  /** One page as the API reads it, with what DynamoDB says that it cost. */
  async function page(cursor: string | undefined) {
    const queries: { units: number | undefined; read: number | undefined; index: string | undefined }[] = [];
    const client = {
      send: async (command: { input: object }) => {
        if (!(command instanceof QueryCommand)) throw new Error('a page of a folder reads its index alone');
        command.input.ReturnConsumedCapacity = 'TOTAL';
        const answer = await engine.db.send(command);
        queries.push({
          units: answer.ConsumedCapacity?.CapacityUnits,
          read: answer.ScannedCount,
          index: command.input.IndexName,
        });
        return answer;
      },
    };
    const db: Db = { client: client as unknown as Db['client'], table: TableName };
    const [{ userId }] = tenant.users;
    const who = caller({
      tenant: { tenantId: tenant.tenantId },
      user: { tenantId: tenant.tenantId, userId },
    });
    const query = planListing({ path, limit: 100, ...(cursor && { cursor }) }, who, defaultLimits.names);
    return { ...(await createListings(db).listFiles(query)), queries };
  }

  const cursorAfter = (n: number): string => {
    const { nameSk } = fileItem(files[n] as FileRecord);
    return encodeCursor([String(nameSk), `F${String(n).padStart(5, '0')}`]);
  };

  it('come in pages of one Query each, which costs the same at the start, in the middle and at the end', async () => {
    const pages = [await page(undefined), await page(cursorAfter(4_999)), await page(cursorAfter(9_898))];
    expect(pages.map(({ items }) => items[0]?.filename)).toEqual([0, 5_000, 9_899].map(nameOf));
    for (const { items, queries, nextCursor } of pages) {
      expect(items).toHaveLength(100);
      expect(nextCursor).toBeDefined();
      // One more than is shown, which tells that there is more.
      expect(queries).toEqual([{ units: pages[0]?.queries[0]?.units, read: 101, index: 'byFolder' }]);
    }
    const last = await page(cursorAfter(9_899));
    expect(last.items).toHaveLength(100);
    expect(last.nextCursor).toBeUndefined();
    expect(last.queries).toHaveLength(1);
  });

  it('are all walked once by the API while others insert and delete', async () => {
    const goes = files.filter((_, n) => n % 10 === 3);
    const comes = Array.from({ length: 1_000 }, (_, n) =>
      record(`N${String(n).padStart(5, '0')}`, `${nameOf(n * 10)} new`),
    );
    const seen: string[] = [];
    let walking = true;
    const others = (async () => {
      // In an order that jumps all over the folder, before and behind the walk.
      const writes = Array.from({ length: 1_000 }, (_, n) => (n * 373) % 1_000).flatMap((n) => [
        put(comes[n] as FileRecord),
        remove(goes[n] as FileRecord),
      ]);
      for (let start = 0; walking && start < writes.length; start += 100) {
        await write(writes.slice(start, start + 100), 2);
      }
    })();
    let cursor: string | undefined;
    do {
      const answer = ok(await tenant.api.files({ path, limit: 500, cursor }));
      seen.push(...answer.files.map(({ id }) => id));
      cursor = answer.nextCursor ?? undefined;
    } while (cursor);
    walking = false;
    await others;

    expect(new Set(seen).size).toBe(seen.length);
    const missed = new Set(files.filter((one) => !goes.includes(one)).map(({ fileId }) => fileId));
    for (const id of seen) missed.delete(id);
    expect([...missed]).toEqual([]);
  });
});
