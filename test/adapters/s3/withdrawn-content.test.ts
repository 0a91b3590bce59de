import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectTaggingCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createWithdrawnContent } from '../../../lambdas/adapters/s3/withdrawn-content.ts';
import type { Withdrawal } from '../../../lambdas/core/files/file.ts';
import { file, startOfTime } from '../../support/domain.ts';

const key = 'tenants/acme/files/2026/11/20/F1.v3.jpg';
const withdrawal: Withdrawal = {
  ...{ version: 3, threat: 'T', engine: 'E', at: startOfTime },
  left: { key, versionId: 'L3', renditions: ['tenants/acme/thumbnails/F1/v1/small.jpg'] },
};

describe('the bytes of a withdrawn content', () => {
  const s3 = mockClient(S3Client);
  const objects = createWithdrawnContent({
    s3: new S3Client({ region: 'eu-west-1' }),
    buckets: { library: 'library', derived: 'derived' },
  });
  const deleted = () => s3.commandCalls(DeleteObjectCommand).map(({ args }) => args[0].input);
  beforeEach(() => {
    s3.reset();
    s3.on(ListObjectVersionsCommand).resolves({
      Versions: [
        { Key: key, VersionId: 'L3' },
        { Key: key, VersionId: 'of-a-run-that-crashed' },
        { Key: `${key}x`, VersionId: 'of-another' },
      ],
    });
    s3.on(ListObjectsV2Command).resolves({ Contents: [] });
    s3.on(ListObjectsV2Command, { Prefix: 'tenants/acme/thumbnails/F1/v3/' }).resolves({
      Contents: [{ Key: 'tenants/acme/thumbnails/F1/v3/large.jpg' }],
    });
    const variants = { Prefix: 'tenants/acme/thumbnails/F1/variants/' };
    s3.on(ListObjectsV2Command, { ...variants, ContinuationToken: undefined }).resolves({
      // The same content was version 1 before it was restored.
      Contents: [{ Key: `${variants.Prefix}v1/640x480q75.avif` }],
      NextContinuationToken: 'more',
    });
    s3.on(ListObjectsV2Command, { ...variants, ContinuationToken: 'more' }).resolves({
      Contents: [{ Key: `${variants.Prefix}v3/640x480q75.avif` }],
    });
  });

  it('go in every version of their key, with the renditions that are noted and those that are not, and all variants', async () => {
    await objects.withdraw(file(), withdrawal, { keep: false });
    expect(deleted()).toEqual([
      { Bucket: 'library', Key: key, VersionId: 'L3' },
      { Bucket: 'library', Key: key, VersionId: 'of-a-run-that-crashed' },
      { Bucket: 'derived', Key: 'tenants/acme/thumbnails/F1/v1/small.jpg' },
      { Bucket: 'derived', Key: 'tenants/acme/thumbnails/F1/v3/large.jpg' },
      { Bucket: 'derived', Key: 'tenants/acme/thumbnails/F1/variants/v1/640x480q75.avif' },
      { Bucket: 'derived', Key: 'tenants/acme/thumbnails/F1/variants/v3/640x480q75.avif' },
    ]);
    expect(s3.commandCalls(PutObjectTaggingCommand)).toEqual([]);
  });

  it('go with the tracks and sheets of a video, under whichever number it was transcoded', async () => {
    const of = (name: string) => ({ Key: `tenants/acme/videos/F1/v1/${name}` });
    s3.on(ListObjectsV2Command, { Prefix: 'tenants/acme/videos/F1/v1/' }).resolves({
      Contents: [of('cmaf-720p.cmfv'), of('sprite-1.jpg')],
    });
    const left = { key, versionId: 'L3', renditions: [of('720p.mp4').Key, of('stream.json').Key] };

    await objects.withdraw(file(), { ...withdrawal, left }, { keep: false });

    expect(deleted()).toEqual(
      expect.arrayContaining(
        ['720p.mp4', 'stream.json', 'cmaf-720p.cmfv', 'sprite-1.jpg'].map((name) => ({
          ...{ Bucket: 'derived', ...of(name) },
        })),
      ),
    );
  });

  const expectClosed = () => {
    const tagged = s3.commandCalls(PutObjectTaggingCommand).map(({ args }) => args[0].input);
    expect(tagged.map(({ VersionId }) => VersionId)).toEqual(['L3', 'of-a-run-that-crashed']);
    for (const { Tagging } of tagged)
      expect(Tagging?.TagSet).toContainEqual({ Key: 'Withdrawn', Value: 'true' });
    expect(deleted().filter(({ Bucket }) => Bucket === 'derived')).toHaveLength(4);
  };

  it('stay under a legal hold, closed by their tag, without their renditions', async () => {
    await objects.withdraw(file(), withdrawal, { keep: true });
    expectClosed();
    expect(deleted().filter(({ Bucket }) => Bucket === 'library')).toEqual([]);
  });

  it('are closed by their tag where S3 has locked them', async () => {
    const locked = new S3ServiceException({ name: 'AccessDenied', $fault: 'client', $metadata: {} });
    s3.on(DeleteObjectCommand, { Bucket: 'library' }).rejects(locked);
    await objects.withdraw(file(), withdrawal, { keep: false });
    expectClosed();
  });

  it('stay where other files have them still, without the renditions of this one', async () => {
    const left = { ...withdrawal.left, key, versionId: 'L3', renditions: [], shared: true as const };
    await objects.withdraw(file(), { ...withdrawal, left }, { keep: false });
    expect(deleted()).toHaveLength(3);
    for (const { Bucket, Key } of deleted())
      expect(`${Bucket} ${Key}`).toMatch(/^derived .*\/thumbnails\/F1\//);
    expect(s3.commandCalls(PutObjectTaggingCommand)).toEqual([]);
  });

  it('come again to the queue where S3 does not answer', async () => {
    s3.on(DeleteObjectCommand).rejects(new Error('down'));
    await expect(objects.withdraw(file(), withdrawal, { keep: false })).rejects.toThrow('down');
  });
});
