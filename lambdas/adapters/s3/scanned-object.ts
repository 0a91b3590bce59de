import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { intakeKey } from '../../contract/storage-keys.ts';
import type { ScanTarget } from '../../core/intake/scanner.ts';

export interface ScannedBuckets {
  readonly intake: string;
  readonly library: string;
}

/** Opens exactly the version that is to be scanned, as a stream. */
export type OpenScanned = (target: ScanTarget, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;

export const openScanned =
  (s3: S3Client, buckets: ScannedBuckets): OpenScanned =>
  async (target, abortSignal) => {
    const { bucket, versionId: VersionId } = target;
    const { Body } = await s3.send(
      new GetObjectCommand({
        Bucket: buckets[bucket],
        Key: bucket === 'intake' ? intakeKey(target) : target.key,
        VersionId,
      }),
      { abortSignal },
    );
    if (!Body) throw new Error(`S3 answered version ${VersionId} without a body`);
    return Body as unknown as AsyncIterable<Uint8Array>;
  };
