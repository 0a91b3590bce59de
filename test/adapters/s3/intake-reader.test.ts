import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { createIntakeReader } from '../../../lambdas/adapters/s3/intake-reader.ts';

const version = { tenantId: 'acme', fileId: 'F1', uploadId: 'U1', versionId: 'V1' };
const reader = createIntakeReader(new S3Client({ region: 'eu-west-1' }), 'intake', 64);
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
});
