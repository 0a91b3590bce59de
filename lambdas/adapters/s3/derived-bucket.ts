import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { derivedKey } from '../../contract/storage-keys.ts';
import type { ProcessImageDeps } from '../../core/processing/process-image.ts';
import { encryptionOf } from './encryption.ts';

/** Renditions never change under their key, so whoever may see one may keep it for a year. */
const cacheControl = 'private, max-age=31536000, immutable';

export const createDerivedBucket = (s3: S3Client, bucket: string): ProcessImageDeps['derived'] => ({
  put: async (file, rendition) => {
    const key = derivedKey(file, 'thumbnails', `${rendition.name}${rendition.extension}`);
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: rendition.body,
        ContentType: rendition.mimeType,
        CacheControl: cacheControl,
        ...encryptionOf(file.encryptionKey),
        Tagging: new URLSearchParams({
          TenantId: file.tenantId,
          UserId: file.ownerId,
          FileId: file.fileId,
          FileType: rendition.mimeType,
        }).toString(),
      }),
    );
    return key;
  },
  deleteAll: async (keys) => {
    await Promise.all(keys.map((key) => s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))));
  },
});
