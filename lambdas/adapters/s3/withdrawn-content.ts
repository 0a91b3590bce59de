import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  derivedFolders,
  derivedPrefix,
  derivedVersionPrefix,
  variantPrefix,
  withdrawnTag,
} from '../../contract/storage-keys.ts';
import type { FileRecord } from '../../core/files/file.ts';
import type { RemoveWithdrawnDeps } from '../../core/files/remove-withdrawn.ts';
import { deleteBelow } from './delete-below.ts';
import { isLockRefusal } from './object-locks.ts';

export interface WithdrawnContentDeps {
  readonly s3: S3Client;
  readonly buckets: { readonly library: string; readonly derived: string };
}

/** Takes the bytes of withdrawn contents away, or, where they must stay, from everybody's eyes. */
export const createWithdrawnContent = ({
  s3,
  buckets,
}: WithdrawnContentDeps): RemoveWithdrawnDeps['objects'] => ({
  withdraw: async (file, { version, left }, { keep }) => {
    if (!left) return;
    const versions = left.shared ? [] : await versionsOf(s3, buckets.library, left.key);
    for (const versionId of versions) {
      const location = { Bucket: buckets.library, Key: left.key, VersionId: versionId };
      if (keep || !(await isDeleted(s3, location))) await close(s3, file, location);
    }
    for (const Key of left.renditions) {
      await s3.send(new DeleteObjectCommand({ Bucket: buckets.derived, Key }));
    }
    for (const folder of videoFolders(file, left.renditions)) await deleteBelow(s3, buckets.derived, folder);
    // What a worker has written and nobody has noted.
    for (const folder of derivedFolders) {
      await deleteBelow(s3, buckets.derived, derivedVersionPrefix({ ...file, version }, folder));
    }
    await deleteBelow(s3, buckets.derived, variantPrefix(file));
  },
});

/** Of a content that was restored they have its former number. Beside the renditions of a video lie tracks and sheets. */
function videoFolders(file: FileRecord, renditions: readonly string[]): ReadonlySet<string> {
  const videos = derivedPrefix(file, 'videos');
  return new Set(
    renditions.filter((key) => key.startsWith(videos)).map((key) => key.slice(0, key.lastIndexOf('/') + 1)),
  );
}

/**
 * All versions of the key, which is of this content alone: a run that crashed may have copied the same bytes there before
 * the one that counts. The key itself sorts before all that begin with it, so that one page has its versions.
 */
async function versionsOf(s3: S3Client, Bucket: string, key: string): Promise<readonly string[]> {
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: key }));
  return Versions.flatMap(({ Key, VersionId }) => (Key === key && VersionId ? [VersionId] : []));
}

interface Location {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId: string;
}

async function isDeleted(s3: S3Client, location: Location): Promise<boolean> {
  try {
    await s3.send(new DeleteObjectCommand(location));
    return true;
  } catch (error) {
    if (isLockRefusal(error)) return false;
    throw error;
  }
}

/** The bucket's policy lets nobody read what has this tag. A lock holds the bytes of a version, not its tags. */
async function close(
  s3: S3Client,
  { tenantId, ownerId, fileId }: FileRecord,
  location: Location,
): Promise<void> {
  const tags = {
    TenantId: tenantId,
    UserId: ownerId,
    FileId: fileId,
    [withdrawnTag.key]: withdrawnTag.value,
  };
  await s3.send(
    new PutObjectTaggingCommand({
      ...location,
      Tagging: { TagSet: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
    }),
  );
}
