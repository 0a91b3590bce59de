import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  NoSuchUpload,
  S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { createLibrary } from '../../../lambdas/adapters/s3/library.ts';
import { createObjectRemover } from '../../../lambdas/adapters/s3/object-remover.ts';
import { file } from '../../support/domain.ts';

const GiB = 1024 ** 3;
const version = { tenantId: 'acme', fileId: 'F1', uploadId: 'U1', versionId: 'v/1+=' };
const target = { file: file(), mimeType: 'image/jpeg', extension: '.jpg' };
const client = new S3Client({ region: 'eu-west-1' });
const libraryWith = (outOfTime: () => boolean) =>
  createLibrary({ s3: client, intakeBucket: 'intake', libraryBucket: 'library', outOfTime });
const library = libraryWith(() => false);
const facts = (size: number) => ({ size, etag: '"e"', checksums: {} });
const promote = async (size: number, to = library) =>
  to.promote(version, facts(size), target, await to.beginCopy(facts(size), target));

const own = 'tenants/acme/files/2026/11/20/F1';

it('of one key only the version that counts is kept; what begins like it is another file or version', async () => {
  const s3 = mockClient(S3Client);
  const versions = [
    [own, 'kept'],
    [own, 'stray'],
    [`${own}.v2`, 'other'],
  ].map(([Key, VersionId]) => ({ Key, VersionId }) as { Key: string; VersionId: string });
  s3.on(ListObjectVersionsCommand).resolves({ Versions: versions });

  await library.keepOnly(file(), { key: own, versionId: 'kept' });

  const deleted = s3.commandCalls(DeleteObjectCommand).map(({ args }) => args[0].input);
  expect(deleted).toEqual([{ Bucket: 'library', Key: own, VersionId: 'stray' }]);
});

it("of a file that lies in another's object no copy of its own is kept, and every other version", async () => {
  const s3 = mockClient(S3Client);
  const versions = [
    [`${own}.jpg`, 'copied'],
    [`${own}.jpg`, 'copied again'],
    [`${own}.v2`, 'other'],
    [`${own}.v2.jpg`, 'another'],
  ].map(([Key, VersionId]) => ({ Key, VersionId }) as { Key: string; VersionId: string });
  s3.on(ListObjectVersionsCommand).resolves({ Versions: versions });

  await library.keepOnly(file(), { key: 'tenants/acme/files/2026/11/20/F2.jpg', versionId: 'shared' });

  expect(s3.commandCalls(ListObjectVersionsCommand)[0]?.args[0].input.Prefix).toBe(own);
  const deleted = s3.commandCalls(DeleteObjectCommand).map(({ args }) => args[0].input.VersionId);
  expect(deleted).toEqual(['copied', 'copied again']);

  const replaced = file({ replacement: { uploadId: 'U2', startedAt: '2026-11-20T12:00:00.000Z' } });
  await library.keepOnly(replaced, { key: 'tenants/acme/files/2026/11/20/F2.jpg', versionId: 'shared' });
  expect(s3.commandCalls(DeleteObjectCommand)).toHaveLength(2);
});

it('of a replacement that comes to nothing every copy goes, and none of another version', async () => {
  const s3 = mockClient(S3Client);
  const key = 'tenants/acme/files/2026/11/20/F1.v2';
  s3.on(ListObjectVersionsCommand).resolves({
    Versions: [`${key}`, `${key}.jpg`, `${key}1.jpg`].map((Key, index) => ({ Key, VersionId: `L${index}` })),
  });

  await library.discard(file({ version: 2 }));

  expect(s3.commandCalls(ListObjectVersionsCommand)[0]?.args[0].input.Prefix).toBe(key);
  const deleted = s3.commandCalls(DeleteObjectCommand).map(({ args }) => args[0].input.Key);
  expect(deleted).toEqual([key, `${key}.jpg`]);
});

describe('a promotion', () => {
  it('copies exactly the inspected version, and only while its ETag is the inspected one', async () => {
    const s3 = mockClient(S3Client);
    s3.on(CopyObjectCommand).resolves({ VersionId: 'L1' });
    expect(await promote(1_000)).toEqual({
      kind: 'copied',
      key: 'tenants/acme/files/2026/11/20/F1.jpg',
      versionId: 'L1',
    });
    expect(s3.commandCalls(CopyObjectCommand)[0]?.args[0].input).toMatchObject({
      CopySource: 'intake/tenants/acme/F1/U1?versionId=v%2F1%2B%3D',
      CopySourceIfMatch: '"e"',
      ContentType: 'image/jpeg',
      MetadataDirective: 'REPLACE',
      TaggingDirective: 'REPLACE',
      Tagging: 'TenantId=acme&UserId=alice&FileId=F1&FileType=image%2Fjpeg',
    });
  });

  it('brings the checksum that S3 computed of the copy, which it asks for', async () => {
    const s3 = mockClient(S3Client);
    s3.on(CopyObjectCommand).resolves({ VersionId: 'L1', CopyObjectResult: { ChecksumSHA256: 'c3Vt' } });
    expect(await promote(1)).toMatchObject({ checksums: { SHA256: 'c3Vt' } });
    expect(s3.commandCalls(CopyObjectCommand)[0]?.args[0].input.ChecksumAlgorithm).toBe('SHA256');

    s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'M' });
    s3.on(UploadPartCopyCommand).resolves({ CopyPartResult: { ETag: '"p"' } });
    s3.on(ListPartsCommand).resolves({});
    const done = { VersionId: 'L2', ChecksumCRC64NVME: 'Y3Jj' };
    s3.on(CompleteMultipartUploadCommand).resolves({ ...done, ChecksumType: 'FULL_OBJECT' });
    expect(await promote(6 * GiB)).toMatchObject({ checksums: { CRC64NVME: 'Y3Jj' } });
    s3.on(CompleteMultipartUploadCommand).resolves({ ...done, ChecksumType: 'COMPOSITE' });
    expect(await promote(6 * GiB)).not.toHaveProperty('checksums');
  });

  it('fails where the library keeps no versions', async () => {
    mockClient(S3Client).on(CopyObjectCommand).resolves({});
    await expect(promote(1)).rejects.toThrow('versioning');
  });

  it.each([5 * GiB + 1, 7 * GiB, 48 * 1024 * GiB])(
    'of %i bytes goes in ranges that cover it without gap or overlap',
    async (size) => {
      const s3 = mockClient(S3Client);
      s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'M' });
      s3.on(UploadPartCopyCommand).resolves({ CopyPartResult: { ETag: '"p"' } });
      s3.on(ListPartsCommand).resolves({});
      s3.on(CompleteMultipartUploadCommand).resolves({ VersionId: 'L2' });
      expect(await promote(size)).toMatchObject({ kind: 'copied', versionId: 'L2' });
      const ranges = s3.commandCalls(UploadPartCopyCommand).map(({ args }) => args[0].input);
      const bounds = ranges
        .toSorted((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0))
        .map(
          ({ CopySourceRange }) =>
            /^bytes=(\d+)-(\d+)$/
              .exec(CopySourceRange ?? '')
              ?.slice(1)
              .map(Number) ?? [],
        );
      let next = 0;
      for (const [from = -1, to = -1] of bounds) {
        expect(from).toBe(next);
        expect(to - from).toBeLessThan(5 * GiB);
        next = to + 1;
      }
      expect(next).toBe(size);
      expect(ranges.every(({ CopySourceIfMatch }) => CopySourceIfMatch === '"e"')).toBe(true);
      const numbers = s3
        .commandCalls(CompleteMultipartUploadCommand)[0]
        ?.args[0].input.MultipartUpload?.Parts?.map(({ PartNumber }) => PartNumber);
      expect(numbers).toEqual(bounds.map((_, index) => index + 1));
    },
  );

  it('that a run has no time to end goes on where it was left, also when that run was killed', async () => {
    const s3 = mockClient(S3Client);
    s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'M' });
    s3.on(ListPartsCommand).resolves({});
    s3.on(UploadPartCopyCommand).resolves({ CopyPartResult: { ETag: '"p"' } });
    let left = 20;
    const hurried = libraryWith(() => left-- <= 0);
    expect(await promote(30 * GiB, hurried)).toEqual({ kind: 'unfinished' });
    const copied = s3.commandCalls(UploadPartCopyCommand).map(({ args }) => args[0].input.PartNumber);
    expect(copied).toHaveLength(20);

    s3.resetHistory();
    s3.on(ListPartsCommand)
      .resolvesOnce({
        Parts: copied.slice(0, 10).map((PartNumber) => ({ PartNumber, ETag: '"p"' })),
        IsTruncated: true,
        NextPartNumberMarker: '10',
      })
      .resolves({ Parts: copied.slice(10).map((PartNumber) => ({ PartNumber, ETag: '"p"' })) });
    s3.on(CompleteMultipartUploadCommand).resolves({ VersionId: 'L3' });
    const begun = { key: 'k', multipartId: 'M' };
    expect(await library.promote(version, facts(30 * GiB), target, begun)).toMatchObject({ versionId: 'L3' });
    expect(s3.commandCalls(UploadPartCopyCommand)).toHaveLength(10);
    const { Parts } = s3.commandCalls(CompleteMultipartUploadCommand)[0]?.args[0].input.MultipartUpload ?? {};
    expect(Parts?.map(({ PartNumber }) => PartNumber)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
  });

  it('that another run has ended is taken as it lies, where that is as much as was inspected', async () => {
    const s3 = mockClient(S3Client);
    s3.on(ListPartsCommand).rejects(new NoSuchUpload({ message: 'gone', $metadata: {} }));
    const lies = (Size: number) =>
      s3.on(ListObjectVersionsCommand).resolves({ Versions: [{ Key: 'k', VersionId: 'L4', Size }] });
    const begun = { key: 'k', multipartId: 'M' };
    lies(6 * GiB);
    expect(await library.promote(version, facts(6 * GiB), target, begun)).toEqual({
      ...{ kind: 'copied', key: 'k', versionId: 'L4' },
    });
    lies(7 * GiB);
    expect(await library.promote(version, facts(6 * GiB), target, begun)).toEqual({ kind: 'gone' });
  });

  it('stops at the first range that cannot be copied, and says why', async () => {
    const s3 = mockClient(S3Client);
    s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'M' });
    s3.on(ListPartsCommand).resolves({});
    s3.on(UploadPartCopyCommand).rejects(new Error('PreconditionFailed'));
    await expect(promote(40 * GiB)).rejects.toThrow('PreconditionFailed');
    expect(s3.commandCalls(CompleteMultipartUploadCommand)).toHaveLength(0);
  });

  it('is abandoned in peace when another run has ended it', async () => {
    const s3 = mockClient(S3Client);
    s3.on(AbortMultipartUploadCommand).rejects(new NoSuchUpload({ message: 'gone', $metadata: {} }));
    await library.abandonCopy({ key: 'k', multipartId: 'M' });
    s3.on(AbortMultipartUploadCommand).rejects(new Error('SlowDown'));
    await expect(library.abandonCopy({ key: 'k', multipartId: 'M' })).rejects.toThrow('SlowDown');
  });
});

describe('a purge', () => {
  it('spares what others have below the keys of the file, and removes what it had last below theirs', async () => {
    const s3 = mockClient(S3Client);
    s3.on(ListObjectVersionsCommand).resolves({});
    s3.on(ListObjectVersionsCommand, { Bucket: 'library' }).resolves({
      Versions: ['shared', 'own', 'stray'].map((VersionId) => ({ Key: `${own}.jpg`, VersionId })),
    });
    s3.on(ListObjectsV2Command).resolves({});
    const buckets = { intake: 'intake', library: 'library', derived: 'derived' };
    const others = 'tenants/acme/files/2026/11/19/F0.jpg';
    await createObjectRemover({ s3: client, locks: false, buckets }).deleteEverything(
      file({
        status: 'purged',
        spares: [{ key: `${own}.jpg`, versionId: 'shared' }],
        remains: [{ key: others, versionId: 'last' }],
      }),
    );

    const deleted = s3.commandCalls(DeleteObjectCommand).map(({ args }) => args[0].input);
    expect(deleted.map(({ Key, VersionId }) => [Key, VersionId])).toEqual([
      [`${own}.jpg`, 'own'],
      [`${own}.jpg`, 'stray'],
      [others, 'last'],
    ]);
  });

  it('removes every version and delete marker of the original, copies that no record knows, and all renditions', async () => {
    const s3 = mockClient(S3Client);
    const original = 'tenants/acme/files/2026/11/20/F1';
    s3.on(ListObjectVersionsCommand, { Bucket: 'intake' }).resolves({
      Versions: [{ Key: 'tenants/acme/F1/U1', VersionId: 'i1' }],
    });
    s3.on(ListObjectVersionsCommand, { Bucket: 'library', Prefix: original })
      .resolvesOnce({
        Versions: [{ Key: `${original}.jpg`, VersionId: 'l1' }],
        IsTruncated: true,
        NextKeyMarker: 'k',
        NextVersionIdMarker: 'v',
      })
      .resolves({
        Versions: [{ Key: `${original}.png`, VersionId: 'l2' }],
        DeleteMarkers: [{ Key: `${original}.jpg`, VersionId: 'm1' }],
      });
    s3.on(ListObjectsV2Command).resolves({});
    s3.on(ListObjectsV2Command, {
      Bucket: 'derived',
      Prefix: 'tenants/acme/thumbnails/F1/',
      ContinuationToken: undefined,
    }).resolves({ Contents: [{ Key: 'tenants/acme/thumbnails/F1/v1/small.jpg' }] });
    s3.on(DeleteObjectCommand).resolves({});
    const buckets = { intake: 'intake', library: 'library', derived: 'derived' };
    await createObjectRemover({ s3: client, locks: false, buckets }).deleteEverything(
      file({ status: 'purged' }),
    );
    const deleted = s3
      .commandCalls(DeleteObjectCommand)
      .map(({ args }) => args[0].input.VersionId ?? args[0].input.Key);
    expect(deleted).toEqual(['i1', 'l1', 'l2', 'm1', 'tenants/acme/thumbnails/F1/v1/small.jpg']);
  });
});
