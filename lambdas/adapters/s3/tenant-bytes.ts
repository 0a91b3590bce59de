import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { tenantPrefix } from '../../contract/storage-keys.ts';
import type { TenantBytes } from '../../core/tenancy/admin/erase.ts';
import { isLockRefusal } from './object-locks.ts';

export interface TenantBytesDeps {
  readonly s3: S3Client;
  /** Whether S3 may refuse to delete a version of the library: an operator's lock, or one of a laxer policy's time. */
  readonly locks: boolean;
  readonly buckets: { readonly intake: string; readonly library: string; readonly derived: string };
}

/** What one call removes at most of each bucket: some seconds' work. */
const pageObjects = 200;
const atOnce = 10;

/** Locked versions that one call passes at most, in pages, to get at those behind them. */
const lockedMaxPages = 20;

/** Everything below the tenant's prefix: by the prefix, so that also goes what no record knows. */
export const createTenantBytes = ({ s3, buckets, locks }: TenantBytesDeps): TenantBytes => ({
  erase: async (tenantId) => {
    const Prefix = `${tenantPrefix}${tenantId}/`;
    const left = [
      await abortUploads(s3, buckets.intake, Prefix),
      await abortUploads(s3, buckets.library, Prefix),
      await deleteObjects(s3, buckets.derived, Prefix),
    ];
    const versions = [
      await deleteVersions(s3, buckets.intake, Prefix, false),
      await deleteVersions(s3, buckets.library, Prefix, locks),
    ];
    if (left.some((count) => count > 0) || versions.includes('more')) return 'more';
    return versions.includes('locked') ? 'locked' : 'gone';
  },
});

/** Each gives how many it found: the caller comes again until there is none. */
async function abortUploads(s3: S3Client, Bucket: string, Prefix: string): Promise<number> {
  const { Uploads = [] } = await s3.send(
    new ListMultipartUploadsCommand({ Bucket, Prefix, MaxUploads: pageObjects }),
  );
  await inTurns(Uploads, async ({ Key, UploadId }) => {
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch((error: unknown) => {
      if (!(error instanceof S3ServiceException && error.name === 'NoSuchUpload')) throw error;
    });
  });
  return Uploads.length;
}

async function deleteVersions(
  s3: S3Client,
  Bucket: string,
  Prefix: string,
  locks: boolean,
): Promise<'gone' | 'more' | 'locked'> {
  let at: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (let pages = 0; pages < lockedMaxPages; pages += 1) {
    const page = await s3.send(
      new ListObjectVersionsCommand({ Bucket, Prefix, MaxKeys: pageObjects, ...at }),
    );
    const all = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    let locked = 0;
    await inTurns(all, async ({ Key, VersionId }) => {
      await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId })).catch((error: unknown) => {
        if (!locks || !isLockRefusal(error)) throw error;
        locked += 1;
      });
    });
    if (locked < all.length) return 'more';
    if (!page.IsTruncated) return locked > 0 || pages > 0 ? 'locked' : 'gone';
    at = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
  return 'locked';
}

async function deleteObjects(s3: S3Client, Bucket: string, Prefix: string): Promise<number> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, MaxKeys: pageObjects }));
  await inTurns(Contents, ({ Key }) => s3.send(new DeleteObjectCommand({ Bucket, Key })));
  return Contents.length;
}

async function inTurns<T>(all: readonly T[], one: (item: T) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < all.length; first += atOnce) {
    await Promise.all(all.slice(first, first + atOnce).map(one));
  }
}
