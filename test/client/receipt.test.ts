import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc64Nvme } from '@aws-sdk/checksums/crc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Crc } from '../../client/crc.ts';
import { verifyContent } from '../../client/receipt.ts';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function crc32Of(bytes: Uint8Array): string {
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(crc32(bytes));
  return base64(digest);
}

async function crc64Of(bytes: Uint8Array): Promise<string> {
  const crc = new Crc64Nvme();
  crc.update(bytes);
  return base64(await crc.digest());
}

const receiptFor = async (bytes: Uint8Array) => ({
  size: bytes.length,
  checksums: {
    SHA256: createHash('sha256').update(bytes).digest('base64'),
    CRC64NVME: await crc64Of(bytes),
    CRC32: crc32Of(bytes),
  },
});

describe('a CRC', () => {
  it('is what the standard says of 123456789', () => {
    for (const [name, hex] of [
      ['CRC64NVME', 'ae8b14860a799888'],
      ['CRC32', 'cbf43926'],
    ] as const) {
      const crc = new Crc(name);
      crc.update(new TextEncoder().encode('123456789'));
      expect(Buffer.from(crc.base64(), 'base64').toString('hex')).toBe(hex);
    }
  });

  it('is that of the SDK and of zlib for any bytes, in any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(300), async (bytes, cut) => {
        const [crc64, crc] = [new Crc('CRC64NVME'), new Crc('CRC32')];
        for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
          crc64.update(piece);
          crc.update(piece);
        }
        expect([crc64.base64(), crc.base64()]).toEqual([await crc64Of(bytes), crc32Of(bytes)]);
      }),
    );
  });
});

describe('a file and its receipt', () => {
  it('agree by every checksum that the receipt has', async () => {
    const bytes = new TextEncoder().encode('the very bytes');
    const { size, checksums } = await receiptFor(bytes);

    expect(await verifyContent({ size, checksums }, new Blob([bytes]))).toEqual([
      'SHA256',
      'CRC64NVME',
      'CRC32',
    ]);
    const { CRC32 } = checksums;
    expect(await verifyContent({ size, checksums: { CRC32 } }, new Blob([bytes]))).toEqual(['CRC32']);
    expect(await verifyContent(await receiptFor(new Uint8Array()), new Blob([]))).toContain('SHA256');
  });

  it('differ by one bit anywhere, and by their length', async () => {
    const bytes = new TextEncoder().encode('the very bytes');
    const receipt = await receiptFor(bytes);
    for (const [name, value] of Object.entries(receipt.checksums)) {
      for (const [at, byte] of bytes.entries()) {
        const flipped = bytes.with(at, byte ^ (1 << (at % 8)));
        const only = { ...receipt, checksums: { [name]: value } };
        await expect(verifyContent(only, new Blob([flipped]))).rejects.toMatchObject({
          code: 'content_differs',
        });
      }
    }
    for (const other of [bytes.subarray(1), new Uint8Array([...bytes, 0])]) {
      await expect(
        verifyContent(receipt, new Blob([other as Uint8Array<ArrayBuffer>])),
      ).rejects.toMatchObject({
        code: 'content_differs',
      });
    }
  });

  it('are not said to agree where nothing could be compared', async () => {
    for (const checksums of [{}, { MD5: 'AAAA' }] as Record<string, string>[]) {
      await expect(verifyContent({ size: 1, checksums }, new Blob(['a']))).rejects.toMatchObject({
        code: 'content_unverifiable',
      });
    }
  });
});
