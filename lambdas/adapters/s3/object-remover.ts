import { DeleteObjectCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import { derivedFolders, derivedPrefix, intakePrefix, libraryPrefix } from '../../contract/storage-keys.ts';
import type { RemoveBytesDeps } from '../../core/files/purge.ts';
import { deleteBelow } from './delete-below.ts';
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
    const { spares = [], remains = [] } = file;
    const spared = new Set(spares.map(({ versionId }) => versionId));
    const originals = await deleteVersions(s3, buckets.library, libraryPrefix(file), locks, spared);
    const last = remains.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
    const others = await deleteAll(s3, buckets.library, last, locks);
    for (const folder of derivedFolders) await deleteBelow(s3, buckets.derived, derivedPrefix(file, folder));
    return originals === 'locked' ? originals : others;
  },
});

/** All versions and delete markers, but the spared, of the keys that begin so. Keys have ids of one length: one file's. */
async function deleteVersions(
  s3: S3Client,
  bucket: string,
  prefix: string,
  locks: boolean,
  spared: ReadonlySet<string | undefined> = new Set(),
): Promise<'gone' | 'locked'> {
  let outcome: 'gone' | 'locked' = 'gone';
  let page: { KeyMarker?: string; VersionIdMarker?: string } | undefined;
  do {
    const answer = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...page }));
    const versions = [...(answer.Versions ?? []), ...(answer.DeleteMarkers ?? [])];
    const doomed = versions.filter(({ VersionId }) => !spared.has(VersionId));
    if ((await deleteAll(s3, bucket, doomed, locks)) === 'locked') outcome = 'locked';
    page = answer.IsTruncated
      ? { KeyMarker: answer.NextKeyMarker, VersionIdMarker: answer.NextVersionIdMarker }
      : undefined;
  } while (page);
  return outcome;
}

async function deleteAll(
  s3: S3Client,
  Bucket: string,
  versions: readonly { Key?: string | undefined; VersionId?: string | undefined }[],
  locks: boolean,
): Promise<'gone' | 'locked'> {
  let outcome: 'gone' | 'locked' = 'gone';
  for (const { Key, VersionId } of versions) {
    try {
      await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    } catch (error) {
      if (!locks || !isLockRefusal(error)) throw error;
      outcome = 'locked';
    }
  }
  return outcome;
}
