import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { createIntakeBucket } from '../../../lambdas/adapters/s3/intake-bucket.ts';
import { intakeKey } from '../../../lambdas/contract/storage-keys.ts';
import type { ChecksumDeclaration } from '../../../lambdas/core/uploads/checksum.ts';
import { session } from '../../support/domain.ts';

const error = (name: string) =>
  new S3ServiceException({ name, $fault: 'client', $metadata: {}, message: name });
const noSuchUpload = error('NoSuchUpload');
const multipart = session({ multipartId: 'M', totalParts: 3 });

function bucket() {
  const s3 = mockClient(S3Client);
  const client = new S3Client({ region: 'eu-west-1' });
  return { s3, intake: createIntakeBucket({ bucket: 'intake', s3: client, putting: client }) };
}

describe('a multipart upload', () => {
  it.each<[string, ChecksumDeclaration | undefined, object]>([
    ['nothing', undefined, {}],
    [
      'a whole CRC64NVME',
      { algorithm: 'CRC64NVME', value: 'v' },
      { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'FULL_OBJECT' },
    ],
    [
      'a whole CRC32',
      { algorithm: 'CRC32', value: 'v' },
      { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' },
    ],
    ['a whole SHA256, which parts cannot be combined to', { algorithm: 'SHA256', value: 'v' }, {}],
    [
      'SHA256 of each part',
      { algorithm: 'SHA256', perPart: true },
      { ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' },
    ],
    [
      'CRC32 of each part',
      { algorithm: 'CRC32', perPart: true },
      { ChecksumAlgorithm: 'CRC32', ChecksumType: 'COMPOSITE' },
    ],
    [
      'CRC64NVME of each part, full object as S3 has no other',
      { algorithm: 'CRC64NVME', perPart: true },
      { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'FULL_OBJECT' },
    ],
  ])('is created for %s', async (_what, checksum, expected) => {
    const { s3, intake } = bucket();
    s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'M' });
    await intake.createMultipart(session(checksum ? { checksum } : {}));
    const input = { ...s3.commandCalls(CreateMultipartUploadCommand)[0]?.args[0].input };
    expect(input).toEqual({ Bucket: 'intake', Key: 'tenants/acme/F1/U1', ...expected });
  });

  it('is completed with the whole CRC, the checksums of its parts, and the size it must have', async () => {
    const { s3, intake } = bucket();
    s3.on(CompleteMultipartUploadCommand).resolves({});
    const whole = { ...multipart, checksum: { algorithm: 'CRC32', value: 'w', perPart: true } as const };
    await intake.completeMultipart(whole, [{ partNumber: 1, etag: '"e"', size: 1, checksum: 'c' }]);
    expect(s3.commandCalls(CompleteMultipartUploadCommand)[0]?.args[0].input).toMatchObject({
      ChecksumCRC32: 'w',
      ChecksumType: 'FULL_OBJECT',
      MpuObjectSize: 1_000,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag: '"e"', ChecksumCRC32: 'c' }] },
    });
  });

  it.each([
    ['NoSuchUpload', { kind: 'completed' }],
    ['InvalidPart', { kind: 'refused', detail: 'InvalidPart' }],
    ['BadDigest', { kind: 'refused', detail: 'BadDigest' }],
    ['EntityTooSmall', { kind: 'refused', detail: 'EntityTooSmall' }],
  ])('whose completion S3 answers with %s', async (name, outcome) => {
    const { s3, intake } = bucket();
    s3.on(CompleteMultipartUploadCommand).rejects(error(name));
    expect(await intake.completeMultipart(multipart, [])).toEqual(outcome);
  });

  it('that S3 cannot complete for a reason of its own is neither done nor refused', async () => {
    const { s3, intake } = bucket();
    s3.on(CompleteMultipartUploadCommand).rejects(error('InternalError'));
    await expect(intake.completeMultipart(multipart, [])).rejects.toThrow('InternalError');
  });

  it('shows all its parts, page by page, and none when S3 does not know it', async () => {
    const { s3, intake } = bucket();
    s3.on(ListPartsCommand)
      .resolvesOnce({
        Parts: [{ PartNumber: 1, Size: 5, ETag: '"a"' }],
        IsTruncated: true,
        NextPartNumberMarker: '1',
      })
      .resolvesOnce({ Parts: [{ PartNumber: 2, Size: 5, ETag: '"b"' }] })
      .rejects(noSuchUpload);
    expect((await intake.listParts(multipart))?.map(({ partNumber }) => partNumber)).toEqual([1, 2]);
    expect(await intake.listParts(multipart)).toBeUndefined();
  });
});

describe('an abort', () => {
  it('is repeated while parts still arrive, until S3 knows no such upload', async () => {
    const { s3, intake } = bucket();
    s3.on(AbortMultipartUploadCommand).resolves({});
    s3.on(ListPartsCommand).resolvesOnce({}).resolvesOnce({}).rejects(noSuchUpload);
    await intake.abortMultipart(multipart);
    expect(s3.commandCalls(AbortMultipartUploadCommand)).toHaveLength(3);
  });

  it('finds uploads whose id nobody noted by their key, and no others', async () => {
    const { s3, intake } = bucket();
    const { multipartId: _lost, ...opening } = multipart;
    const key = intakeKey(opening);
    s3.on(ListMultipartUploadsCommand).resolves({
      Uploads: [
        { Key: key, UploadId: 'lost-1' },
        { Key: `${key}0`, UploadId: 'of-another' },
      ],
    });
    s3.on(AbortMultipartUploadCommand).resolves({});
    s3.on(ListPartsCommand).rejects(noSuchUpload);
    await intake.abortMultipart(opening);
    const aborted = s3.commandCalls(AbortMultipartUploadCommand).map(({ args }) => args[0].input.UploadId);
    expect(aborted).toEqual(['lost-1']);
  });

  it('is done when S3 has forgotten the upload already', async () => {
    const { s3, intake } = bucket();
    s3.on(AbortMultipartUploadCommand).rejects(noSuchUpload);
    await expect(intake.abortMultipart(multipart)).resolves.toBeUndefined();
  });

  it('gives up after ten times instead of running for ever', async () => {
    const { s3, intake } = bucket();
    s3.on(AbortMultipartUploadCommand).resolves({});
    s3.on(ListPartsCommand).resolves({});
    await expect(intake.abortMultipart(multipart)).rejects.toThrow('after 10 aborts');
  });
});

describe('the versions that landed', () => {
  it('are those of exactly this key, from all pages, newest first', async () => {
    const { s3, intake } = bucket();
    const key = 'tenants/acme/F1/U1';
    const version = (VersionId: string, Key = key) => ({ Key, VersionId, Size: 1, ETag: '"e"' });
    s3.on(ListObjectVersionsCommand)
      .resolvesOnce({
        Versions: [version('2'), version('x', `${key}2`)],
        IsTruncated: true,
        NextKeyMarker: key,
        NextVersionIdMarker: '2',
      })
      .resolvesOnce({ Versions: [version('1')], DeleteMarkers: [{ Key: key, VersionId: '0' }] });
    expect((await intake.landedVersions(multipart)).map(({ versionId }) => versionId)).toEqual(['2', '1']);
  });
});
