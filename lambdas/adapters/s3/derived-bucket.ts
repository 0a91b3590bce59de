import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type DerivedFolder, derivedKey } from '../../contract/storage-keys.ts';
import type { FileRecord } from '../../core/files/file.ts';
import type { ProcessDeps } from '../../core/processing/process-file.ts';
import { encryptionOf } from './encryption.ts';

/** Renditions never change under their key, so whoever may see one may keep it for a year. */
const cacheControl = 'private, max-age=31536000, immutable';

export interface DerivedObject {
  readonly folder: DerivedFolder;
  /** Of the object within its folder. */
  readonly name: string;
  readonly mimeType: string;
  readonly body: Uint8Array;
}

/** What is made of files, one object each. */
export interface DerivedBucket extends Pick<ProcessDeps['derived'], 'put' | 'deleteAll'> {
  /** @returns its key */
  putObject(file: FileRecord, object: DerivedObject): Promise<string>;
}

export function createDerivedBucket(s3: S3Client, bucket: string): DerivedBucket {
  const putObject: DerivedBucket['putObject'] = async (file, { folder, name, mimeType, body }) => {
    const key = derivedKey(file, folder, name);
    await s3.send(putDerived(bucket, file, key, mimeType, body));
    return key;
  };
  return {
    putObject,
    put: (file, { folder, name, extension, mimeType, body }) =>
      putObject(file, { folder, name: `${name}${extension}`, mimeType, body }),
    deleteAll: async (keys) => {
      await Promise.all(keys.map((key) => s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))));
    },
  };
}

/** An object that was made of a file, as all of them are written. */
export const derivedObject = (bucket: string, file: FileRecord, key: string, mimeType: string) => ({
  Bucket: bucket,
  Key: key,
  ContentType: mimeType,
  CacheControl: cacheControl,
  ...encryptionOf(file.encryptionKey),
  Tagging: new URLSearchParams({
    TenantId: file.tenantId,
    UserId: file.ownerId,
    FileId: file.fileId,
    FileType: mimeType.replace(/;.*/, ''),
  }).toString(),
});

export const putDerived = (
  bucket: string,
  file: FileRecord,
  key: string,
  mimeType: string,
  body: Uint8Array,
): PutObjectCommand => new PutObjectCommand({ ...derivedObject(bucket, file, key, mimeType), Body: body });
