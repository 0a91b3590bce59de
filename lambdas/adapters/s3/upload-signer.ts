import type { S3Client } from '@aws-sdk/client-s3';
import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
import { intakeKey } from '../../contract/storage-keys.ts';
import type { PartToSign, SignedPart, UploadSigner } from '../../core/ports.ts';
import { checksumHeader } from '../../core/uploads/checksum.ts';
import { isSinglePut } from '../../core/uploads/part-plan.ts';
import type { UploadSession } from '../../core/uploads/session.ts';
import { type BucketAddress, bucketAddress } from './bucket-address.ts';
import { encryptionHeaders } from './encryption.ts';
import type { SignerCredentials } from './signer-credentials.ts';

export interface UploadSignerDeps {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly credentials: () => Promise<SignerCredentials>;
}

/**
 * Presigns part URLs. It signs the request itself instead of going through a command of the client: the middleware
 * of a command costs more than twice the signature itself (bench/initiations.ts), and one call may ask for 1,000 URLs.
 *
 * Signed are the exact Content-Length and, where there are any, the checksum and the tenant's key, which must stay
 * headers: in the query S3 would accept them and do nothing. Content-Type is not signed and not believed.
 */
export function createUploadSigner(deps: UploadSignerDeps): UploadSigner {
  const presigner = new S3RequestPresigner({ ...deps.s3.config, credentials: deps.credentials });
  let address: Promise<BucketAddress> | undefined;
  return {
    signParts: async (session, parts, seconds) => {
      address ??= bucketAddress(deps.s3, deps.bucket);
      const [credentials, at] = [await deps.credentials(), await address];
      const signingDate = new Date();
      const secondsLeft = Math.floor((credentials.expiration.getTime() - signingDate.getTime()) / 1000);
      const expiresIn = Math.min(seconds, secondsLeft);
      const expiresAt = new Date(signingDate.getTime() + expiresIn * 1000).toISOString();
      return Promise.all(
        parts.map(async (part): Promise<SignedPart> => {
          const headers = headersOf(session, part);
          const signed = await presigner.presign(requestFor(at, session, part, headers), {
            expiresIn,
            signingDate,
            unhoistableHeaders: new Set(Object.keys(headers)),
          });
          return {
            partNumber: part.partNumber,
            size: part.size,
            url: urlOf(signed),
            headers,
            expiresAt,
          };
        }),
      );
    },
  };
}

/** A part lies under the key that its multipart upload was created with, and takes no header for it. */
const headersOf = (session: UploadSession, part: PartToSign): Record<string, string> => ({
  ...(part.checksum && session.checksum && { [checksumHeader(session.checksum.algorithm)]: part.checksum }),
  ...(isSinglePut(session) && encryptionHeaders(session.encryptionKey)),
});

type Request = Parameters<S3RequestPresigner['presign']>[0];

function requestFor(
  at: BucketAddress,
  session: UploadSession,
  part: PartToSign,
  headers: Record<string, string>,
): Request {
  return {
    method: 'PUT',
    protocol: at.protocol,
    hostname: at.hostname,
    ...(at.port && { port: at.port }),
    path: `${at.path}/${intakeKey(session)}`,
    query: session.multipartId ? { partNumber: String(part.partNumber), uploadId: session.multipartId } : {},
    headers: { 'content-length': String(part.size), ...headers },
  };
}

function urlOf({ protocol, hostname, port, path, query }: Request): string {
  const parameters = Object.entries(query ?? {}).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  return `${protocol}//${hostname}${port ? `:${port}` : ''}${path}?${parameters.join('&')}`;
}
