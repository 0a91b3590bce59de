import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { withDeadline } from '../request-deadline.ts';

/** Calls that carry no object bytes; all attempts together stay within the 29 s of an API call. */
const requestTimeoutMs = 7_000;
const maxAttempts = 3;

export interface S3Options {
  /** The local engine has no wildcard DNS for bucket names. */
  readonly pathStyle: boolean;
  /** Where S3 is, if not where the SDK's rules say. A client that signs URLs must be told. */
  readonly endpoint?: string;
  readonly credentials?: S3ClientConfig['credentials'];
  readonly requestTimeoutMs?: number;
  readonly maxAttempts?: number;
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
    requestHandler: withDeadline(options.requestTimeoutMs ?? requestTimeoutMs),
    maxAttempts: options.maxAttempts ?? maxAttempts,
    ...(options.credentials && { credentials: options.credentials }),
  });
