import { expect, it } from 'vitest';
import { getItem } from '../../../lambdas/adapters/dynamodb/file-store.ts';
import { createTextExcerpts } from '../../../lambdas/adapters/dynamodb/text-excerpts.ts';
import { keys, timeToLiveAttribute } from '../../../lambdas/contract/table.ts';
import { memoryDb } from '../../support/memory-dynamodb/client.ts';

const content = { tenantId: 'acme', fileId: 'F1', uploadId: 'U1' };

it('forgets what a text says at once, and leaves the rest to the table', async () => {
  const { db } = memoryDb();
  const excerpts = createTextExcerpts(db);
  await excerpts.save(content, 'secret');
  expect(await excerpts.read(content)).toBe('secret');

  await excerpts.forget(content, '2026-11-20T12:00:00.000Z');

  expect(await excerpts.read(content)).toBeUndefined();
  expect(await getItem(db, keys.text('acme', 'F1', 'U1'))).toMatchObject({
    [timeToLiveAttribute]: Date.parse('2026-11-20T12:00:00.000Z') / 1000,
  });
});
