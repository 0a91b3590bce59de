import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { indexFiles } from '../../../lambdas/core/search/index-files.ts';
import { type SearchDeps, search } from '../../../lambdas/core/search/search.ts';
import type { Share } from '../../../lambdas/core/tenancy/access.ts';
import type { Caller } from '../../../lambdas/core/tenancy/caller.ts';
import { caller, file, startOfTime } from '../../support/domain.ts';
import { memoryIndex } from '../../support/searching.ts';

const alice = caller({ user: { userId: 'alice' } });
const bob = caller({ user: { userId: 'bob' } });
const admin = caller({ user: { userId: 'eve', role: 'admin' } });

/** A tenant's files, the index that is told of them, and who searches it. */
function office(...given: Partial<FileRecord>[]) {
  const files = new Map<string, FileRecord>();
  const shares: Share[] = [];
  const texts = new Map<string, string>();
  const { index } = memoryIndex();
  const asked = { excerpts: 0 };
  const deps: SearchDeps = {
    index,
    bounds: defaultLimits.search,
    names: defaultLimits.names,
    now: () => startOfTime,
    reads: {
      files: async (_, ids) => ids.flatMap((id) => files.get(id) ?? []),
      sharesOf: async (_, userId, ids) =>
        shares.filter((share) => share.userId === userId && ids.includes(share.fileId)),
      sharedFileIds: async (_, userId, max) =>
        shares
          .filter((share) => share.userId === userId)
          .map(({ fileId }) => fileId)
          .slice(0, max),
      excerpts: async (some) => {
        asked.excerpts += some.length;
        return new Map(some.map(({ fileId }) => [fileId, texts.get(fileId) ?? '']));
      },
    },
  };
  const indexing = {
    index,
    files: deps.reads.files,
    text: async ({ fileId }: FileRecord) => texts.get(fileId) ?? '',
    textMaxCharacters: 1_000,
  };
  const set = (over: Partial<FileRecord>, text?: string): FileRecord => {
    const known = files.get(over.fileId ?? 'F1') ?? file({ status: 'ready', createdAt: startOfTime });
    const changed = { ...known, ...over, revision: known.revision + 1 };
    if (text !== undefined) texts.set(changed.fileId, text);
    files.set(changed.fileId, {
      ...changed,
      ...(texts.has(changed.fileId) && { text: { key: 'k', characters: 1, truncated: false } }),
    });
    return changed;
  };
  const told = async (...fileIds: string[]) =>
    indexFiles(
      indexing,
      fileIds.map((fileId) => ({ tenantId: 'acme', fileId })),
    );
  const found = async (q: string, who: Caller = alice, more = {}) =>
    (await search(deps, who, { q, limit: 20, ...more })).hits.map((hit) => hit.file.id);
  for (const over of given) set(over);
  return { deps, files, shares, set, told, found, asked };
}

describe('who finds what', () => {
  it('is what the table says at this moment, not what the index remembers', async () => {
    const { told, found, set, files } = office(
      { fileId: 'F1', filename: 'plan one.txt' },
      { fileId: 'F2', filename: 'plan two.txt' },
      { fileId: 'F3', filename: 'plan three.txt' },
      { fileId: 'F4', filename: 'plan four.txt' },
    );
    await told('F1', 'F2', 'F3', 'F4');

    set({ fileId: 'F1', status: 'deleted' });
    files.delete('F2');
    set({ fileId: 'F3', ownerId: 'bob' });

    expect(await found('plan')).toEqual(['F4']);
  });

  it('are the own files, those that are shared, and for admins all', async () => {
    const { told, found, shares } = office(
      { fileId: 'F1', filename: 'plan.txt', ownerId: 'alice' },
      { fileId: 'F2', filename: 'plan.txt', ownerId: 'bob' },
      { fileId: 'F3', filename: 'plan.txt', ownerId: 'bob' },
    );
    await told('F1', 'F2', 'F3');
    const share = { tenantId: 'acme', fileId: 'F2', userId: 'alice', access: 'read' as const };
    shares.push({ ...share, createdAt: startOfTime, createdBy: 'bob' });

    expect((await found('plan', alice)).sort()).toEqual(['F1', 'F2']);
    expect((await found('plan', bob)).sort()).toEqual(['F2', 'F3']);
    expect((await found('plan', admin)).sort()).toEqual(['F1', 'F2', 'F3']);
    expect(await found('plan', admin, { owner: 'alice' })).toEqual(['F1']);
    expect(await found('plan', alice, { owner: 'self' })).toEqual(['F1']);
  });

  it('ends with the share, also where a listing of shares is behind', async () => {
    const { told, found, shares } = office({ fileId: 'F2', filename: 'plan.txt', ownerId: 'bob' });
    await told('F2');
    const share = { tenantId: 'acme', fileId: 'F2', userId: 'alice', access: 'read' as const };
    shares.push({ ...share, createdAt: startOfTime, createdBy: 'bob', expiresAt: startOfTime });

    expect(await found('plan', alice)).toEqual([]);
  });

  it('fills a page from what stands behind files that are gone', async () => {
    const ids = Array.from({ length: 12 }, (_, number) => `F${number}`);
    const { told, found, files } = office(...ids.map((fileId) => ({ fileId, filename: 'plan.txt' })));
    await told(...ids);
    for (const fileId of ['F0', 'F1', 'F10']) files.delete(fileId);

    expect(await found('plan', alice, { limit: 3 })).toHaveLength(3);
  });
});

describe('a page of hits', () => {
  it('tells with each file how well it answers, and where', async () => {
    const { deps, set, told } = office();
    set({ fileId: 'F1', filename: 'Annual-Report.pdf', tags: ['reports'], metadata: { about: 'a Report' } });
    set({ fileId: 'F2', filename: 'other.txt' }, 'Nothing but one report in many words.');
    await told('F1', 'F2');

    const { hits } = await search(deps, alice, { q: 'report', limit: 20 });

    expect(hits.map((hit) => hit.file.id)).toEqual(['F1', 'F2']);
    expect(hits[0]?.score).toBeGreaterThan(hits[1]?.score ?? 0);
    expect(hits[0]?.highlights).toEqual([
      {
        field: 'name',
        fragments: [
          { text: 'Annual-', match: false },
          { text: 'Report', match: true },
          { text: '.pdf', match: false },
        ],
      },
      {
        field: 'tags',
        fragments: [
          { text: 'report', match: true },
          { text: 's', match: false },
        ],
      },
      {
        field: 'metadata',
        key: 'about',
        fragments: [
          { text: 'a ', match: false },
          { text: 'Report', match: true },
        ],
      },
    ]);
    expect(hits[1]?.highlights).toEqual([
      {
        field: 'text',
        fragments: [
          { text: 'Nothing but one ', match: false },
          { text: 'report', match: true },
          { text: ' in many words.', match: false },
        ],
      },
    ]);
  });

  it('reads texts for those hits alone that nothing else explains', async () => {
    const { set, told, found, asked } = office();
    set({ fileId: 'F1', filename: 'report.pdf' }, 'a report');
    set({ fileId: 'F2', filename: 'other.txt' }, 'a report');
    await told('F1', 'F2');

    await found('report');

    expect(asked.excerpts).toBe(1);
  });

  it('looks at the beginning of a long text alone', async () => {
    const { set, told, found } = office();
    set({ fileId: 'F1', filename: 'long.txt' }, `early ${'word '.repeat(300)}late`);
    await told('F1');

    expect(await found('early')).toEqual(['F1']);
    expect(await found('late')).toEqual([]);
  });

  it('is found by what its content says of itself', async () => {
    const { told, found } = office({
      fileId: 'F1',
      filename: '07.mp3',
      details: { artist: 'Ella Fitzgerald', title: 'Summertime' },
    });
    await told('F1');

    expect(await found('fitzgerald summertime')).toEqual(['F1']);
  });

  it('holds the filter against the file as it is now', async () => {
    const { set, told, found } = office({ fileId: 'F1', filename: 'plan.txt', path: '/a', tags: ['red'] });
    await told('F1');
    set({ fileId: 'F1', path: '/b', tags: [] });

    expect(await found('plan', alice, { path: '/a' })).toEqual([]);
    expect(await found('plan', alice, { tag: 'red' })).toEqual([]);
    expect(await found('plan')).toEqual(['F1']);
  });

  it('finds what is being processed by that status, though the index is not told', async () => {
    const { set, told, found } = office({ fileId: 'F1', filename: 'plan.txt', status: 'ready' });
    await told('F1');
    set({ fileId: 'F1', status: 'processing' });

    expect(await found('plan', alice, { status: 'processing' })).toEqual(['F1']);
    expect(await found('plan', alice, { status: 'available' })).toEqual(['F1']);
    expect(await found('plan', alice, { status: 'ready' })).toEqual([]);
  });
});

describe('a question that cannot be answered', () => {
  it.each([
    ['nothing to search for', { q: ' … ' }, /GET \/storage\/files/],
    ['too long', { q: 'a'.repeat(257) }, /at most 256 characters/],
    [
      'too many words',
      { q: 'aa bb cc dd ee ff gg hh ii jj kk ll mm nn oo pp qq rr ss tt uu' },
      /at most 20 words/,
    ],
    ['a status of files that are not found', { status: 'deleted' }, /stored, processing, ready, failed/],
    ['sizes the wrong way round', { minSize: 2, maxSize: 1 }, /maxSize/],
    ['times the wrong way round', { from: '2026-02-01', to: '2026-01-01' }, /to: /],
    ['a path that is none', { path: '/../x' }, /path/],
    ['a cursor of something else', { cursor: 'e30' }, /Start again without a cursor/],
  ])('says why: %s', async (_, more, words) => {
    const { deps } = office();

    await expect(search(deps, alice, { q: 'plan', limit: 20, ...more })).rejects.toThrow(words);
  });
});
