import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NotFound,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createVariantBucket } from '../../../lambdas/adapters/s3/variant-bucket.ts';
import { file } from '../../support/domain.ts';

describe('the bucket of variants', () => {
  const s3 = mockClient(S3Client);
  const bucket = createVariantBucket(new S3Client({ region: 'eu-west-1' }), 'derived');
  beforeEach(() => {
    s3.reset();
  });

  it('tells what is there from what is not, and from what it may not know', async () => {
    s3.on(HeadObjectCommand).resolves({});
    expect(await bucket.has('K')).toBe(true);
    s3.on(HeadObjectCommand).rejects(new NotFound({ message: '', $metadata: {} }));
    expect(await bucket.has('K')).toBe(false);
    const denied = new S3ServiceException({ name: '403', message: '', $fault: 'client', $metadata: {} });
    s3.on(HeadObjectCommand).rejects(denied);
    await expect(bucket.has('K')).rejects.toBe(denied);
  });

  it("writes under the tenant's key, with the tags of the file, for caches to keep", async () => {
    s3.on(PutObjectCommand).resolves({});
    await bucket.put(file({ encryptionKey: 'arn:key' }), 'K', 'image/avif', Uint8Array.of(1));

    expect(s3.commandCalls(PutObjectCommand)[0]?.args[0].input).toMatchObject({
      ...{ Bucket: 'derived', Key: 'K', ContentType: 'image/avif', SSEKMSKeyId: 'arn:key' },
      CacheControl: 'private, max-age=31536000, immutable',
      Tagging: 'TenantId=acme&UserId=alice&FileId=F1&FileType=image%2Favif',
    });
  });

  it('reads and deletes exactly one object', async () => {
    const Body = { transformToByteArray: async () => Uint8Array.of(7) } as never;
    s3.on(GetObjectCommand, { Bucket: 'derived', Key: 'K' }).resolves({ Body });
    s3.on(DeleteObjectCommand).resolves({});

    expect(await bucket.read('K')).toEqual(Uint8Array.of(7));
    await bucket.delete('K');
    expect(s3.commandCalls(DeleteObjectCommand)[0]?.args[0].input).toEqual({ Bucket: 'derived', Key: 'K' });
  });
});
