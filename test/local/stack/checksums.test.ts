import { crc32 } from 'node:zlib';
import { describe, expect, inject, it } from 'vitest';
import { ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { problem } from '../../support/problem.ts';
import { createTenant, noUsage, storedUsage, usageOf } from '../../support/tenants.ts';
import {
  download,
  MiB,
  octets,
  plainText,
  put,
  putParts,
  randomBytesOf,
  sha256,
  sliceOf,
  untilStatus,
  versionsOf,
} from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const twoParts = 6 * MiB;

function crc32Of(bytes: Uint8Array): string {
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(crc32(bytes));
  return digest.toString('base64');
}

describe('a single PUT with a declared checksum', () => {
  it.each([
    { algorithm: 'SHA256', digest: sha256 },
    { algorithm: 'CRC32', digest: crc32Of },
  ])(
    'is refused by S3 when its $algorithm differs, and passes when it holds',
    async ({ algorithm, digest }) => {
      const { api, tenantId } = await createTenant(engine);
      const [right, wrong] = ['the right bytes', 'the wrong bytes'];
      const checksum = { algorithm, value: digest(Buffer.from(right)) };
      const started = ok(await api.initiate(plainText(right, { checksum })));
      const target = started.parts[0];
      if (!target) throw new Error('no URL');

      const refused = await put(target, Buffer.from(wrong));
      const withoutHeader = await put(target, Buffer.from(wrong), {});
      expect([refused.status, withoutHeader.status]).toEqual([400, 403]);
      expect(await versionsOf(engine, 'intake', tenantId)).toEqual([]);

      expect((await put(target, Buffer.from(right))).status).toBe(200);
      expect(await untilStatus(api, started.fileId, 'ready')).toMatchObject({ checksum });
      expect(await usageOf(api)).toEqual(storedUsage(right.length));
    },
  );
});

describe('a SHA256 of the whole object in parts', () => {
  it('that does not hold is found by the pipeline: rejected, bytes gone, quota back', async () => {
    const { api, tenantId } = await createTenant(engine);
    const bytes = randomBytesOf(twoParts);
    const checksum = { algorithm: 'SHA256', value: sha256(Buffer.from('something else')) };
    const started = ok(await api.initiate(octets(bytes.length, { checksum })));

    const parts = await putParts(started, started.parts, bytes);
    ok(await api.complete(started.fileId, parts));

    expect(await untilStatus(api, started.fileId, 'rejected')).toMatchObject({ reason: 'checksum_mismatch' });
    await expect.poll(() => versionsOf(engine, 'intake', tenantId)).toEqual([]);
    expect(await versionsOf(engine, 'library', tenantId)).toEqual([]);
    expect(await usageOf(api)).toEqual(noUsage);
  });

  it('that holds makes the file ready', async () => {
    const { api } = await createTenant(engine);
    const bytes = randomBytesOf(twoParts);
    const checksum = { algorithm: 'SHA256', value: sha256(bytes) };
    const started = ok(await api.initiate(octets(bytes.length, { checksum })));

    ok(await api.complete(started.fileId, await putParts(started, started.parts, bytes)));

    await untilStatus(api, started.fileId, 'ready');
  });
});

describe('a checksum for each part', () => {
  it('is asked for part by part, refuses other bytes, and completes', async () => {
    const { api } = await createTenant(engine);
    const bytes = randomBytesOf(twoParts);
    const checksum = { algorithm: 'SHA256', perPart: true };
    const started = ok(await api.initiate(octets(bytes.length, { checksum })));
    expect(started.parts).toEqual([]);
    const bare = problem(await api.partUrl(started.fileId, 1), 400, 'validation_failed');
    expect(bare.errors).toMatchObject([{ field: 'checksum', code: 'required' }]);
    const wanted = [1, 2].map((partNumber) => ({
      partNumber,
      checksum: sha256(sliceOf(bytes, started, partNumber)),
    }));

    const { parts } = ok(await api.partUrls(started.fileId, { parts: wanted }));
    expect(parts.map((part) => part.headers)).toEqual(
      wanted.map((part) => ({ 'x-amz-checksum-sha256': part.checksum })),
    );
    const [first, second] = parts;
    if (!first || !second) throw new Error('no URLs');
    const tampered = Buffer.from(sliceOf(bytes, started, 2));
    tampered[0] = (tampered[0] ?? 0) ^ 1;
    expect((await put(second, tampered)).status).toBe(400);
    expect(ok(await api.parts(started.fileId)).uploadedParts).toBe(0);

    ok(await api.complete(started.fileId, await putParts(started, parts, bytes)));
    await untilStatus(api, started.fileId, 'ready');
    const { url } = ok(await api.downloadUrl(started.fileId));
    expect((await download(url)).bytes.equals(bytes)).toBe(true);
  });
});

describe('a checksum that nobody could verify', () => {
  it.each([
    { checksum: { algorithm: 'MD5', value: 'AAAA' }, field: 'checksum.algorithm' },
    { checksum: { algorithm: 'SHA256' }, field: 'checksum' },
    { checksum: { algorithm: 'SHA256', value: crc32Of(Buffer.from('a')) }, field: 'checksum.value' },
    { checksum: { algorithm: 'CRC32', value: '????????' }, field: 'checksum.value' },
  ])('is refused: $checksum', async ({ checksum, field }) => {
    const { api } = await createTenant(engine);
    const refused = problem(await api.initiate(octets(1, { checksum })), 400, 'validation_failed');
    expect(refused.errors).toMatchObject([{ field }]);
  });

  it('is refused with advice when reading the object once would take too long', async () => {
    const { api } = await createTenant(engine);
    const checksum = { algorithm: 'SHA256', value: sha256(Buffer.alloc(0)) };
    const refused = problem(
      await api.initiate(octets(11 * 1024 * MiB, { checksum })),
      422,
      'checksum_unsupported',
    );
    expect(refused.detail).toContain('CRC64NVME');
    expect(await usageOf(api)).toEqual(noUsage);
  });
});
