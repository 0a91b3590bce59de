import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/** Calls that carry no object bytes. */
const requestTimeoutMs = 10_000;
const connectionTimeoutMs = 1_000;

export interface S3Options {
  /** The local engine has no wildcard DNS for bucket names. */
  readonly pathStyle: boolean;
  /** Where S3 is, if not where the SDK's rules say. A client that signs URLs must be told. */
  readonly endpoint?: string;
  readonly credentials?: S3ClientConfig['credentials'];
  readonly requestTimeoutMs?: number;
}

/**
 * `WHEN_REQUIRED` both ways: the SDK's default would add the checksum of an empty body to presigned requests and
 * checksum every answer, which the pipeline does itself where a checksum was declared.
 */
export const createS3 = (options: S3Options): S3Client =>
  new S3Client({
    forcePathStyle: options.pathStyle,
    ...(options.endpoint && { endpoint: options.endpoint }),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      requestTimeout: options.requestTimeoutMs ?? requestTimeoutMs,
      connectionTimeout: connectionTimeoutMs,
    },
    maxAttempts: 4,
    ...(options.credentials && { credentials: options.credentials }),
  });
