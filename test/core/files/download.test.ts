import { describe, expect, it } from 'vitest';
import { type DownloadDeps, downloadUrl } from '../../../lambdas/core/files/download.ts';
import type { FileVersion } from '../../../lambdas/core/files/file.ts';
import type { DownloadRequest } from '../../../lambdas/core/ports.ts';
import { caller, file } from '../../support/domain.ts';

const alice = caller();
const stored = file({
  status: 'ready',
  libraryKey: 'K',
  libraryVersionId: 'V',
  accounting: 'used',
  version: 3,
});

async function signed(
  found = stored,
  request = {},
  version?: Partial<FileVersion>,
): Promise<DownloadRequest> {
  let asked: DownloadRequest | undefined;
  const deps: DownloadDeps = {
    now: () => '2026-11-20T10:00:00.000Z',
    store: {
      file: async () => found,
      share: async () => undefined,
      version: async (_ref, number) => (version?.version === number ? (version as FileVersion) : undefined),
    },
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

describe('a download', () => {
  it.each(['image/jpeg', 'image/png', 'video/mp4', 'audio/mpeg', 'application/pdf'])(
    'of %s is shown inline when asked for',
    async (mimeType) => {
      expect((await signed({ ...stored, mimeType }, { disposition: 'inline' })).disposition).toBe('inline');
      expect((await signed({ ...stored, mimeType })).disposition).toBe('attachment');
    },
  );

  it('of text is shown inline only where its encoding is known', async () => {
    const text = { ...stored, mimeType: 'text/plain' };
    const inline = { disposition: 'inline' };
    expect((await signed({ ...text, charset: 'utf-8' }, inline)).disposition).toBe('inline');
    expect((await signed(text, inline)).disposition).toBe('attachment');
  });

  it.each([
    'text/html',
    'image/svg+xml',
    'application/xhtml+xml',
    'text/xml',
    'application/octet-stream',
    'text/markdown',
  ])('of %s is saved, never shown, whatever is asked for', async (mimeType) => {
    const found = { ...stored, mimeType, charset: 'utf-8' };
    expect((await signed(found, { disposition: 'inline' })).disposition).toBe('attachment');
  });

  it.each(['javascript', 'launch_action', 'external_references', 'embedded_files', 'macros'] as const)(
    'of a document with %s is saved, never shown; its renditions are pictures and may be',
    async (finding) => {
      const small = { name: 'small', status: 'ready', key: 't/small.webp', mimeType: 'image/webp' } as const;
      const found = {
        ...stored,
        mimeType: 'application/pdf',
        findings: [finding],
        renditions: { small },
      };
      const inline = { disposition: 'inline' };
      expect((await signed(found, inline)).disposition).toBe('attachment');
      expect((await signed(found, { ...inline, rendition: 'small' })).disposition).toBe('inline');
    },
  );

  it('of a kept version is judged by what that version is', async () => {
    const kept: Partial<FileVersion> = {
      ...{ version: 1, libraryKey: 'K1', libraryVersionId: 'V1', renditions: {} },
      mimeType: 'application/pdf',
    };
    const inline = { version: 1, disposition: 'inline' };
    expect((await signed(stored, inline, kept)).disposition).toBe('inline');
    const scripted = { ...kept, findings: ['javascript' as const] };
    expect((await signed(stored, inline, scripted)).disposition).toBe('attachment');
    expect((await signed(stored, inline, { ...kept, mimeType: 'image/svg+xml' })).disposition).toBe(
      'attachment',
    );
  });

  it('of findings that do nothing by themselves is shown', async () => {
    const found = { ...stored, findings: ['trailing_data' as const, 'encrypted' as const] };
    expect((await signed(found, { disposition: 'inline' })).disposition).toBe('inline');
  });

  it('names exactly the version that was promoted', async () => {
    expect(await signed()).toMatchObject({ bucket: 'library', key: 'K', versionId: 'V', seconds: 3_600 });
    expect(await signed(stored, { version: 3 })).toMatchObject({ key: 'K', versionId: 'V' });
  });

  it('of a kept version has the bytes, the type and the renditions of that version', async () => {
    const small = { name: 'small', status: 'ready', key: 'old/small.webp', mimeType: 'image/webp' } as const;
    const kept: Partial<FileVersion> = {
      version: 1,
      libraryKey: 'K1',
      libraryVersionId: 'V1',
      mimeType: 'image/png',
      renditions: { small },
    };
    expect(await signed(stored, { version: 1 }, kept)).toMatchObject({
      key: 'K1',
      versionId: 'V1',
      mimeType: 'image/png',
    });
    expect(await signed(stored, { version: 1, rendition: 'small' }, kept)).toMatchObject({
      bucket: 'derived',
      key: 'old/small.webp',
    });
    await expect(signed(stored, { version: 2 }, kept)).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each([
    'uploading',
    'uploaded',
    'inspecting',
    'held',
    'rejected',
    'aborted',
    'expired',
    'deleted',
  ] as const)('is refused while the file is %s, even if a key is known', async (status) => {
    const small = { name: 'small', status: 'ready', key: 't/small.webp', mimeType: 'image/webp' } as const;
    const found = { ...stored, status, renditions: { small } };
    await expect(signed(found)).rejects.toMatchObject({ code: 'upload_state_conflict' });
    await expect(signed(found, { rendition: 'small' })).rejects.toMatchObject({
      code: 'upload_state_conflict',
    });
  });

  it('from the trash tells to restore the file first', async () => {
    await expect(signed({ ...stored, status: 'deleted' })).rejects.toThrow('Restore it first');
  });

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

  it.each([
    ['an original', {}, {}, 'private, max-age=3600'],
    ['a public document', { isPublic: true, mimeType: 'application/pdf' }, {}, 'private, max-age=3600'],
    ['a public image', { isPublic: true, mimeType: 'image/png' }, {}, 'public, max-age=31536000'],
    ['a rendition', {}, { rendition: 'small' }, 'private, max-age=31536000, immutable'],
    [
      'a rendition of a public image',
      { isPublic: true },
      { rendition: 'small' },
      'public, max-age=31536000, immutable',
    ],
  ])('of %s may be cached accordingly', async (_what, over, request, expected) => {
    const small = { name: 'small', status: 'ready', key: 't/small.webp', mimeType: 'image/webp' } as const;
    const found = { ...stored, renditions: { small }, ...over };
    expect((await signed(found, request)).cacheControl).toBe(expected);
  });
});
