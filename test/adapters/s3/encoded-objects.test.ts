import {
  GetObjectCommand,
  HeadObjectCommand,
  NotFound,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEncodedObjects } from '../../../lambdas/adapters/s3/encoded-objects.ts';
import { file } from '../../support/domain.ts';

describe('what an encoder has left', () => {
  const s3 = mockClient(S3Client);
  const record = file({ encryptionKey: 'arn:key' });
  const objects = createEncodedObjects(new S3Client({ region: 'eu-west-1' }), 'derived')(record);
  const Key = `tenants/acme/videos/F1/v${record.version}/1080p.mp4`;
  beforeEach(() => {
    s3.reset();
  });

  it('is told from what is not there, and from what nobody may know', async () => {
    s3.on(HeadObjectCommand, { Bucket: 'derived', Key }).resolves({ ContentLength: 7 });
    expect(await objects.size('1080p.mp4')).toBe(7);
    s3.on(HeadObjectCommand).rejects(new NotFound({ message: '', $metadata: {} }));
    expect(await objects.size('1080p.mp4')).toBeUndefined();
    const denied = new S3ServiceException({ name: '403', message: '', $fault: 'client', $metadata: {} });
    s3.on(HeadObjectCommand).rejects(denied);
    await expect(objects.size('1080p.mp4')).rejects.toBe(denied);
  });

  it('is read by ranges', async () => {
    const Body = { transformToByteArray: async () => Uint8Array.of(7) } as never;
    s3.on(GetObjectCommand, { Bucket: 'derived', Key, Range: 'bytes=10-14' }).resolves({ Body });

    expect(await objects.read('1080p.mp4', 10, 5)).toEqual(Uint8Array.of(7));
  });

  it("gets more beside it under the tenant's key", async () => {
    s3.on(PutObjectCommand).resolves({});

    await objects.write('stream.json', 'application/json', Uint8Array.of(1));

    expect(s3.commandCalls(PutObjectCommand)[0]?.args[0].input).toMatchObject({
      ...{ Bucket: 'derived', ContentType: 'application/json', SSEKMSKeyId: 'arn:key' },
      Key: Key.replace('1080p.mp4', 'stream.json'),
    });
  });
});
