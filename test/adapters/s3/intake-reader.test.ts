import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { createIntakeReader } from '../../../lambdas/adapters/s3/intake-reader.ts';
import { checksumAlgorithms } from '../../../lambdas/core/uploads/checksum.ts';
import { randomBytesOf } from '../../support/uploads.ts';

const version = { tenantId: 'acme', fileId: 'F1', uploadId: 'U1', versionId: 'V1' };
const reader = createIntakeReader(new S3Client({ region: 'eu-west-1' }), 'intake');
const facts = async (head: object) => {
  mockClient(S3Client)
    .on(HeadObjectCommand)
    .resolves({ ContentLength: 3, ETag: '"e"', ...head });
  return (await reader.facts(version))?.checksums;
};

describe('what S3 says of a version', () => {
  it('is believed for a checksum of the whole object', async () => {
    expect(await facts({ ChecksumCRC64NVME: 'c', ChecksumType: 'FULL_OBJECT' })).toEqual({ CRC64NVME: 'c' });
  });

  it('is not taken for the whole when it was put together from parts', async () => {
    expect(await facts({ ChecksumSHA256: 'c', ChecksumType: 'COMPOSITE' })).toEqual({});
    expect(await facts({ ChecksumSHA256: 'c-3' })).toEqual({});
  });

  it('is nothing when the version is gone, and an error when S3 does not answer', async () => {
    const error = (httpStatusCode: number) =>
      new S3ServiceException({ name: 'E', $fault: 'client', $metadata: { httpStatusCode }, message: 'E' });
    mockClient(S3Client).on(HeadObjectCommand).rejectsOnce(error(404)).rejects(error(503));
    expect(await reader.facts(version)).toBeUndefined();
    await expect(reader.facts(version)).rejects.toThrow();
  });
});

it('reads exactly the range that is asked for, of exactly this version', async () => {
  const s3 = mockClient(S3Client);
  const Body = { transformToByteArray: async () => Buffer.from('345') };
  s3.on(GetObjectCommand).resolves({ Body: Body as never });
  expect(Buffer.from(await reader.readRange(version, 2, 3)).toString()).toBe('345');
  expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input).toMatchObject({
    Range: 'bytes=2-4',
    VersionId: 'V1',
  });
});

describe('a checksum that the pipeline computes', () => {
  // The check values of the algorithms' catalogues for "123456789".
  it.each([
    ['CRC32', Buffer.from('cbf43926', 'hex').toString('base64')],
    ['CRC64NVME', Buffer.from('ae8b14860a799888', 'hex').toString('base64')],
    ['SHA256', createHash('sha256').update('123456789').digest('base64')],
  ] as const)('%s is that of all chunks, of exactly this version', async (algorithm, expected) => {
    const s3 = mockClient(S3Client);
    const Body = Readable.from([Buffer.from('1234'), Buffer.from('56789')]);
    s3.on(GetObjectCommand).resolves({ Body: Body as never });
    expect(await reader.checksum(version, algorithm)).toBe(expected);
    expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input.VersionId).toBe('V1');
  });

  it.each(checksumAlgorithms)('%s is another one when one bit is, in whichever part', async (algorithm) => {
    const parts = [randomBytesOf(1_000, 'a'), randomBytesOf(1_000, 'b'), randomBytesOf(77, 'c')];
    const checksumOf = async (chunks: readonly Buffer[]): Promise<string> => {
      mockClient(S3Client)
        .on(GetObjectCommand)
        .resolves({ Body: Readable.from(chunks) as never });
      return reader.checksum(version, algorithm);
    };
    const right = await checksumOf(parts);
    expect(await checksumOf(parts)).toBe(right);

    const positions = parts.flatMap((part, n) => [0, 63, part.length - 1].map((at) => [n, at] as const));
    for (const [n, at] of positions) {
      for (const bit of [1, 128]) {
        const changed = parts.map((part) => Buffer.from(part));
        changed[n]?.writeUInt8(changed[n].readUInt8(at) ^ bit, at);
        expect(await checksumOf(changed)).not.toBe(right);
      }
    }
  });
});
