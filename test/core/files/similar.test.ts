import { describe, expect, it } from 'vitest';
import { effectsOf } from '../../../lambdas/core/files/effects.ts';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { type SimilarDeps, similarFiles } from '../../../lambdas/core/files/similar.ts';
import { bandsOf } from '../../../lambdas/core/images/hash-bands.ts';
import type { Share } from '../../../lambdas/core/tenancy/access.ts';
import { caller, file, startOfTime } from '../../support/domain.ts';

const picture = (fileId: string, perceptualHash: string, over: Partial<FileRecord> = {}): FileRecord =>
  file({ fileId, status: 'ready', perceptualHash, ...over });

const hash = '0000000000000000';

/** Files that are noted under the bands of their hashes, and the shares among them. */
function library(files: readonly FileRecord[], shares: readonly Share[] = []): SimilarDeps {
  const find = (fileId: string) => files.find((one) => one.fileId === fileId);
  return {
    now: () => startOfTime,
    store: {
      file: async ({ tenantId, fileId }) => {
        const found = find(fileId);
        return found?.tenantId === tenantId ? found : undefined;
      },
      files: async (tenantId, ids) =>
        ids.flatMap((id) => find(id) ?? []).filter((one) => one.tenantId === tenantId),
      share: async ({ fileId }, userId) =>
        shares.find((share) => share.fileId === fileId && share.userId === userId),
      resemblances: async (tenantId, bands) =>
        files
          .filter((one) => one.tenantId === tenantId)
          .flatMap(({ fileId, ownerId, perceptualHash = '' }) =>
            bandsOf(perceptualHash)
              .filter((own) => bands.some(({ band, value }) => band === own.band && value === own.value))
              .map(() => ({ fileId, ownerId, perceptualHash })),
          ),
    },
  };
}

const all = { maxDistance: 9, limit: 20 };
const found = async (deps: SimilarDeps, request = all) =>
  (await similarFiles(deps, caller(), 'F1', request)).answer.files.map(({ file: { id }, distance }) => [
    id,
    distance,
  ]);

describe('files that look alike', () => {
  it('are shown nearest first, within the distance that was asked for, without the file itself', async () => {
    const deps = library([
      picture('F1', hash),
      picture('far', 'ffffffff00000000'),
      picture('near', '0000000000000007'),
      picture('same', hash),
      picture('nearer', '8000000000000000'),
    ]);

    expect(await found(deps)).toEqual([
      ['same', 0],
      ['nearer', 1],
      ['near', 3],
    ]);
    expect(await found(deps, { maxDistance: 1, limit: 20 })).toEqual([
      ['same', 0],
      ['nearer', 1],
    ]);
    expect(await found(deps, { maxDistance: 9, limit: 1 })).toEqual([['same', 0]]);
  });

  it('are shown only where the caller may read them as they are now', async () => {
    const share: Share = {
      ...{ tenantId: 'acme', fileId: 'shared', userId: 'alice', access: 'read' },
      ...{ createdAt: startOfTime, createdBy: 'bob' },
    };
    const deps = library(
      [
        picture('F1', hash),
        picture('private', hash, { ownerId: 'bob' }),
        picture('shared', hash, { ownerId: 'bob', shareCount: 1 }),
        picture('notWithMe', hash, { ownerId: 'bob', shareCount: 1 }),
        picture('foreign', hash, { tenantId: 'globex' }),
        picture('trash', hash, { status: 'deleted' }),
        picture('purged', hash, { status: 'purged' }),
      ],
      [share],
    );

    expect(await found(deps)).toEqual([['shared', 0]]);
    const admin = caller({ user: { userId: 'ann', role: 'admin' } });
    const { answer } = await similarFiles(deps, admin, 'F1', all);
    expect(answer.files.map(({ file: { id } }) => id).sort()).toEqual(['notWithMe', 'private', 'shared']);
  });

  it("of the caller's own are found among any number of other people's copies", async () => {
    const theirs = Array.from({ length: 400 }, (_, at) => picture(`B${at}`, hash, { ownerId: 'bob' }));
    const deps = library([picture('F1', hash), ...theirs, picture('mine', '0000000000000003')]);

    expect(await found(deps)).toEqual([['mine', 2]]);
  });

  it('are judged by what they look like now, whatever was noted', async () => {
    const deps = library([picture('F1', hash), picture('changed', hash)]);
    const store = {
      ...deps.store,
      files: async () => [picture('changed', 'ffffffffffffffff')],
    };

    expect(await found({ ...deps, store })).toEqual([]);
  });

  it('are none of a file that is no picture', async () => {
    const { perceptualHash: _, ...plain } = picture('F1', hash);

    expect(await found(library([plain, picture('other', hash)]))).toEqual([]);
  });

  it('are not told of a file that the caller may not read', async () => {
    const deps = library([picture('F1', hash, { ownerId: 'bob' }), picture('mine', hash)]);

    await expect(similarFiles(deps, caller(), 'F1', all)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('where a picture is noted', () => {
  const before = picture('F1', hash);

  it.each([
    ['goes into the trash', { status: 'deleted' }, { releases: hash }],
    ['is purged', { status: 'purged' }, { releases: hash }],
    ['gets other content', { status: 'stored', perceptualHash: undefined }, { releases: hash }],
    [
      'gets back another look',
      { perceptualHash: 'f'.repeat(16) },
      { releases: hash, claims: 'f'.repeat(16) },
    ],
    ['is processed once more', { status: 'processing' }, undefined],
    ['is renamed', { filename: 'other.jpg' }, undefined],
  ] as const)('follows when it %s', (_, change, resembles) => {
    const after = { ...before, ...change } as FileRecord;

    expect(effectsOf({ before, after }).resembles).toEqual(resembles);
  });

  it('begins when it is known what it looks like, and again out of the trash', () => {
    const { perceptualHash: _, ...unknown } = before;

    expect(effectsOf({ before: { ...unknown, status: 'processing' }, after: before }).resembles).toEqual({
      claims: hash,
    });
    expect(effectsOf({ before: { ...before, status: 'deleted' }, after: before }).resembles).toEqual({
      claims: hash,
    });
  });

  it('is nowhere while it is the content that is to replace a file', () => {
    const upload = { ...before, isReplacement: true } as const;

    expect(
      effectsOf({ before: { ...upload, status: 'inspecting' }, after: upload }).resembles,
    ).toBeUndefined();
  });
});
