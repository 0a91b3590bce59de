import {
  CompleteMultipartUploadCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
  NoSuchUpload,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { intakeKey } from '../../contract/storage-keys.ts';
import type { UnfinishedCopy } from '../../core/files/file.ts';
import type { CopyOutcome, IntakeFacts, IntakeVersion } from '../../core/intake/inspect.ts';

const GiB = 1024 ** 3;
/** S3 copies at most 5 GiB in one call. */
export const maxCopyBytes = 5 * GiB;
/** Ranges of a parallel copy; 5 GiB parts would leave no parallelism, S3 takes up to 10,000 parts. */
const copyPartMinBytes = GiB;
const copyMaxParts = 10_000;
const copyConcurrency = 16;

export interface LibraryDeps {
  readonly s3: S3Client;
  readonly intakeBucket: string;
  readonly libraryBucket: string;
  /** True when the run has to end soon: a copy in parts then begins no further one. */
  readonly outOfTime: () => boolean;
}

/** The version that was inspected, and only while its ETag is the inspected one. */
export const copySource = (deps: LibraryDeps, version: IntakeVersion, facts: IntakeFacts) => ({
  CopySource: `${deps.intakeBucket}/${intakeKey(version).split('/').map(encodeURIComponent).join('/')}?versionId=${encodeURIComponent(version.versionId)}`,
  CopySourceIfMatch: facts.etag,
});

export const withoutVersion = (): Error =>
  new Error('the library bucket answered without a version id: is versioning on?');

/**
 * Copies what is still missing, as far as the time goes. What an earlier run copied S3 tells itself, so that a run which
 * was killed costs the ranges that were under way and no more.
 */
export async function copyInParts(
  deps: LibraryDeps,
  version: IntakeVersion,
  facts: IntakeFacts,
  { key, multipartId }: UnfinishedCopy,
): Promise<CopyOutcome> {
  const upload = { Bucket: deps.libraryBucket, Key: key, UploadId: multipartId };
  const partBytes = Math.max(copyPartMinBytes, Math.ceil(facts.size / copyMaxParts));
  const total = Math.ceil(facts.size / partBytes);
  const copied = await copiedParts(deps, upload);
  // Ended, by another run or by one that was killed before it could say so.
  if (!copied) return finishedCopy(deps, key, facts.size);
  const missing = Array.from({ length: total }, (_, index) => index + 1).filter((n) => !copied.has(n));
  let failed = false;
  const worker = async (): Promise<void> => {
    while (!failed && !deps.outOfTime()) {
      const PartNumber = missing.shift();
      if (PartNumber === undefined) return;
      const from = (PartNumber - 1) * partBytes;
      const to = Math.min(facts.size, from + partBytes) - 1;
      const copying = deps.s3.send(
        new UploadPartCopyCommand({
          ...upload,
          PartNumber,
          CopySourceRange: `bytes=${from}-${to}`,
          ...copySource(deps, version, facts),
        }),
      );
      const { CopyPartResult } = await copying.catch((error: unknown) => {
        failed = true;
        throw error;
      });
      copied.set(PartNumber, CopyPartResult?.ETag);
    }
  };
  await allOrFirstError(Array.from({ length: copyConcurrency }, worker));
  if (copied.size < total) return { kind: 'unfinished' };
  const Parts = [...copied].sort(([a], [b]) => a - b).map(([PartNumber, ETag]) => ({ PartNumber, ETag }));
  const done = await deps.s3.send(
    new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }),
  );
  const { VersionId: versionId, ChecksumType, ChecksumCRC64NVME: CRC64NVME } = done;
  if (!versionId) throw withoutVersion();
  // What S3 adds to an upload that names no algorithm.
  const isWhole = ChecksumType === 'FULL_OBJECT' && CRC64NVME !== undefined;
  return { kind: 'copied', key, versionId, ...(isWhole && { checksums: { CRC64NVME } }) };
}

/** Nothing but a whole copy of the inspected version is ever put together under this key. */
async function finishedCopy(
  { s3, libraryBucket }: LibraryDeps,
  key: string,
  size: number,
): Promise<CopyOutcome> {
  const { Versions = [] } = await s3.send(
    new ListObjectVersionsCommand({ Bucket: libraryBucket, Prefix: key, MaxKeys: 1 }),
  );
  const [newest] = Versions;
  return newest?.Key === key && newest.VersionId && newest.Size === size
    ? { kind: 'copied', key, versionId: newest.VersionId }
    : { kind: 'gone' };
}

/** Undefined where S3 knows no such upload. */
async function copiedParts(
  { s3 }: LibraryDeps,
  upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string },
): Promise<Map<number, string | undefined> | undefined> {
  const copied = new Map<number, string | undefined>();
  let marker: string | undefined;
  try {
    do {
      const page = await s3.send(new ListPartsCommand({ ...upload, PartNumberMarker: marker }));
      for (const { PartNumber, ETag } of page.Parts ?? []) if (PartNumber) copied.set(PartNumber, ETag);
      marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (marker);
  } catch (error) {
    if (error instanceof NoSuchUpload) return undefined;
    throw error;
  }
  return copied;
}

/** Waits for all of them, so that nothing still copies when the copy is aborted; then throws the first error. */
async function allOrFirstError(running: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(running)).find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}
