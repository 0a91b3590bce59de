import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createS3 } from '../../../lambdas/adapters/s3/client.ts';
import { createDownloadSigner } from '../../../lambdas/adapters/s3/download-signer.ts';
import {
  type SignerCredentials,
  signerCredentials,
} from '../../../lambdas/adapters/s3/signer-credentials.ts';
import { createUploadSigner } from '../../../lambdas/adapters/s3/upload-signer.ts';
import { checksumAlgorithms } from '../../../lambdas/core/uploads/checksum.ts';
import { session } from '../../support/domain.ts';

const inMinutes = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);
const credentials =
  (minutes = 60) =>
  async (): Promise<SignerCredentials> => ({
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'secret',
    sessionToken: 'token+/=',
    expiration: inMinutes(minutes),
  });
const s3 = (creds = credentials()) => createS3({ pathStyle: false, credentials: creds });
const uploadSigner = (creds = credentials()) =>
  createUploadSigner({ s3: s3(creds), bucket: 'intake', credentials: creds });
const query = (url: string) => new URL(url).searchParams;

beforeEach(() => {
  process.env.AWS_REGION = 'eu-west-1';
});

describe('the URL of a part', () => {
  it('signs the exact length and nothing that a client would not send by itself', async () => {
    const [signed] = await uploadSigner().signParts(session(), [{ partNumber: 1, size: 1_000 }], 600);
    expect(query(signed?.url ?? '').get('X-Amz-SignedHeaders')).toBe('content-length;host');
    expect(query(signed?.url ?? '').get('X-Amz-Expires')).toBe('600');
    expect(signed).toMatchObject({ partNumber: 1, size: 1_000, headers: {} });
    expect(new URL(signed?.url ?? '').pathname).toBe('/tenants/acme/F1/U1');
    expect(new URL(signed?.url ?? '').hostname).toBe('intake.s3.eu-west-1.amazonaws.com');
  });

  it.each(checksumAlgorithms)(
    'signs a declared %s as a header, for in the query S3 would verify nothing',
    async (algorithm) => {
      const header = `x-amz-checksum-${algorithm.toLowerCase()}`;
      const declared = session({
        checksum: { algorithm, perPart: true },
        multipartId: 'M',
        totalParts: 3,
      });
      const [signed] = await uploadSigner().signParts(
        declared,
        [{ partNumber: 2, size: 5, checksum: 'abc=' }],
        600,
      );
      const parameters = query(signed?.url ?? '');
      expect(parameters.get('X-Amz-SignedHeaders')).toBe(`content-length;host;${header}`);
      expect([...parameters.keys()].filter((name) => /checksum/i.test(name))).toEqual([]);
      expect(signed?.headers).toEqual({ [header]: 'abc=' });
      expect([parameters.get('partNumber'), parameters.get('uploadId')]).toEqual(['2', 'M']);
    },
  );

  it('has another signature for another length', async () => {
    const of = async (size: number) =>
      (await uploadSigner().signParts(session(), [{ partNumber: 1, size }], 600))[0]?.url;
    const [one, other] = [await of(1), await of(2)].map((url) => query(url ?? '').get('X-Amz-Signature'));
    expect(one).not.toBe(other);
  });

  it('ends with the credentials that signed it, and says so', async () => {
    const [signed] = await uploadSigner(credentials(10)).signParts(
      session(),
      [{ partNumber: 1, size: 1 }],
      86_400,
    );
    const seconds = Number(query(signed?.url ?? '').get('X-Amz-Expires'));
    expect(seconds).toBeGreaterThan(590);
    expect(seconds).toBeLessThanOrEqual(600);
    expect(Date.parse(signed?.expiresAt ?? '')).toBeLessThanOrEqual(inMinutes(10).getTime());
  });
});

describe('the URL of a download', () => {
  const sign = (filename: string, minutes = 60) => {
    const creds = credentials(minutes);
    const buckets = { library: 'library', derived: 'derived' };
    return createDownloadSigner({ s3: s3(creds), buckets, credentials: creds }).sign({
      bucket: 'library',
      key: 'tenants/acme/files/F1.jpg',
      versionId: 'V1',
      filename,
      mimeType: 'image/jpeg',
      cacheControl: 'private, max-age=3600',
      disposition: 'attachment',
      seconds: 3_600,
    });
  };

  it('names one version, its inspected type, and the file name in ASCII and in UTF-8', async () => {
    const parameters = query((await sign('Übersicht "1".jpg')).url);
    expect(parameters.get('versionId')).toBe('V1');
    expect(parameters.get('response-content-type')).toBe('image/jpeg');
    const disposition = parameters.get('response-content-disposition') ?? '';
    expect(disposition).toContain("filename*=UTF-8''%C3%9Cbersicht");
    expect(disposition).not.toMatch(/[^ -~]/);
    expect(parameters.get('response-cache-control')).toBe('private, max-age=3600');
  });

  it('is shortened to its credentials', async () => {
    const { url, expiresAt } = await sign('a.jpg', 5);
    expect(Number(query(url).get('X-Amz-Expires'))).toBeLessThanOrEqual(300);
    expect(Date.parse(expiresAt)).toBeLessThanOrEqual(inMinutes(5).getTime());
  });
});

describe('the credentials of a signer', () => {
  const answer = (minutes: number, id = 'A') => ({
    Credentials: { AccessKeyId: id, SecretAccessKey: 's', SessionToken: 't', Expiration: inMinutes(minutes) },
  });

  it('are assumed once and kept while 45 minutes are left', async () => {
    const sts = mockClient(STSClient);
    sts.on(AssumeRoleCommand).resolves(answer(60));
    const get = signerCredentials('role', 'test');
    await get();
    vi.setSystemTime(inMinutes(14));
    await get();
    expect(sts.calls()).toHaveLength(1);
    vi.setSystemTime(inMinutes(2));
    await get();
    expect(sts.calls()).toHaveLength(2);
    vi.useRealTimers();
  });

  it('that are still valid serve on while STS fails, and then no longer', async () => {
    const sts = mockClient(STSClient);
    sts.on(AssumeRoleCommand).resolvesOnce(answer(60)).rejects(new Error('STS is down'));
    const get = signerCredentials('role', 'test');
    await get();
    vi.setSystemTime(inMinutes(50));
    expect((await get()).accessKeyId).toBe('A');
    vi.setSystemTime(inMinutes(20));
    await expect(get()).rejects.toThrow('STS is down');
    vi.useRealTimers();
  });
});
