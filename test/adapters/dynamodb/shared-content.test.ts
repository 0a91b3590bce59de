import { describe, expect, it } from 'vitest';
import { commit } from '../../../lambdas/adapters/dynamodb/commit.ts';
import { commitAll } from '../../../lambdas/adapters/dynamodb/commit-all.ts';
import { createContentHolders } from '../../../lambdas/adapters/dynamodb/content-store.ts';
import { usageOf } from '../../../lambdas/adapters/dynamodb/counters.ts';
import { fileItem } from '../../../lambdas/adapters/dynamodb/file-item.ts';
import { createFileStore } from '../../../lambdas/adapters/dynamodb/file-store.ts';
import { createReconcileStore } from '../../../lambdas/adapters/dynamodb/reconcile-store.ts';
import { createTenantEraser } from '../../../lambdas/adapters/dynamodb/tenant-eraser.ts';
import { keys } from '../../../lambdas/contract/table.ts';
import { edit } from '../../../lambdas/core/files/change.ts';
import {
  type ContentMove,
  found,
  joined,
  left,
  paidByOthers,
  type SharedContent,
} from '../../../lambdas/core/files/shared-content.ts';
import { file, startOfTime } from '../../support/domain.ts';
import { memoryDb } from '../../support/memory-dynamodb/client.ts';

const settings = { retryMs: 100, publishDelaySeconds: 120, inactivitySeconds: 900 };
const ref = { tenantId: 'acme', sha256: 'S+/=', size: 10 };
const location = { key: 'K', versionId: 'V' };

/** A table with files; each call is one change of one of them. */
function world() {
  const { db, table } = memoryDb();
  const store = createFileStore(db, settings);
  const doIt = async (fileId: string, ...contents: ContentMove[]) => {
    const before = file({ fileId, status: 'ready', accounting: 'used', size: 10 });
    table.put({ ...fileItem(before) });
    const change = edit(before, { at: startOfTime, eventId: fileId, type: 'file.changed', contents });
    return commit(db, settings)(change);
  };
  const content = async () => (await store.content(ref)) as SharedContent;
  const tenantBytes = () => usageOf(table.get({ ...keys.tenantCounter('acme') })).committedBytes;
  return { db, table, store, doIt, content, tenantBytes, holders: createContentHolders(db) };
}

describe('a content in the table', () => {
  it('is founded by one file only, and found by its bytes and by its object', async () => {
    const { doIt, content, holders } = world();
    expect(await doIt('F1', found(ref, location))).toBe('committed');
    expect(await doIt('F2', found(ref, { key: 'L', versionId: 'W' }))).toBe('changed');

    expect(await content()).toEqual(expect.objectContaining({ ...ref, location, paid: 1, unpaid: 0 }));
    expect(await holders.contentIn('acme', 'V')).toMatchObject(ref);
    expect(await holders.contentIn('acme', 'W')).toBeUndefined();
    expect(await holders.contentIn('globex', 'V')).toBeUndefined();
  });

  it('is joined by any number of files at once, and left by all but the last', async () => {
    const { doIt, content, holders, tenantBytes } = world();
    await doIt('F1', found(ref, location));
    const read = await content();
    expect(await doIt('F2', joined(read, 'once'))).toBe('committed');
    expect(await doIt('F3', joined(read, 'each'))).toBe('committed');
    expect(await holders.holders(ref)).toEqual(['F1', 'F2', 'F3']);
    expect(await content()).toMatchObject({ paid: 2, unpaid: 1 });
    expect(tenantBytes()).toBe(-10);

    const before = await content();
    expect(await doIt('F1', left(before))).toBe('committed');
    // As it was read it would be one of two that count.
    expect(await doIt('F2', left(before))).toBe('changed');
    expect(await doIt('F2', left(await content()))).toBe('committed');
    expect(tenantBytes()).toBe(0);
    expect(await content()).toMatchObject({ paid: 1, unpaid: 0 });
  });

  it('ends with its last file, and not while somebody comes to it', async () => {
    const { doIt, content, holders, store } = world();
    await doIt('F1', found(ref, location));
    const alone = await content();
    await doIt('F2', joined(alone, 'once'));
    expect(await doIt('F1', left(alone))).toBe('changed');
    await doIt('F1', left(await content()));
    const last = await content();
    expect(await doIt('F2', left(last))).toBe('committed');

    expect(await store.content(ref)).toBeUndefined();
    expect(await holders.contentIn('acme', 'V')).toBeUndefined();
    expect(await holders.holders(ref)).toEqual([]);
    expect(await doIt('F3', joined(last, 'once'))).toBe('changed');
  });

  it('is left by all files of one bulk deletion but the last, which looks again', async () => {
    const { db, table, doIt, content, store } = world();
    const ids = ['F1', 'F2', 'F3', 'F4', 'F5'];
    await doIt('F1', found(ref, location));
    for (const fileId of ids.slice(1)) await doIt(fileId, joined(await content(), 'each'));
    const read = await content();
    const changes = ids.map((fileId) => {
      const before = file({ fileId, status: 'ready', accounting: 'used', size: 10 });
      table.put({ ...fileItem(before) });
      const event = { at: startOfTime, eventId: `D${fileId}`, type: 'file.changed' as const };
      return edit(before, { ...event, contents: [left(read)] });
    });

    const outcomes = await commitAll(db, settings)(changes);
    expect(outcomes.toSorted()).toEqual(['changed', ...Array(4).fill('committed')]);
    const last = ids[outcomes.indexOf('changed')] ?? '';
    expect(await doIt(last, left(await content()))).toBe('committed');
    expect(await store.content(ref)).toBeUndefined();
  });

  it('is another one where it was founded anew meanwhile', async () => {
    const { doIt, content } = world();
    await doIt('F1', found(ref, location));
    const read = await content();
    await doIt('F1', left(read));
    await doIt('F2', found(ref, { key: 'L', versionId: 'W' }));
    expect(await doIt('F3', joined(read, 'each'))).toBe('changed');
  });

  it('takes nobody in once malware was found in it; closing what has ended brings nothing back', async () => {
    const { doIt, content, holders, store } = world();
    await doIt('F1', found(ref, location));
    await holders.closeContent(ref);
    expect((await content()).closed).toBe(true);
    expect(await doIt('F2', joined(await content(), 'each'))).toBe('changed');
    await doIt('F1', left(await content()));
    await holders.closeContent(ref);
    expect(await store.content(ref)).toBeUndefined();
  });

  it('is paid by another where a file keeps it without counting', async () => {
    const { doIt, content, tenantBytes } = world();
    await doIt('F1', found(ref, location));
    await doIt('F2', joined(await content(), 'once'));
    const move = paidByOthers(await content());
    if (move) await doIt('F1', move);
    expect(await content()).toMatchObject({ paid: 2, unpaid: 0 });
    expect(tenantBytes()).toBe(0);
  });

  it('tells what the tenant does not pay, and goes with the tenant', async () => {
    const { db, doIt, content, table } = world();
    await doIt('F1', found(ref, location));
    await doIt('F2', joined(await content(), 'once'));
    await doIt('F3', joined(await content(), 'once'));
    expect(await createReconcileStore(db, settings).unpaidBytes('acme')).toBe(20);

    expect(await createTenantEraser(db).sharedContents('acme')).toBe(true);
    expect(table.get({ ...keys.content(ref) })).toBeUndefined();
    expect(table.get({ ...keys.contentObject('acme', 'V') })).toBeUndefined();
    expect(table.get({ ...keys.contentHolder(ref, 'F1') })).toBeUndefined();
  });
});
