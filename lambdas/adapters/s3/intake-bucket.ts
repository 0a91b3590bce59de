import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
  type Part,
  type ChecksumAlgorithm as S3ChecksumAlgorithm,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { intakeKey } from '../../contract/storage-keys.ts';
import type { CompleteOutcome, IntakeBucket, LandedVersion } from '../../core/ports.ts';
import type { ChecksumAlgorithm } from '../../core/uploads/checksum.ts';
import type { UploadedPart, UploadSession } from '../../core/uploads/session.ts';
import { encryptionOf } from './encryption.ts';

export interface IntakeBucketDeps {
  readonly bucket: string;
  /** Lists, aborts and deletes: the function's own role, which cannot touch bytes. */
  readonly s3: S3Client;
  /** Creates and completes: S3 asks for PutObject there, which only the signer role has. */
  readonly putting: S3Client;
}

/** An abort can race with parts still being written; S3 asks to repeat it until nothing is left. */
const abortMaxAttempts = 10;

/** S3 names checksums of parts and objects by algorithm, as in `ChecksumSHA256`. */
const checksumField = (algorithm: ChecksumAlgorithm): `Checksum${ChecksumAlgorithm}` =>
  `Checksum${algorithm}`;

const isServiceError = (error: unknown, ...names: string[]): boolean =>
  error instanceof S3ServiceException && names.includes(error.name);

export function createIntakeBucket(deps: IntakeBucketDeps): IntakeBucket & {
  deleteVersion(version: {
    tenantId: string;
    fileId: string;
    uploadId: string;
    versionId: string;
  }): Promise<void>;
} {
  const target = (session: UploadSession) => ({
    Bucket: deps.bucket,
    Key: intakeKey(session),
    UploadId: session.multipartId,
  });
  return {
    createMultipart: async (session) => {
      const { UploadId } = await deps.putting.send(
        new CreateMultipartUploadCommand({
          Bucket: deps.bucket,
          Key: intakeKey(session),
          ...checksumOnCreate(session),
          ...encryptionOf(session.encryptionKey),
        }),
      );
      if (!UploadId) throw new Error('S3 answered CreateMultipartUpload without an upload id');
      return UploadId;
    },
    listParts: async (session) => {
      if (!session.multipartId) return undefined;
      const parts: UploadedPart[] = [];
      let marker: string | undefined;
      try {
        do {
          const page = await deps.s3.send(
            new ListPartsCommand({ ...target(session), PartNumberMarker: marker }),
          );
          parts.push(...(page.Parts ?? []).map((part) => uploadedPart(session, part)));
          marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
        } while (marker);
      } catch (error) {
        if (isServiceError(error, 'NoSuchUpload')) return undefined;
        throw error;
      }
      return parts;
    },
    completeMultipart: (session, parts) => complete(deps, target(session), session, parts),
    abortMultipart: async (session) => {
      const uploadIds = session.multipartId
        ? [session.multipartId]
        : await multipartUploadsOf(deps, intakeKey(session));
      for (const UploadId of uploadIds) await abortOne(deps, { ...target(session), UploadId });
    },
    landedVersions: (ref) => landedVersions(deps, intakeKey(ref)),
    deleteVersion: async (version) => {
      await deps.s3.send(
        new DeleteObjectCommand({
          Bucket: deps.bucket,
          Key: intakeKey(version),
          VersionId: version.versionId,
        }),
      );
    },
  };
}

async function abortOne(
  deps: IntakeBucketDeps,
  upload: { Bucket: string; Key: string; UploadId: string },
): Promise<void> {
  for (let attempt = 1; attempt <= abortMaxAttempts; attempt += 1) {
    try {
      await deps.s3.send(new AbortMultipartUploadCommand(upload));
      await deps.s3.send(new ListPartsCommand({ ...upload, MaxParts: 1 }));
    } catch (error) {
      if (isServiceError(error, 'NoSuchUpload')) return;
      throw error;
    }
  }
  throw new Error(`S3 still knows the multipart upload of ${upload.Key} after ${abortMaxAttempts} aborts`);
}

/** Ids that S3 gave out for the key though nobody noted them: its answer, or who asked, was lost. */
async function multipartUploadsOf(deps: IntakeBucketDeps, key: string): Promise<readonly string[]> {
  const { Uploads = [] } = await deps.s3.send(
    new ListMultipartUploadsCommand({ Bucket: deps.bucket, Prefix: key }),
  );
  return Uploads.flatMap(({ Key, UploadId }) => (Key === key && UploadId ? [UploadId] : []));
}

function uploadedPart(session: UploadSession, part: Part): UploadedPart {
  const checksum = session.checksum && part[checksumField(session.checksum.algorithm)];
  return {
    partNumber: part.PartNumber ?? 0,
    size: part.Size ?? 0,
    etag: part.ETag ?? '',
    ...(checksum && { checksum }),
  };
}

/**
 * A checksum per part makes S3 verify each part. A whole CRC is verified by S3 when the parts are put together
 * (full object); a whole SHA-256 cannot be combined from parts, so the pipeline reads the object once.
 */
function checksumOnCreate(session: UploadSession): {
  ChecksumAlgorithm?: S3ChecksumAlgorithm;
  ChecksumType?: 'COMPOSITE' | 'FULL_OBJECT';
} {
  const { checksum } = session;
  if (!checksum) return {};
  const isCrc = checksum.algorithm !== 'SHA256';
  if (checksum.perPart) {
    // S3 offers CRC64NVME only for the full object.
    const composite = !isCrc || (checksum.algorithm === 'CRC32' && checksum.value === undefined);
    return { ChecksumAlgorithm: checksum.algorithm, ChecksumType: composite ? 'COMPOSITE' : 'FULL_OBJECT' };
  }
  return isCrc ? { ChecksumAlgorithm: checksum.algorithm, ChecksumType: 'FULL_OBJECT' } : {};
}

async function complete(
  deps: IntakeBucketDeps,
  target: { Bucket: string; Key: string; UploadId: string | undefined },
  session: UploadSession,
  parts: readonly UploadedPart[],
): Promise<CompleteOutcome> {
  const { checksum } = session;
  const whole =
    checksum?.value && checksum.algorithm !== 'SHA256'
      ? { [checksumField(checksum.algorithm)]: checksum.value, ChecksumType: 'FULL_OBJECT' as const }
      : {};
  try {
    await deps.putting.send(
      new CompleteMultipartUploadCommand({
        ...target,
        ...whole,
        MpuObjectSize: session.size,
        MultipartUpload: {
          Parts: parts.map((part) => ({
            PartNumber: part.partNumber,
            ETag: part.etag,
            ...(checksum?.perPart && part.checksum && { [checksumField(checksum.algorithm)]: part.checksum }),
          })),
        },
      }),
    );
    return { kind: 'completed' };
  } catch (error) {
    // An earlier attempt got through; its event does the rest.
    if (isServiceError(error, 'NoSuchUpload')) return { kind: 'completed' };
    if (
      isServiceError(
        error,
        'InvalidPart',
        'InvalidPartOrder',
        'EntityTooSmall',
        'BadDigest',
        'InvalidRequest',
      )
    ) {
      return { kind: 'refused', detail: (error as Error).message };
    }
    throw error;
  }
}

async function landedVersions(deps: IntakeBucketDeps, key: string): Promise<readonly LandedVersion[]> {
  const versions: LandedVersion[] = [];
  let page: { KeyMarker?: string; VersionIdMarker?: string } | undefined;
  do {
    const answer = await deps.s3.send(
      new ListObjectVersionsCommand({ Bucket: deps.bucket, Prefix: key, ...page }),
    );
    for (const { Key, VersionId, Size, ETag } of answer.Versions ?? []) {
      if (Key === key && VersionId)
        versions.push({ versionId: VersionId, size: Size ?? 0, etag: ETag ?? '' });
    }
    page = answer.IsTruncated
      ? { KeyMarker: answer.NextKeyMarker, VersionIdMarker: answer.NextVersionIdMarker }
      : undefined;
  } while (page);
  return versions;
}
