import { GetObjectCommand, HeadObjectCommand, NotFound, type S3Client } from '@aws-sdk/client-s3';
import { derivedKey } from '../../contract/storage-keys.ts';
import type { FileRecord } from '../../core/files/file.ts';
import type { EncodedObjects } from '../../core/video/encoded-objects.ts';
import { putDerived } from './derived-bucket.ts';

const folder = 'videos';

/** What an encoder has left in the derived bucket of one version of a file. */
export const createEncodedObjects =
  (s3: S3Client, Bucket: string) =>
  (file: FileRecord): EncodedObjects => {
    const keyOf = (name: string): string => derivedKey(file, folder, name);
    return {
      size: async (name) => {
        try {
          const { ContentLength } = await s3.send(new HeadObjectCommand({ Bucket, Key: keyOf(name) }));
          return ContentLength;
        } catch (error) {
          if (error instanceof NotFound) return undefined;
          throw error;
        }
      },
      read: async (name, from, length) => {
        const Range = `bytes=${from}-${from + length - 1}`;
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: keyOf(name), Range }));
        if (!Body) throw new Error(`S3 answered a range of ${keyOf(name)} without a body`);
        return Body.transformToByteArray();
      },
      write: async (name, mimeType, bytes) => {
        await s3.send(putDerived(Bucket, file, keyOf(name), mimeType, bytes));
      },
    };
  };
