import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { intakeKey, libraryKey } from '../../contract/storage-keys.ts';
import { contentTypeOf } from '../../core/files/file.ts';
import type { InspectDeps, IntakeFacts, IntakeVersion, PromotionTarget } from '../../core/intake/inspect.ts';

const GiB = 1024 ** 3;
/** S3 copies at most 5 GiB in one call. */
const maxCopyBytes = 5 * GiB;
/** Ranges of a parallel copy; 5 GiB parts would leave no parallelism, S3 takes up to 10,000 parts. */
const copyPartMinBytes = GiB;
const copyMaxParts = 10_000;
const copyConcurrency = 16;

export interface LibraryDeps {
  readonly s3: S3Client;
  readonly intakeBucket: string;
  readonly libraryBucket: string;
}

/** Where inspected originals live. Nothing gets here but a copy of exactly the version that was inspected. */
export function createLibrary(deps: LibraryDeps): InspectDeps['library'] {
  return {
    promote: async (version, facts, target) => {
      const key = libraryKey(target.file, target.extension);
      const versionId =
        facts.size > maxCopyBytes
          ? await copyInParts(deps, version, facts, target, key)
          : await copyAtOnce(deps, version, facts, target, key);
      if (!versionId) throw new Error('the library bucket answered without a version id: is versioning on?');
      return { key, versionId };
    },
    deleteVersion: async ({ key, versionId }) => {
      await deps.s3.send(
        new DeleteObjectCommand({ Bucket: deps.libraryBucket, Key: key, VersionId: versionId }),
      );
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

/** The version that was inspected, and only while its ETag is the inspected one. */
const copySource = (deps: LibraryDeps, version: IntakeVersion, facts: IntakeFacts) => ({
  CopySource: `${deps.intakeBucket}/${intakeKey(version).split('/').map(encodeURIComponent).join('/')}?versionId=${encodeURIComponent(version.versionId)}`,
  CopySourceIfMatch: facts.etag,
});

const objectProperties = ({ file, ...type }: PromotionTarget) => ({
  ContentType: contentTypeOf(type),
  CacheControl: 'private, max-age=3600',
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
): Promise<string | undefined> {
  const { VersionId } = await deps.s3.send(
    new CopyObjectCommand({
      Bucket: deps.libraryBucket,
      Key: key,
      ...copySource(deps, version, facts),
      ...objectProperties(target),
      MetadataDirective: 'REPLACE',
      TaggingDirective: 'REPLACE',
    }),
  );
  return VersionId;
}

async function copyInParts(
  deps: LibraryDeps,
  version: IntakeVersion,
  facts: IntakeFacts,
  target: PromotionTarget,
  key: string,
): Promise<string | undefined> {
  const at = { Bucket: deps.libraryBucket, Key: key };
  const { UploadId } = await deps.s3.send(
    new CreateMultipartUploadCommand({ ...at, ...objectProperties(target) }),
  );
  try {
    const partBytes = Math.max(copyPartMinBytes, Math.ceil(facts.size / copyMaxParts));
    const total = Math.ceil(facts.size / partBytes);
    const parts: { PartNumber: number; ETag: string | undefined }[] = [];
    let next = 1;
    let failed = false;
    const worker = async (): Promise<void> => {
      for (let n = next++; n <= total && !failed; n = next++) {
        const from = (n - 1) * partBytes;
        const to = Math.min(facts.size, from + partBytes) - 1;
        const copying = deps.s3.send(
          new UploadPartCopyCommand({
            ...at,
            UploadId,
            PartNumber: n,
            CopySourceRange: `bytes=${from}-${to}`,
            ...copySource(deps, version, facts),
          }),
        );
        const { CopyPartResult } = await copying.catch((error: unknown) => {
          failed = true;
          throw error;
        });
        parts.push({ PartNumber: n, ETag: CopyPartResult?.ETag });
      }
    };
    await allOrFirstError(Array.from({ length: copyConcurrency }, worker));
    parts.sort((a, b) => a.PartNumber - b.PartNumber);
    const done = await deps.s3.send(
      new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts: parts } }),
    );
    return done.VersionId;
  } catch (error) {
    await deps.s3.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
    throw error;
  }
}

/** Waits for all of them, so that nothing still copies when the copy is aborted; then throws the first error. */
async function allOrFirstError(running: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(running)).find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}

/** One version of a library object, whole: callers bound its size first. */
export async function readLibraryObject(
  s3: S3Client,
  bucket: string,
  location: { key: string; versionId: string },
): Promise<Uint8Array> {
  const { Body } = await s3.send(
    new GetObjectCommand({ Bucket: bucket, Key: location.key, VersionId: location.versionId }),
  );
  if (!Body) throw new Error(`S3 answered without a body for ${location.key}`);
  return Body.transformToByteArray();
}
