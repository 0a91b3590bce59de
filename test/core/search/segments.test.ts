import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeMaxSegments, planMerge } from '../../../lambdas/core/search/merge-policy.ts';
import type { DocumentChange, SearchDocument } from '../../../lambdas/core/search/ports.ts';
import { allHits, ask, memoryIndex } from '../../support/searching.ts';

const document = (over: Partial<SearchDocument> = {}): SearchDocument => ({
  ownerId: 'alice',
  path: '/',
  filename: 'file.txt',
  tags: [],
  metadata: {},
  mimeType: 'text/plain',
  size: 1,
  status: 'ready',
  createdAt: '2026-11-20T10:00:00.000Z',
  updatedAt: '2026-11-20T10:00:00.000Z',
  text: '',
  ...over,
});

const named = (fileId: string, filename: string, revision = 1): DocumentChange => ({
  fileId,
  revision,
  document: document({ filename }),
});

describe('the index of segments', () => {
  it('finds a change in the search after it, and what was before it no more', async () => {
    const { index } = memoryIndex();

    await index.update('acme', [named('F1', 'apple.txt', 1)]);
    await index.update('acme', [named('F1', 'pear.txt', 2)]);

    expect(await allHits(index, ask('pear'))).toEqual(['F1']);
    expect(await allHits(index, ask('apple'))).toEqual([]);
  });

  it('forgets what is gone, and does not take back what was late', async () => {
    const { index } = memoryIndex();

    await index.update('acme', [{ fileId: 'F1', revision: 3 }]);
    await index.update('acme', [named('F1', 'apple.txt', 2)]);

    expect(await allHits(index, ask('apple'))).toEqual([]);
  });

  it('forgets in the end that there was a file', async () => {
    const { index, store, time } = memoryIndex();
    await index.update('acme', [{ fileId: 'F1', revision: 1 }]);
    time.now += 7_200_000;

    for (let number = 0; number < 8; number += 1) await index.update('acme', [named(`N${number}`, 'a.txt')]);

    expect((await store.list('acme')).map(({ documents }) => documents)).toEqual([8]);
  });

  it('is the same in whatever order, batches and repetitions changes come', async () => {
    const wordOf = ['', 'alpha', 'bravo', 'cocoa', 'dingo', 'ember', 'foxes'];
    const change = fc.record({
      file: fc.integer({ min: 0, max: 5 }),
      revision: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 14 }), async (batches) => {
        const { index } = memoryIndex();
        const newest = new Map<number, number>();
        for (const batch of batches) {
          await index.update(
            'acme',
            batch.map(({ file, revision }) =>
              // Every third revision is a removal.
              revision % 3 === 0
                ? { fileId: `F${file}`, revision }
                : named(`F${file}`, `${wordOf[revision]}.txt`, revision),
            ),
          );
          for (const { file, revision } of batch) newest.set(file, Math.max(newest.get(file) ?? 0, revision));
        }

        for (let revision = 1; revision <= 6; revision += 1) {
          const expected = [...newest].filter(([, last]) => last === revision && revision % 3 !== 0);
          const found = await allHits(index, ask(wordOf[revision] as string, { limit: 1 }));
          expect([...found].sort()).toEqual(expected.map(([file]) => `F${file}`).sort());
        }
      }),
      { numRuns: 60 },
    );
  });

  it('answers the same before and after its segments are merged', async () => {
    const { index, open, store } = memoryIndex();
    const words = ['apple', 'pear', 'plum'];
    const change = (number: number): DocumentChange => ({
      fileId: `F${number}`,
      revision: 1,
      document: document({
        filename: `${words[number % 3]} ${number}.txt`,
        text: `${words[(number + 1) % 3]} jam `.repeat(1 + (number % 4)),
        tags: number % 2 === 0 ? ['fruit'] : [],
      }),
    });
    for (let number = 0; number < 8; number += 1) await index.update('acme', [change(number)]);
    const before = await index.search(ask('apple jam', { limit: 50 }));
    const segmentsBefore = (await store.list('acme')).length;

    await index.update('acme', [{ fileId: 'F99', revision: 1 }]);

    expect((await store.list('acme')).length).toBeLessThan(segmentsBefore);
    expect(await open().search(ask('apple jam', { limit: 50 }))).toEqual(before);
  });

  it('keeps few segments, however many changes there were', async () => {
    const { index, store } = memoryIndex();

    for (let number = 0; number < 100; number += 1)
      await index.update('acme', [named(`F${number}`, `a${number}.txt`)]);

    const segments = await store.list('acme');
    expect(segments.length).toBeLessThanOrEqual(9);
    expect(segments.reduce((sum, { documents }) => sum + documents, 0)).toBe(100);
  });

  it('never mixes tenants', async () => {
    const { index } = memoryIndex(['acme', 'globex']);

    await index.update('acme', [named('F1', 'apple.txt')]);

    expect(await allHits(index, ask('apple', { tenantId: 'globex' }))).toEqual([]);
  });

  it('shows each file once and leaves out none, page by page, among equals too', async () => {
    const { index } = memoryIndex();
    const changes = Array.from({ length: 45 }, (_, number) => named(`F${number}`, 'same name.txt'));
    await index.update('acme', changes);

    for (const limit of [1, 7, 44, 45, 100]) {
      const found = await allHits(index, ask('same', { limit }));
      expect(found).toHaveLength(45);
      expect(new Set(found).size).toBe(45);
    }
  });

  it('puts what was changed last first among equals', async () => {
    const { index } = memoryIndex();
    await index.update('acme', [
      { fileId: 'F1', revision: 1, document: document({ filename: 'apple.txt' }) },
      {
        fileId: 'F2',
        revision: 1,
        document: document({ filename: 'apple.txt', updatedAt: '2026-11-21T10:00:00.000Z' }),
      },
    ]);

    expect(await allHits(index, ask('apple'))).toEqual(['F2', 'F1']);
  });

  it('serves a bounded window of hits', async () => {
    const { index } = memoryIndex();
    await index.update('acme', [named('F1', 'apple.txt')]);
    const cursor = btoa(JSON.stringify([1, 1, 'F1', 1_000]));

    await expect(index.search(ask('apple', { cursor }))).rejects.toThrow(/first 1000 hits/);
    await expect(index.search(ask('apple', { cursor: 'nonsense' }))).rejects.toMatchObject({
      code: 'cursor_invalid',
    });
  });
});

describe('whom files are visible to', () => {
  const changes: DocumentChange[] = [
    ...Array.from({ length: 30 }, (_, number) => ({
      ...named(`B${number}`, 'secret plan.txt'),
      document: document({ filename: 'secret plan.txt', ownerId: 'bob' }),
    })),
    named('A1', 'secret apple.txt'),
    named('A2', 'plan pear.txt'),
  ];

  it('are those of the caller and those that are shared with the caller', async () => {
    const { index } = memoryIndex();
    await index.update('acme', changes);

    const visible = { userId: 'alice', sharedFileIds: ['B3'] };
    expect([...(await allHits(index, ask('secret', { visible })))].sort()).toEqual(['A1', 'B3']);
  });

  it('tells nothing of the others by its scores', async () => {
    const [alone, among] = [memoryIndex(), memoryIndex()];
    await alone.index.update('acme', changes.slice(30));
    await among.index.update('acme', changes);

    const visible = { userId: 'alice', sharedFileIds: [] };
    const question = ask('secret plan', { visible });
    expect(await among.index.search(question)).toEqual(await alone.index.search(question));
  });
});

describe('a filter', () => {
  const files: [string, Partial<SearchDocument>][] = [
    ['F1', { path: '/a', mimeType: 'image/png', size: 10, tags: ['red sea'] }],
    ['F2', { path: '/a/b', mimeType: 'image/jpeg', size: 20, tags: ['red'] }],
    ['F3', { path: '/ab', mimeType: 'text/plain', size: 30, ownerId: 'bob', status: 'failed' }],
    ['F4', { path: '/', size: 40, createdAt: '2020-01-01T00:00:00.000Z' }],
  ];

  it.each([
    [{ type: 'image' }, ['F1', 'F2']],
    [{ type: 'image/png' }, ['F1']],
    [{ path: '/a' }, ['F1', 'F2']],
    [{ path: '/' }, ['F1', 'F2', 'F3', 'F4']],
    [{ ownerId: 'bob' }, ['F3']],
    [{ ownerId: 'nobody' }, []],
    [{ statuses: ['failed' as const] }, ['F3']],
    [{ tag: 'red' }, ['F2']],
    [{ tag: 'red sea' }, ['F1']],
    [{ to: '2020-01-01T00:00:00.000Z' }, ['F4']],
    [{ from: '2020-01-01T00:00:00.001Z' }, ['F1', 'F2', 'F3']],
    [{ minBytes: 20, maxBytes: 30 }, ['F2', 'F3']],
    [{ type: 'image', minBytes: 15 }, ['F2']],
  ])('%j finds %j', async (filter, expected) => {
    const { index } = memoryIndex();
    await index.update(
      'acme',
      files.map(([fileId, over]) => ({
        fileId,
        revision: 1,
        document: document({ filename: 'x.bin', ...over }),
      })),
    );

    expect([...(await allHits(index, ask('x', { filter })))].sort()).toEqual(expected);
  });
});

describe('which segments are merged', () => {
  const bounds = { segmentsMax: 4, mergeMaxBytes: 1_000 };
  const sizes = (...bytes: number[]) =>
    bytes.map((size, index) => ({ id: `S${index}`, bytes: size, headBytes: 1, documents: 1 }));

  it.each([
    ['none while they are few', [9, 1, 1, 1], []],
    ['the smallest, as many as are too many', [100, 30, 13, 4, 1], [1, 4]],
    ['all of about one size', [2, 2, 2, 2, 2], [2, 2, 2, 2, 2]],
    ['with a larger one that is not much larger', [8, 1, 1, 1, 1], [1, 1, 1, 1, 8]],
    ['never more than memory holds', [900, 900, 900, 400, 300, 280], [280, 300, 400]],
    ['not with each change where the large ones are many', [900, 900, 900, 900, 900, 400, 1], []],
    [
      'of what has piled up as many as one update can name',
      Array(500).fill(1),
      Array(mergeMaxSegments).fill(1),
    ],
  ])('%s', (_, given, expected) => {
    expect(planMerge(sizes(...given), bounds).map(({ bytes }) => bytes)).toEqual(expected);
  });
});
