import { PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { auditSegmentKey } from '../../contract/storage-keys.ts';
import type { SealDeps } from '../../core/audit/seal.ts';

const preconditionFailed = 412;

/**
 * Writes each segment once and nothing else: who seals can neither read, nor remove, nor overwrite what is sealed. What
 * lies there already is what an earlier run wrote; if it is not, because somebody put the table's head back, the chain
 * in the bucket does not follow it and the verification says so.
 */
export const createAuditBucket = (s3: S3Client, bucket: string): SealDeps['bucket'] => ({
  put: async (head, text) => {
    const put = new PutObjectCommand({
      Bucket: bucket,
      Key: auditSegmentKey(head),
      Body: text,
      ContentType: 'application/jsonl',
      // S3 takes nothing without a checksum into a bucket that retains by default.
      ChecksumAlgorithm: 'SHA256',
      IfNoneMatch: '*',
    });
    await s3.send(put).catch((error: unknown) => {
      const isThere =
        error instanceof S3ServiceException && error.$metadata.httpStatusCode === preconditionFailed;
      if (!isThere) throw error;
    });
  },
});
