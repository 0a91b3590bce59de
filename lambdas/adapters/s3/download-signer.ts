import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { create as contentDisposition } from 'content-disposition';
import { contentTypeOf } from '../../core/files/file.ts';
import type { DownloadRequest, DownloadSigner } from '../../core/ports.ts';
import type { SignerCredentials } from './signer-credentials.ts';

export interface DownloadSignerDeps {
  readonly s3: S3Client;
  /** Those that it signs for. */
  readonly buckets: Readonly<Partial<Record<DownloadRequest['bucket'], string>>>;
  readonly credentials: () => Promise<SignerCredentials>;
}

export const createDownloadSigner = (deps: DownloadSignerDeps): DownloadSigner => ({
  sign: async (request) => {
    const { expiration } = await deps.credentials();
    const signingDate = new Date();
    const secondsLeft = Math.floor((expiration.getTime() - signingDate.getTime()) / 1000);
    const expiresIn = Math.min(request.seconds, secondsLeft);
    const url = await getSignedUrl(deps.s3, commandFor(deps, request), { expiresIn, signingDate });
    return { url, expiresAt: new Date(signingDate.getTime() + expiresIn * 1000).toISOString() };
  },
});

const commandFor = (deps: DownloadSignerDeps, request: DownloadRequest): GetObjectCommand =>
  new GetObjectCommand({
    Bucket: deps.buckets[request.bucket],
    Key: request.key,
    ...(request.versionId && { VersionId: request.versionId }),
    ResponseContentType: contentTypeOf(request),
    // RFC 6266/8187: an ASCII fallback and the name in UTF-8.
    ResponseContentDisposition: contentDisposition(request.filename, { type: request.disposition }),
    ResponseCacheControl: request.cacheControl,
  });
