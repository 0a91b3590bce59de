import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ChecksumAlgorithm,
  checksumAlgorithms,
  isDigest,
  requireVerifiable,
} from '../../../lambdas/core/uploads/checksum.ts';

const lengths: Record<ChecksumAlgorithm, number> = { CRC64NVME: 8, CRC32: 4, SHA256: 32 };
const GiB = 1024 ** 3;

describe('a digest', () => {
  it('is the base64 of exactly as many bytes as its algorithm has', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...checksumAlgorithms),
        fc.uint8Array({ maxLength: 40 }),
        (algorithm, bytes) => {
          const value = Buffer.from(bytes).toString('base64');
          expect(isDigest(algorithm, value)).toBe(bytes.length === lengths[algorithm]);
        },
      ),
    );
  });

  it.each(['', 'not base64!', 'AAAA', 'AAAAAA', 'AAAAAA=', 'AA=AAA==', 'AAAA\nAA=='])(
    '%j is no CRC32',
    (value) => {
      expect(isDigest('CRC32', value)).toBe(false);
    },
  );
});

describe('a checksum declaration', () => {
  const sha256 = createHash('sha256').update('x').digest('base64');

  it('may be left out, name a value, or promise one for each part', () => {
    for (const declared of [
      undefined,
      { algorithm: 'SHA256', value: sha256 },
      { algorithm: 'CRC32', perPart: true },
    ] as const) {
      expect(() => requireVerifiable(declared, 10, GiB)).not.toThrow();
    }
  });

  it('is refused when nothing could be compared with it', () => {
    const code = 'validation_failed';
    expect(() => requireVerifiable({ algorithm: 'CRC32' }, 10, GiB)).toThrow(
      expect.objectContaining({ code }),
    );
    expect(() => requireVerifiable({ algorithm: 'CRC32', value: sha256 }, 10, GiB)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('of a whole SHA-256 is refused above the bound, with advice, and taken at it', () => {
    const declared = { algorithm: 'SHA256', value: sha256 } as const;
    expect(() => requireVerifiable(declared, GiB, GiB)).not.toThrow();
    expect(() => requireVerifiable(declared, GiB + 1, GiB)).toThrow(
      expect.objectContaining({
        code: 'checksum_unsupported',
        message: expect.stringContaining('CRC64NVME'),
      }),
    );
    expect(() => requireVerifiable({ algorithm: 'SHA256', perPart: true }, GiB + 1, GiB)).not.toThrow();
  });
});
