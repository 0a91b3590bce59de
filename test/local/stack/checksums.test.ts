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
const threeParts = 11 * MiB;

function crc32Of(bytes: Uint8Array): string {
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(crc32(bytes));
  return digest.toString('base64');
}

const algorithms = [
  { algorithm: 'SHA256', digest: sha256 },
  { algorithm: 'CRC32', digest: crc32Of },
] as const;

describe('a single PUT with a declared checksum', () => {
  it.each(algorithms)(
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

/** The same bytes but for one bit. */
function flipped(bytes: Uint8Array, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
  return changed;
}

describe.each(algorithms)('one bit flipped, with a declared $algorithm', ({ algorithm, digest }) => {
  it('anywhere in a single PUT is refused by S3', async () => {
    const { api, tenantId } = await createTenant(engine);
    const bytes = randomBytesOf(1_000);
    const checksum = { algorithm, value: digest(bytes) };
    const { fileId, parts } = ok(await api.initiate(octets(bytes.length, { checksum })));
    const [target] = parts;
    if (!target) throw new Error('no URL');

    for (const at of [0, 1, 511, 998, 999]) {
      expect((await put(target, flipped(bytes, at))).status).toBe(400);
    }
    expect(await versionsOf(engine, 'intake', tenantId)).toEqual([]);
    expect((await put(target, bytes)).status).toBe(200);
    await untilStatus(api, fileId, 'ready');
  });

  it('in any part is refused by S3 where each has its own; the right parts then make the file', async () => {
    const { api } = await createTenant(engine);
    const bytes = randomBytesOf(threeParts);
    const checksum = { algorithm, perPart: true };
    const started = ok(await api.initiate(octets(bytes.length, { checksum })));
    expect(started.parts).toEqual([]);
    const bare = problem(await api.partUrl(started.fileId, 1), 400, 'validation_failed');
    expect(bare.errors).toMatchObject([{ field: 'checksum', code: 'required' }]);
    const wanted = [1, 2, 3].map((partNumber) => ({
      partNumber,
      checksum: digest(sliceOf(bytes, started, partNumber)),
    }));

    const { parts } = ok(await api.partUrls(started.fileId, { parts: wanted }));
    const name = `x-amz-checksum-${algorithm.toLowerCase()}`;
    expect(parts.map((part) => part.headers)).toEqual(wanted.map((part) => ({ [name]: part.checksum })));
    for (const part of parts) {
      const right = sliceOf(bytes, started, part.partNumber);
      expect((await put(part, flipped(right, right.length - part.partNumber))).status).toBe(400);
    }
    expect(ok(await api.parts(started.fileId)).uploadedParts).toBe(0);

    ok(await api.complete(started.fileId, await putParts(started, parts, bytes)));
    await untilStatus(api, started.fileId, 'ready');
    const { url } = ok(await api.downloadUrl(started.fileId));
    expect((await download(url)).bytes.equals(bytes)).toBe(true);
  });
});

// A CRC of the whole is S3's own to compare when it puts parts together, which the engine cannot.
describe('one bit flipped in any part, where only the whole has a SHA256', () => {
  it('is found by the pipeline: rejected, bytes gone, quota back', async () => {
    const bytes = randomBytesOf(twoParts);
    const { api, tenantId } = await createTenant(engine);
    const checksum = { algorithm: 'SHA256', value: sha256(bytes) };
    const send = async (sent: Buffer): Promise<string> => {
      const started = ok(await api.initiate(octets(sent.length, { checksum })));
      ok(await api.complete(started.fileId, await putParts(started, started.parts, sent)));
      return started.fileId;
    };

    for (const at of [1_000, bytes.length - 1]) {
      const fileId = await send(flipped(bytes, at));
      expect(await untilStatus(api, fileId, 'rejected')).toMatchObject({ reason: 'checksum_mismatch' });
    }
    await expect.poll(() => versionsOf(engine, 'intake', tenantId)).toEqual([]);
    expect(await versionsOf(engine, 'library', tenantId)).toEqual([]);
    expect(await usageOf(api)).toEqual(noUsage);

    await untilStatus(api, await send(bytes), 'ready');
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
    // Of a tenant that keeps what no scanner can open: else the scanner's own bound comes first.
    const { api } = await createTenant(engine, { policy: { unscannable: 'hold' } });
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
