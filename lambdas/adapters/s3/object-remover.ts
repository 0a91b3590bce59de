import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { derivedFolders, derivedPrefix, intakePrefix, libraryPrefix } from '../../contract/storage-keys.ts';
import type { RemoveBytesDeps } from '../../core/files/purge.ts';
import { isLockRefusal } from './object-locks.ts';

export interface ObjectRemoverDeps {
  readonly s3: S3Client;
  /** Whether the library has Object Lock, so that S3 may refuse to delete a version. */
  readonly locks: boolean;
  readonly buckets: { readonly intake: string; readonly library: string; readonly derived: string };
}

/** Removes every version of a file's original and everything derived from it. Repeating it is harmless. */
export const createObjectRemover = ({
  s3,
  locks,
  buckets,
}: ObjectRemoverDeps): RemoveBytesDeps['objects'] => ({
  deleteEverything: async (file) => {
    // By prefixes: they hold what other uploads of the file brought, its kept versions, and copies which a run that
    // crashed has left and no record knows.
    await deleteVersions(s3, buckets.intake, intakePrefix(file), false);
    const originals = await deleteVersions(s3, buckets.library, libraryPrefix(file), locks);
    for (const folder of derivedFolders) await deleteBelow(s3, buckets.derived, derivedPrefix(file, folder));
    return originals;
  },
});

/** All versions and delete markers of the keys that begin so. Keys hold ids of one length, so that is one file's. */
async function deleteVersions(
  s3: S3Client,
  bucket: string,
  prefix: string,
  locks: boolean,
): Promise<'gone' | 'locked'> {
  let outcome: 'gone' | 'locked' = 'gone';
  let page: { KeyMarker?: string; VersionIdMarker?: string } | undefined;
  do {
    const answer = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...page }));
    const versions = [...(answer.Versions ?? []), ...(answer.DeleteMarkers ?? [])];
    for (const { Key, VersionId } of versions) {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId })).catch((error: unknown) => {
        if (!locks || !isLockRefusal(error)) throw error;
        outcome = 'locked';
      });
    }
    page = answer.IsTruncated
      ? { KeyMarker: answer.NextKeyMarker, VersionIdMarker: answer.NextVersionIdMarker }
      : undefined;
  } while (page);
  return outcome;
}

async function deleteBelow(s3: S3Client, bucket: string, prefix: string): Promise<void> {
  let token: string | undefined;
  do {
    const answer = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
    );
    for (const { Key } of answer.Contents ?? []) {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    }
    token = answer.NextContinuationToken;
  } while (token);
}
