import { describe, expect, it } from 'vitest';
import { type DownloadDeps, downloadUrl } from '../../../lambdas/core/files/download.ts';
import { planListing } from '../../../lambdas/core/files/list.ts';
import { fileView, statusView } from '../../../lambdas/core/files/view.ts';
import type { DownloadRequest } from '../../../lambdas/core/ports.ts';
import { mayAccess } from '../../../lambdas/core/tenancy/access.ts';
import { caller, file } from '../../support/domain.ts';

const alice = caller();
const names = { segmentMaxBytes: 255, pathMaxBytes: 1_024 };
const stored = file({ status: 'ready', libraryKey: 'K', libraryVersionId: 'V', accounting: 'used' });

async function signed(found = stored, request = {}): Promise<DownloadRequest> {
  let asked: DownloadRequest | undefined;
  const deps: DownloadDeps = {
    store: { file: async () => found },
    signer: {
      sign: async (what) => {
        asked = what;
        return { url: 'u', expiresAt: 'e' };
      },
    },
    urlSeconds: { default: 3_600 },
  };
  await downloadUrl(deps, alice, 'F1', request);
  if (!asked) throw new Error('nothing was signed');
  return asked;
}

describe('who may read a file', () => {
  const bob = (role: 'user' | 'admin' | 'root', tenantId = 'acme') =>
    caller({ user: { userId: 'bob', role, tenantId } });
  it.each([
    ['its owner', alice, true],
    ['a colleague', bob('user'), false],
    ["the tenant's admin", bob('admin'), true],
    ["another tenant's admin", bob('admin', 'globex'), false],
    ['another tenant under the same user id', caller({ user: { tenantId: 'globex' } }), false],
  ])('%s', (_who, who, may) => {
    expect(mayAccess(who, stored)).toBe(may);
  });
});

describe('a download', () => {
  it.each(['image/jpeg', 'image/png', 'video/mp4', 'audio/mpeg', 'application/pdf', 'text/plain'])(
    'of %s is shown inline when asked for',
    async (mimeType) => {
      expect((await signed({ ...stored, mimeType }, { disposition: 'inline' })).disposition).toBe('inline');
      expect((await signed({ ...stored, mimeType })).disposition).toBe('attachment');
    },
  );

  it.each([
    'text/html',
    'image/svg+xml',
    'application/xhtml+xml',
    'text/xml',
    'application/octet-stream',
    'text/markdown',
  ])('of %s is saved, never shown, whatever is asked for', async (mimeType) => {
    expect((await signed({ ...stored, mimeType }, { disposition: 'inline' })).disposition).toBe('attachment');
  });

  it('names exactly the version that was promoted', async () => {
    expect(await signed()).toMatchObject({ bucket: 'library', key: 'K', versionId: 'V', seconds: 3_600 });
  });

  it.each(['uploading', 'uploaded', 'inspecting', 'held', 'rejected', 'aborted', 'expired'] as const)(
    'is refused while the file is %s, even if a key is known',
    async (status) => {
      await expect(signed({ ...stored, status })).rejects.toMatchObject({ code: 'upload_state_conflict' });
    },
  );

  it('answers for a purged file as for one that never was', async () => {
    await expect(signed({ ...stored, status: 'purged' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('of a rendition carries its name and type; one that failed says why', async () => {
    const small = { name: 'small', status: 'ready', key: 't/small.webp', mimeType: 'image/webp' } as const;
    const large = { name: 'large', status: 'failed', reason: 'malformed' } as const;
    const found = { ...stored, filename: 'Ferien.JPG', renditions: { small, large } };
    expect(await signed(found, { rendition: 'small' })).toMatchObject({
      bucket: 'derived',
      filename: 'Ferien-small.webp',
      mimeType: 'image/webp',
    });
    await expect(signed(found, { rendition: 'large' })).rejects.toThrow('malformed');
    await expect(signed(found, { rendition: 'none' })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a listing', () => {
  const plan = (request: object) => planListing({ limit: 20, ...request }, alice, names);

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
    expect(plan({ path: '/photos', sort: '-createdAt' })).toMatchObject({ index: 'owner', descending: true });
  });

  it.each([
    { sort: 'name' },
    { sort: 'size' },
    { path: '/a', recursive: true, sort: 'name' },
    { status: 'purged' },
    { status: 'constructor' },
  ])('is refused for %j, with what would do', (request) => {
    expect(() => plan(request)).toThrow(expect.objectContaining({ code: 'validation_failed' }));
  });

  it('never shows purged files', () => {
    for (const status of [undefined, 'available', 'pending', 'ended', 'ready']) {
      expect(plan(status ? { status } : {}).statuses).not.toContain('purged');
    }
  });
});

describe('what is shown of a file', () => {
  it('keeps keys and version ids of the buckets inside', () => {
    const inside = {
      libraryKey: 'SECRET',
      libraryVersionId: 'SECRET',
      intakeVersionId: 'SECRET',
      contentEtag: 'SECRET',
    };
    const renditions = { small: { name: 'small', status: 'ready', key: 'SECRET' } } as const;
    const found = file({ ...inside, renditions, status: 'ready' });
    expect(JSON.stringify([fileView(found), statusView(found)])).not.toContain('SECRET');
  });

  it('has an etag that changes with every change of the record', () => {
    expect(fileView(file({ revision: 1 })).etag).not.toBe(fileView(file({ revision: 2 })).etag);
  });
});
