import { describe, expect, it } from 'vitest';
import { keptVersion } from '../../../lambdas/core/files/content.ts';
import type { FileRecord, FileVersion } from '../../../lambdas/core/files/file.ts';
import { issueReceipt } from '../../../lambdas/core/receipts/issue.ts';
import { caller, file, startOfTime } from '../../support/domain.ts';

const later = '2026-11-21T09:00:00.000Z';
const stored = file({
  status: 'ready',
  version: 2,
  libraryKey: 'K',
  libraryVersionId: 'V',
  intakeVersionId: 'I',
  contentEtag: '"e2"',
  checksums: { CRC32: 'AAAAAA==' },
  uploadedAt: startOfTime,
  storedAt: startOfTime,
});
const kept = keptVersion({ ...stored, version: 1, originalName: 'old.jpg', size: 7, checksums: {} }, later);

const issue = (who = caller(), found: FileRecord | undefined = stored, version?: number) =>
  issueReceipt(
    {
      store: {
        file: async () => found,
        share: async () => undefined,
        version: async (_ref, number): Promise<FileVersion | undefined> => (number === 1 ? kept : undefined),
      },
      now: () => later,
      signer: { keyId: 'the-key', sign: async () => new Uint8Array(64) },
    },
    who,
    'F1',
    { version },
  );

describe('a receipt', () => {
  it('says who, what, its checksums and when, and nothing of where it lies', async () => {
    const { answer } = await issue();

    expect(answer.receipt).toEqual({
      schemaVersion: 1,
      tenantId: 'acme',
      ownerId: 'alice',
      fileId: 'F1',
      version: 2,
      uploadId: stored.uploadId,
      originalName: 'photo.jpg',
      mimeType: 'image/jpeg',
      size: 1_000,
      checksums: { CRC32: 'AAAAAA==' },
      contentEtag: '"e2"',
      uploadedAt: startOfTime,
      storedAt: startOfTime,
      issuedAt: later,
    });
    expect([answer.keyId, answer.keysUrl]).toEqual(['the-key', '/public/keys']);
  });

  it('is signed as canonical JSON, below a header that names key and type', async () => {
    const { jws, receipt } = (await issue()).answer;
    const [header, payload, signature] = jws.split('.').map((part) => Buffer.from(part, 'base64url'));

    expect(String(header)).toBe('{"alg":"ES256","kid":"the-key","typ":"sluice-receipt+jws"}');
    expect(JSON.parse(String(payload))).toEqual(receipt);
    expect(String(payload)).toMatch(/^\{"checksums":\{.*"version":2\}$/);
    expect(signature).toHaveLength(64);
  });

  it('of a kept version tells of that one; there is none of a version that is not kept', async () => {
    const { receipt } = (await issue(caller(), stored, 1)).answer;
    expect(receipt).toMatchObject({ version: 1, originalName: 'old.jpg', size: 7, uploadedAt: startOfTime });
    await expect(issue(caller(), stored, 3)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is for who may read the file', async () => {
    const colleague = caller({ user: { userId: 'bob' } });
    await expect(issue(colleague)).rejects.toMatchObject({ code: 'not_found' });
    const admin = caller({ user: { userId: 'boss', role: 'admin' } });
    expect((await issue(admin)).answer.receipt.ownerId).toBe('alice');
  });

  it.each(['uploading', 'inspecting', 'held', 'rejected', 'deleted'] as const)(
    'is not given of a file that is %s',
    async (status) => {
      const refused = issue(caller(), { ...stored, status });
      await expect(refused).rejects.toMatchObject({ code: 'upload_state_conflict' });
    },
  );
});
