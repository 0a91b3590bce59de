import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { searchSegmentKey } from '../../contract/storage-keys.ts';
import { encryptionOf } from '../s3/encryption.ts';

/** The objects of segments. They never change. */
export interface SegmentObjects {
  put(tenantId: string, id: string, bytes: Uint8Array, encryptionKey: string | undefined): Promise<void>;
  read(tenantId: string, id: string, at: number, length: number): Promise<Uint8Array>;
  /** Harmless for one that is gone already. */
  remove(tenantId: string, id: string): Promise<void>;
}

/** Below the tenant's prefix of the derived bucket, so that they go with the tenant, and can be made again. */
export const createSegmentObjects = (s3: S3Client, bucket: string): SegmentObjects => ({
  put: async (tenantId, id, bytes, encryptionKey) => {
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: searchSegmentKey(tenantId, id),
        Body: bytes,
        ContentType: 'application/octet-stream',
        ...encryptionOf(encryptionKey),
      }),
    );
  },
  read: async (tenantId, id, at, length) => {
    const { Body } = await s3.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: searchSegmentKey(tenantId, id),
        Range: `bytes=${at}-${at + length - 1}`,
      }),
    );
    if (!Body) throw new Error('S3 answered a range without a body');
    return Body.transformToByteArray();
  },
  remove: async (tenantId, id) => {
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: searchSegmentKey(tenantId, id) }));
  },
});
