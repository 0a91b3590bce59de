import { describe, expect, it } from 'vitest';
import { keys } from '../../../lambdas/contract/table.ts';
import { mergeMaxSegments } from '../../../lambdas/core/search/merge-policy.ts';
import { buildSegment } from '../../../lambdas/core/search/segment/build.ts';
import { memoryIndex } from '../../support/searching.ts';

const segment = (fileId: string) => buildSegment([{ fileId, revision: 1 }], 0);

async function withSegments(count: number) {
  const world = memoryIndex();
  for (let number = 0; number < count; number += 1) await world.store.add('acme', segment(`F${number}`));
  return world;
}

describe('the list of segments', () => {
  it('holds what was added, by whoever added at the same time', async () => {
    const { store, objects } = memoryIndex();

    await Promise.all(['F1', 'F2', 'F3'].map((fileId) => store.add('acme', segment(fileId))));

    expect(await store.list('acme')).toHaveLength(3);
    expect(objects.objects.size).toBe(3);
  });

  it('is nobody’s where the tenant is gone or going, and leaves nothing behind', async () => {
    const { store, objects, table } = memoryIndex([]);

    expect(await store.add('acme', segment('F1'))).toBeUndefined();
    table.put({ ...keys.tenant('acme'), tenantId: 'acme', status: 'erasing' });
    expect(await store.add('acme', segment('F1'))).toBeUndefined();

    expect(objects.objects.size).toBe(0);
    expect(table.get({ ...keys.searchIndex('acme') })).toBeUndefined();
  });

  it('keeps no segment whose tenant’s erasure began while it was written', async () => {
    const { store, objects, table } = memoryIndex();
    const { put } = objects;
    objects.put = async (...args) => {
      await put(...args);
      table.put({ ...keys.tenant('acme'), tenantId: 'acme', status: 'erasing' });
    };

    expect(await store.add('acme', segment('F1'))).toBeUndefined();

    expect(objects.objects.size).toBe(0);
  });

  it('writes segments under the tenant’s own key', async () => {
    const { store, objects, table } = memoryIndex();
    table.put({ ...keys.tenant('acme'), tenantId: 'acme', status: 'active', encryptionKey: 'arn:key' });
    const written: (string | undefined)[] = [];
    objects.put = async (_tenant, _id, _bytes, encryptionKey) => void written.push(encryptionKey);

    await store.add('acme', segment('F1'));

    expect(written).toEqual(['arn:key']);
  });
});

describe('a merge', () => {
  it('is for one at a time', async () => {
    const { store } = await withSegments(2);

    expect(await store.claimMerge('acme')).toBeDefined();
    expect(await store.claimMerge('acme')).toBeUndefined();
  });

  it('takes the place of its inputs, which stay for those who are reading them', async () => {
    const { store, objects, time } = await withSegments(3);
    const claim = await store.claimMerge('acme');
    const inputs = claim?.segments.slice(0, 2) ?? [];

    expect(await claim?.replace(inputs, segment('F9'))).toBe(true);

    expect(await store.list('acme')).toHaveLength(2);
    expect(objects.objects.size).toBe(4);
    time.now += 61_000;
    await store.add('acme', segment('F10'));
    expect(await store.list('acme')).toHaveLength(3);
    expect(objects.objects.size).toBe(3);
  });

  it('takes the place of as many as one may have', async () => {
    const { store } = await withSegments(mergeMaxSegments);
    const claim = await store.claimMerge('acme');

    expect(await claim?.replace(claim.segments, segment('F9'))).toBe(true);

    expect(await store.list('acme')).toHaveLength(1);
  });

  it('leaves what was added meanwhile', async () => {
    const { store } = await withSegments(2);
    const claim = await store.claimMerge('acme');
    await store.add('acme', segment('F7'));

    await claim?.replace(claim.segments, segment('F9'));

    expect(await store.list('acme')).toHaveLength(2);
  });

  it('that has taken too long changes nothing, and whoever comes next removes what a crash left', async () => {
    const { store, objects, time } = await withSegments(2);
    const late = await store.claimMerge('acme');
    time.now += 181_000;
    const next = await store.claimMerge('acme');

    expect(await late?.replace(late.segments, segment('F9'))).toBe(false);
    expect(objects.objects.size).toBe(2);
    expect(await next?.replace(next.segments, segment('F9'))).toBe(true);
    expect(await store.list('acme')).toHaveLength(1);
  });

  it('that finds nothing to do lets the next one try', async () => {
    const { store } = await withSegments(2);

    await (await store.claimMerge('acme'))?.release();

    expect(await store.claimMerge('acme')).toBeDefined();
  });
});
