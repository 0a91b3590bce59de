import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  NoSuchUpload,
} from '@aws-sdk/client-s3';
import { libraryKey, libraryPrefix } from '../../contract/storage-keys.ts';
import { contentTypeOf } from '../../core/files/file.ts';
import { openReplacement } from '../../core/files/lock.ts';
import type {
  CopyOutcome,
  IntakeFacts,
  IntakeVersion,
  Library,
  PromotionTarget,
} from '../../core/intake/inspect.ts';
import { copyInParts, copySource, type LibraryDeps, maxCopyBytes, withoutVersion } from './copy-in-parts.ts';
import { encryptionOf } from './encryption.ts';

/** Where inspected originals live. Nothing gets here but a copy of exactly the version that was inspected. */
export function createLibrary(deps: LibraryDeps): Library {
  const { s3, libraryBucket: Bucket } = deps;
  return {
    beginCopy: async (facts, target) => {
      if (facts.size <= maxCopyBytes) return undefined;
      const key = libraryKey(target.file, target.extension);
      const { UploadId } = await s3.send(
        new CreateMultipartUploadCommand({ Bucket, Key: key, ...objectProperties(target) }),
      );
      if (!UploadId) throw new Error('S3 answered CreateMultipartUpload without an upload id');
      return { key, multipartId: UploadId };
    },
    promote: async (version, facts, target, begun) => {
      if (begun) return copyInParts(deps, version, facts, begun);
      const key = libraryKey(target.file, target.extension);
      return copyAtOnce(deps, version, facts, target, key);
    },
    abandonCopy: async ({ key, multipartId }) => {
      try {
        await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: key, UploadId: multipartId }));
      } catch (error) {
        // Another run has finished or abandoned it.
        if (!(error instanceof NoSuchUpload)) throw error;
      }
    },
    deleteVersion: async ({ key, versionId }) => {
      await deps.s3.send(
        new DeleteObjectCommand({ Bucket: deps.libraryBucket, Key: key, VersionId: versionId }),
      );
    },
    discard: async (replacement) => {
      const key = libraryKey(replacement, '');
      const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: key }));
      for (const { Key, VersionId } of Versions) {
        // `.v2` is no beginning of `.v21`.
        if (Key !== key && !Key?.startsWith(`${key}.`)) continue;
        await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
      }
    },
    keepOnly: async (file, { key, versionId }) => {
      const isOwn = key.startsWith(libraryPrefix(file));
      // What is being copied at this moment may have the number that a withdrawal has given to the present content.
      if (!isOwn && openReplacement(file)) return;
      // Where it lies in another file's object, the file's own key is the one without, or with, an extension.
      const prefix = isOwn ? key : libraryKey(file, '');
      // The key itself sorts before all that begin with it, so that one page has its versions: runs of one message.
      const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: prefix }));
      for (const { Key = '', VersionId } of Versions) {
        const isCopy = Key === prefix || (!isOwn && isExtension(Key.slice(prefix.length)));
        if (!isCopy || VersionId === versionId) continue;
        await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
      }
    },
  };
}

/** Not the number of another version. */
const isExtension = (rest: string): boolean => /^\.[^.]+$/.test(rest) && !/^\.v\d+$/.test(rest);

const objectProperties = ({ file, ...type }: PromotionTarget) => ({
  ContentType: contentTypeOf(type),
  CacheControl: 'private, max-age=3600',
  ...encryptionOf(file.encryptionKey),
  Tagging: new URLSearchParams({
    TenantId: file.tenantId,
    UserId: file.ownerId,
    FileId: file.fileId,
    FileType: type.mimeType,
  }).toString(),
});

async function copyAtOnce(
  deps: LibraryDeps,
  version: IntakeVersion,
  facts: IntakeFacts,
  target: PromotionTarget,
  key: string,
): Promise<CopyOutcome> {
  const { VersionId: versionId, CopyObjectResult } = await deps.s3.send(
    new CopyObjectCommand({
      Bucket: deps.libraryBucket,
      Key: key,
      ...copySource(deps, version, facts),
      ...objectProperties(target),
      MetadataDirective: 'REPLACE',
      TaggingDirective: 'REPLACE',
      // S3 digests what it writes, of a multipart upload too: every receipt then has a digest that proves the bytes.
      ChecksumAlgorithm: 'SHA256',
    }),
  );
  if (!versionId) throw withoutVersion();
  const SHA256 = CopyObjectResult?.ChecksumSHA256;
  return { kind: 'copied', key, versionId, ...(SHA256 && { checksums: { SHA256 } }) };
}
