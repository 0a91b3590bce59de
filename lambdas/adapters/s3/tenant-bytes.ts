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

export interface TenantBytesDeps {
  readonly s3: S3Client;
  readonly buckets: { readonly intake: string; readonly library: string; readonly derived: string };
}

/** What one call removes at most of each bucket: some seconds' work. */
const pageObjects = 200;
const atOnce = 10;

/** Everything below the tenant's prefix: by the prefix, so that also goes what no record knows. */
export const createTenantBytes = ({ s3, buckets }: TenantBytesDeps): TenantBytes => ({
  erase: async (tenantId) => {
    const Prefix = `${tenantPrefix}${tenantId}/`;
    const left = [
      await abortUploads(s3, buckets.intake, Prefix),
      await abortUploads(s3, buckets.library, Prefix),
      await deleteVersions(s3, buckets.intake, Prefix),
      await deleteVersions(s3, buckets.library, Prefix),
      await deleteObjects(s3, buckets.derived, Prefix),
    ];
    return left.every((count) => count === 0);
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

async function deleteVersions(s3: S3Client, Bucket: string, Prefix: string): Promise<number> {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(
    new ListObjectVersionsCommand({ Bucket, Prefix, MaxKeys: pageObjects }),
  );
  const all = [...Versions, ...DeleteMarkers];
  await inTurns(all, ({ Key, VersionId }) => s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId })));
  return all.length;
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
