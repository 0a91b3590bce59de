import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEncodeTarget, createVideoOutputs } from '../../../lambdas/adapters/s3/video-outputs.ts';
import { file } from '../../support/domain.ts';

const MiB = 1024 ** 2;
const record = file({ encryptionKey: 'arn:key' });
const prefix = `tenants/acme/videos/F1/v${record.version}/`;

const s3 = mockClient(S3Client);
const client = new S3Client({ region: 'eu-west-1' });
beforeEach(() => {
  s3.reset();
});

describe('what an encoder puts', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'outputs-'));
    await writeFile(join(directory, 'small'), 'poster');
    await writeFile(join(directory, 'large'), Buffer.alloc(33 * MiB));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const target = createEncodeTarget(client, 'derived')(record);
  const written = {
    ...{ Bucket: 'derived', SSEKMSKeyId: 'arn:key', BucketKeyEnabled: false },
    CacheControl: 'private, max-age=31536000, immutable',
  };
  const put = (name: string, signal = new AbortController().signal) =>
    target.put('1080p.mp4', 'video/mp4', join(directory, name), signal);

  it("goes in one request where it is small, under the tenant's key, for caches to keep", async () => {
    s3.on(PutObjectCommand).resolves({ ETag: '"e"' });

    await put('small');

    expect(s3.commandCalls(PutObjectCommand)[0]?.args[0].input).toMatchObject({
      ...{ ...written, Key: `${prefix}1080p.mp4`, ContentType: 'video/mp4' },
      Tagging: 'TenantId=acme&UserId=alice&FileId=F1&FileType=video%2Fmp4',
    });
  });

  it('goes in parts where it is large, with the same marks', async () => {
    s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'U' });
    s3.on(UploadPartCommand).resolves({ ETag: '"e"' });
    s3.on(CompleteMultipartUploadCommand).resolves({});

    await put('large');

    expect(s3.commandCalls(CreateMultipartUploadCommand)[0]?.args[0].input).toMatchObject(written);
    const parts = s3.commandCalls(UploadPartCommand).map(({ args }) => args[0].input);
    expect(parts.map(({ Body }) => (Body as Uint8Array).byteLength).sort()).toEqual([
      MiB,
      16 * MiB,
      16 * MiB,
    ]);
    expect(s3.commandCalls(CompleteMultipartUploadCommand)).toHaveLength(1);
  });

  it('leaves no parts behind where it fails', async () => {
    s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'U' });
    s3.on(UploadPartCommand).rejects(new Error('no network'));
    s3.on(AbortMultipartUploadCommand).resolves({});

    await expect(put('large')).rejects.toThrow('no network');
    expect(s3.commandCalls(AbortMultipartUploadCommand)).toHaveLength(1);
  });

  it('is not begun by one who was told to end', async () => {
    await expect(put('small', AbortSignal.abort())).rejects.toThrow();
    expect(s3.calls()).toEqual([]);
  });
});

describe('what encoders have left', () => {
  const outputs = createVideoOutputs(client, 'derived');

  it('is read by its name', async () => {
    const Body = { transformToByteArray: async () => Uint8Array.of(7) } as never;
    s3.on(GetObjectCommand, { Bucket: 'derived', Key: `${prefix}poster.jpg` }).resolves({ Body });

    expect(outputs.keyOf(record, 'poster.jpg')).toBe(`${prefix}poster.jpg`);
    expect(await outputs.read(record, 'poster.jpg')).toEqual(Uint8Array.of(7));
  });

  it('goes with all that lies in the folder of its version, and nothing beside it', async () => {
    s3.on(ListObjectsV2Command, { Bucket: 'derived', Prefix: prefix }).resolves({
      Contents: [{ Key: `${prefix}1080p.mp4` }, { Key: `${prefix}half-written` }],
    });
    s3.on(DeleteObjectCommand).resolves({});

    await outputs.deleteAll(record);

    expect(s3.commandCalls(DeleteObjectCommand).map(({ args }) => args[0].input.Key)).toEqual([
      `${prefix}1080p.mp4`,
      `${prefix}half-written`,
    ]);
  });
});
