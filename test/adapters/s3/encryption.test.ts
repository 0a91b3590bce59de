import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { createS3 } from '../../../lambdas/adapters/s3/client.ts';
import { createDerivedBucket } from '../../../lambdas/adapters/s3/derived-bucket.ts';
import { createIntakeBucket } from '../../../lambdas/adapters/s3/intake-bucket.ts';
import { createLibrary } from '../../../lambdas/adapters/s3/library.ts';
import { createUploadSigner } from '../../../lambdas/adapters/s3/upload-signer.ts';
import { file, session } from '../../support/domain.ts';

process.env.AWS_REGION ??= 'eu-west-1';

const GiB = 1024 ** 3;
const encryptionKey = 'arn:aws:kms:eu-west-1:123456789012:key/k1';
const underKey = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: encryptionKey, BucketKeyEnabled: false };
const credentials = async () => ({
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'secret',
  sessionToken: 'token',
  expiration: new Date(Date.now() + 3_600_000),
});
const client = createS3({ pathStyle: false, credentials });

const signed = async (over: Parameters<typeof session>[0]) => {
  const signer = createUploadSigner({ s3: client, bucket: 'intake', credentials });
  const [part] = await signer.signParts(session(over), [{ partNumber: 1, size: 5 }], 600);
  if (!part) throw new Error('nothing was signed');
  return { ...part, query: new URL(part.url).searchParams };
};
const library = createLibrary({
  s3: client,
  intakeBucket: 'intake',
  libraryBucket: 'library',
  outOfTime: () => false,
});
const version = { tenantId: 'acme', fileId: 'F1', uploadId: 'U1', versionId: 'V1' };
const target = (over: Parameters<typeof file>[0]) => ({
  file: file(over),
  mimeType: 'image/jpeg',
  extension: '.jpg',
});

describe('what a tenant with its own key writes lies under that key, and never under a bucket key', () => {
  it('a single PUT signs it as headers, which the client is told to send', async () => {
    const { headers, query } = await signed({ encryptionKey });

    expect(headers).toEqual({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': encryptionKey,
      'x-amz-server-side-encryption-bucket-key-enabled': 'false',
    });
    expect(query.get('X-Amz-SignedHeaders')?.split(';')).toEqual(
      expect.arrayContaining(Object.keys(headers)),
    );
    expect([...query.keys()].filter((name) => /server-side/i.test(name))).toEqual([]);
  });

  it('a multipart upload says it once, when it is created; its parts need no header', async () => {
    const s3 = mockClient(S3Client);
    s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'M' });
    const intake = createIntakeBucket({ bucket: 'intake', s3: client, putting: client });

    await intake.createMultipart(session({ encryptionKey, totalParts: 3 }));
    s3.restore();

    expect(s3.commandCalls(CreateMultipartUploadCommand)[0]?.args[0].input).toMatchObject(underKey);
    expect((await signed({ encryptionKey, totalParts: 3, multipartId: 'M' })).headers).toEqual({});
  });

  it('the copy into the library says it, at once and in parts', async () => {
    const s3 = mockClient(S3Client);
    s3.on(CopyObjectCommand).resolves({ VersionId: 'L1' });
    s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'M' });

    await library.promote(version, { size: 1, etag: '"e"', checksums: {} }, target({ encryptionKey }));
    await library.beginCopy({ size: 6 * GiB, etag: '"e"', checksums: {} }, target({ encryptionKey }));

    expect(s3.commandCalls(CopyObjectCommand)[0]?.args[0].input).toMatchObject(underKey);
    expect(s3.commandCalls(CreateMultipartUploadCommand)[0]?.args[0].input).toMatchObject(underKey);
  });

  it('every rendition says it', async () => {
    const s3 = mockClient(S3Client);
    s3.on(PutObjectCommand).resolves({});
    const rendition = {
      ...{
        name: 'small',
        folder: 'thumbnails' as const,
        mimeType: 'image/webp',
        extension: '.webp',
        width: 1,
        height: 1,
      },
      body: new Uint8Array(1),
    };

    await createDerivedBucket(client, 'derived').put(file({ encryptionKey }), rendition);

    expect(s3.commandCalls(PutObjectCommand)[0]?.args[0].input).toMatchObject(underKey);
  });
});

it('other tenants name no key: the default of the bucket decides', async () => {
  const s3 = mockClient(S3Client);
  s3.on(CopyObjectCommand).resolves({ VersionId: 'L1' });

  await library.promote(version, { size: 1, etag: '"e"', checksums: {} }, target({}));
  const asked = s3.commandCalls(CopyObjectCommand)[0]?.args[0].input;
  s3.restore();

  for (const name of Object.keys(underKey)) expect(asked).not.toHaveProperty(name);
  expect((await signed({})).headers).toEqual({});
});
