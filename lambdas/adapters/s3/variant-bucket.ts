import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NotFound,
  type S3Client,
} from '@aws-sdk/client-s3';
import { variantKey } from '../../contract/storage-keys.ts';
import type { VariantBucket } from '../../core/images/variants.ts';
import { putDerived } from './derived-bucket.ts';

/** The derived bucket as the function that makes variants sees it. */
export const createVariantBucket = (s3: S3Client, Bucket: string): VariantBucket => ({
  keyOf: variantKey,
  has: async (Key) => {
    try {
      await s3.send(new HeadObjectCommand({ Bucket, Key }));
      return true;
    } catch (error) {
      if (error instanceof NotFound) return false;
      throw error;
    }
  },
  read: async (Key) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    if (!Body) throw new Error(`S3 answered without a body for ${Key}`);
    return Body.transformToByteArray();
  },
  put: async (file, key, mimeType, body) => {
    await s3.send(putDerived(Bucket, file, key, mimeType, body));
  },
  delete: async (Key) => {
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  },
});
