import { describe, expect, it } from 'vitest';
import { listFiles, matches, type SharedFile } from '../../../lambdas/core/files/list.ts';
import { planListing } from '../../../lambdas/core/files/list-plan.ts';
import { caller, file, startOfTime } from '../../support/domain.ts';

const alice = caller();
const admin = caller({ user: { userId: 'root', role: 'admin' } });
const names = { segmentMaxBytes: 255, pathMaxBytes: 1_024 };
const plan = (request: object, who = alice) => planListing({ limit: 20, ...request }, who, names);
const refused = (code: string) => expect.objectContaining({ code });

describe('a listing', () => {
  it('is by time over all files, by name within one folder', () => {
    expect(plan({})).toMatchObject({ index: 'owner', descending: true, ownerId: 'alice', tenantId: 'acme' });
    expect(plan({ path: 'photos/' })).toMatchObject({
      index: 'folder',
      descending: false,
      path: { folder: '/photos', recursive: false },
    });
    expect(plan({ path: '/photos', recursive: true })).toMatchObject({
      index: 'owner',
      path: { recursive: true },
    });
  });

  it.each([
    ['createdAt', 'owner'],
    ['updatedAt', 'updated'],
    ['size', 'size'],
    ['name', 'folder'],
  ])('sorted by %s reads the index %s, either way', (sort, index) => {
    expect(plan({ path: '/photos', sort })).toMatchObject({ index, descending: false });
    expect(plan({ path: '/photos', sort: `-${sort}` })).toMatchObject({ index, descending: true });
  });

  it.each([
    { sort: 'name' },
    { sort: 'colour' },
    { path: '/a', recursive: true, sort: 'name' },
    { path: '/a', status: 'deleted', sort: 'name' },
    { status: 'purged' },
    { status: 'constructor' },
    { from: '2026-11-21T00:00:00.000Z', to: '2026-11-20T00:00:00.000Z' },
    { offset: 20, cursor: 'C' },
  ])('is refused for %j, with what would do', (request) => {
    expect(() => plan(request)).toThrow(refused('validation_failed'));
  });

  it('never shows purged files, and those of the trash only where they are asked for', () => {
    for (const status of [undefined, 'available', 'pending', 'ended', 'ready']) {
      const { statuses } = plan(status ? { status } : {});
      expect(statuses).not.toContain('purged');
      expect(statuses).not.toContain('deleted');
    }
    expect(plan({ status: 'deleted', path: '/a' })).toMatchObject({ index: 'owner', statuses: ['deleted'] });
  });
});

describe("other people's files", () => {
  it('are for admins: of one user, or of all by status', () => {
    expect(plan({ owner: 'bob', path: '/' }, admin)).toMatchObject({ index: 'folder', ownerId: 'bob' });
    const all = plan({ owner: 'all', status: 'pending', sort: 'createdAt' }, admin);
    expect(all).toMatchObject({ index: 'status', descending: false });
    expect(all).not.toHaveProperty('ownerId');
  });

  it.each(['bob', 'nobody', 'all'])('as owner=%s are refused to a user, there or not', (owner) => {
    expect(() => plan({ owner, status: 'ready' })).toThrow(refused('forbidden'));
  });

  it.each(['self', 'alice'])('owner=%s is oneself', (owner) => {
    expect(plan({ owner })).toMatchObject({ ownerId: 'alice' });
  });

  it.each([
    {},
    { status: 'ready', path: '/' },
    { status: 'ready', sort: 'name' },
    { status: 'ready', sort: '-size' },
  ])('of all owners are refused for %j, with what would do', (request) => {
    expect(() => plan({ owner: 'all', ...request }, admin)).toThrow(refused('validation_failed'));
  });
});

describe('a filter over whole files', () => {
  const found = file({
    path: '/a/b',
    mimeType: 'image/png',
    tags: ['é'],
    category: 'photo',
    status: 'ready',
  });
  it.each<[object, boolean]>([
    [{}, true],
    [{ status: 'ready' }, true],
    [{ status: 'failed' }, false],
    [{ path: '/a/b' }, true],
    [{ path: '/a' }, false],
    [{ path: '/a', recursive: true }, true],
    [{ path: '/', recursive: true }, true],
    [{ path: '/a/bc', recursive: true }, false],
    [{ type: 'image' }, true],
    [{ type: 'image/png' }, true],
    [{ type: 'imag' }, false],
    [{ type: 'image/jpeg' }, false],
    [{ tag: 'e\u0301' }, true],
    [{ tag: 'e' }, false],
    [{ category: 'photo' }, true],
    [{ category: 'scan' }, false],
    [{ from: startOfTime, to: startOfTime }, true],
    [{ from: '2026-11-20T12:00:00.001Z' }, false],
    [{ to: '2026-11-20T11:59:59.999Z' }, false],
  ])('of %j: %s', (request, shown) => {
    expect(matches(plan({ ...request, sort: '-updatedAt' }), found)).toBe(shown);
  });
});

describe('what is shared with somebody', () => {
  const share = {
    tenantId: 'acme',
    fileId: 'F1',
    userId: 'alice',
    access: 'read',
    createdAt: startOfTime,
    createdBy: 'bob',
  } as const;
  const ofBob = file({ ownerId: 'bob', status: 'ready' });
  const list = async (items: readonly SharedFile[], request: object = {}, who = alice) => {
    const store = {
      listFiles: async () => ({ items: [] }),
      sharedFiles: async () => ({ items, nextCursor: 'C' }),
    };
    const deps = { store, names, now: () => startOfTime };
    return listFiles(deps, who, { limit: 20, shared: true, ...request });
  };

  it('shows how and until when', async () => {
    const expiresAt = '2026-12-01T00:00:00.000Z';
    const { files, nextCursor } = await list([{ file: ofBob, share: { ...share, expiresAt } }]);
    expect(files).toMatchObject([{ id: 'F1', share: { access: 'read', createdAt: startOfTime, expiresAt } }]);
    expect(nextCursor).toBe('C');
  });

  it('is for admins too, who could see the file without it', async () => {
    const boss = caller({ user: { userId: 'alice', role: 'admin' } });
    expect((await list([{ file: ofBob, share }], {}, boss)).files).toMatchObject([{ id: 'F1' }]);
  });

  it.each<[string, SharedFile]>([
    ['an expired share', { file: ofBob, share: { ...share, expiresAt: startOfTime } }],
    ['a file in the trash', { file: { ...ofBob, status: 'deleted' }, share }],
    ['a purged file', { file: { ...ofBob, status: 'purged' }, share }],
    ['a share with somebody else', { file: ofBob, share: { ...share, userId: 'carol' } }],
    ["another tenant's file", { file: { ...ofBob, tenantId: 'globex' }, share }],
  ])('leaves out %s', async (_what, item) => {
    expect((await list([item])).files).toEqual([]);
  });

  it('can be filtered by what the file is, not by where its owner keeps it', async () => {
    expect((await list([{ file: ofBob, share }], { type: 'text' })).files).toEqual([]);
    for (const request of [{ path: '/' }, { owner: 'bob' }, { offset: 1 }, { sort: 'name' }]) {
      await expect(list([], request)).rejects.toEqual(refused('validation_failed'));
    }
  });
});
