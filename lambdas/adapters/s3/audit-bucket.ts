import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { auditSegmentKey } from '../../contract/storage-keys.ts';
import type { SealDeps } from '../../core/audit/seal.ts';

/** Writes and nothing else: who seals can neither read nor remove what is sealed. */
export const createAuditBucket = (s3: S3Client, bucket: string): SealDeps['bucket'] => ({
  put: async (head, text) => {
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: auditSegmentKey(head),
        Body: text,
        ContentType: 'application/jsonl',
        // S3 takes nothing without a checksum into a bucket that retains by default.
        ChecksumAlgorithm: 'SHA256',
      }),
    );
  },
});
