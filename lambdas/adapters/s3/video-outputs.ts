import { createReadStream } from 'node:fs';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { derivedKey, derivedVersionPrefix } from '../../contract/storage-keys.ts';
import type { FileRecord } from '../../core/files/file.ts';
import type { VideoOutputs } from '../../core/video/outputs.ts';
import type { EncodeTarget } from '../../core/video/ports.ts';
import { deleteBelow } from './delete-below.ts';
import { derivedObject } from './derived-bucket.ts';

const folder = 'videos';

/** Parts of an output: two of them are in memory for each. 10,000 of them are 156 GiB, more than any disk of a function. */
const partBytes = 16 * 1024 ** 2;
const partsAtOnce = 2;

/** What encoders leave in the derived bucket. */
export const createVideoOutputs = (s3: S3Client, bucket: string): VideoOutputs => ({
  keyOf: (version, name) => derivedKey(version, folder, name),
  read: async (file, name) => {
    const Key = derivedKey(file, folder, name);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    if (!Body) throw new Error(`S3 answered without a body for ${Key}`);
    return Body.transformToByteArray();
  },
  deleteAll: (version) => deleteBelow(s3, bucket, derivedVersionPrefix(version, folder)),
});

/** Where an encoder of this function puts its files: streamed from the disk, in parts where they are large. */
export const createEncodeTarget =
  (s3: S3Client, bucket: string) =>
  (file: FileRecord): EncodeTarget => ({
    put: async (name, mimeType, path, signal) => {
      signal.throwIfAborted();
      const Body = createReadStream(path);
      const upload = new Upload({
        client: s3,
        params: { ...derivedObject(bucket, file, derivedKey(file, folder, name), mimeType), Body },
        partSize: partBytes,
        queueSize: partsAtOnce,
      });
      const abort = (): void => void upload.abort();
      signal.addEventListener('abort', abort, { once: true });
      try {
        await upload.done();
      } finally {
        signal.removeEventListener('abort', abort);
        Body.destroy();
      }
    },
  });
