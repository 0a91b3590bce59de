import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  NoSuchUpload,
  type S3Client,
} from '@aws-sdk/client-s3';
import { libraryKey } from '../../contract/storage-keys.ts';
import { contentTypeOf } from '../../core/files/file.ts';
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
    keepOnly: async ({ key, versionId }) => {
      const Bucket = deps.libraryBucket;
      // The key itself sorts before all that begin with it, so that one page has its versions: runs of one message.
      const { Versions = [] } = await deps.s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: key }));
      for (const { Key, VersionId } of Versions) {
        if (Key !== key || VersionId === versionId) continue;
        await deps.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
      }
    },
  };
}

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

/** One version of a library object, whole: callers bound its size first. */
export async function readLibraryObject(
  s3: S3Client,
  bucket: string,
  location: { key: string; versionId: string },
): Promise<Uint8Array> {
  const { Body, ContentLength = 0 } = await s3.send(
    new GetObjectCommand({ Bucket: bucket, Key: location.key, VersionId: location.versionId }),
  );
  if (!Body) throw new Error(`S3 answered without a body for ${location.key}`);
  // Into its place as it comes: collected first and joined then, it would be in memory twice.
  const bytes = Buffer.allocUnsafe(ContentLength);
  let length = 0;
  for await (const chunk of Body as AsyncIterable<Uint8Array>) {
    if (length + chunk.byteLength <= ContentLength) bytes.set(chunk, length);
    length += chunk.byteLength;
  }
  if (length !== ContentLength)
    throw new Error(`S3 sent ${length} bytes of ${ContentLength} for ${location.key}`);
  return bytes;
}
