/**
 * Object keys of the four buckets (DESIGN 5). They are made of generated ids alone: a user's file name never
 * becomes part of a key.
 */
export const tenantPrefix = 'tenants/';

/** The tag of a library object that was found infected and that S3 does not let go: the bucket's policy closes it. */
export const withdrawnTag = { key: 'Withdrawn', value: 'true' } as const;

/** What a policy or an S3 notification may be scoped to. */
export const keyPatterns = {
  allTenants: `${tenantPrefix}*`,
  tenant: (tenantId: string): string => `${tenantPrefix}${tenantId}/*`,
  /** Of the library. */
  originals: `${tenantPrefix}*/files/*`,
  /** Of the derived bucket. */
  searchSegments: `${tenantPrefix}*/search/*`,
  texts: `${tenantPrefix}*/text/*`,
  variants: `${tenantPrefix}*/thumbnails/*/variants/*`,
  streams: `${tenantPrefix}*/videos/*/stream.json`,
  videos: `${tenantPrefix}*/videos/*`,
} as const;

export interface IntakeLocation {
  readonly tenantId: string;
  readonly fileId: string;
  readonly uploadId: string;
}

export const intakeKey = ({ tenantId, fileId, uploadId }: IntakeLocation): string =>
  `${intakePrefix({ tenantId, fileId })}${uploadId}`;

/** What the intake keys of all uploads of a file begin with. */
export const intakePrefix = ({ tenantId, fileId }: Omit<IntakeLocation, 'uploadId'>): string =>
  `${tenantPrefix}${tenantId}/${fileId}/`;

/** The session that a key of the intake bucket belongs to; undefined for a key that Sluice never made. */
export function parseIntakeKey(key: string): IntakeLocation | undefined {
  const match = /^tenants\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(key);
  if (!match) return undefined;
  const [, tenantId, fileId, uploadId] = match as unknown as [string, string, string, string];
  return { tenantId, fileId, uploadId };
}

/**
 * `extension` comes from the inspected type and includes its dot, or is empty. Each version of a file has a key of its
 * own: as S3 versions of one key all but the newest would be noncurrent, which the bucket's lifecycle expires.
 */
export const libraryKey = (
  file: { tenantId: string; fileId: string; createdAt: string; version: number },
  extension: string,
): string => `${libraryPrefix(file)}${file.version > 1 ? `.v${file.version}` : ''}${extension}`;

/** What the library keys of all versions of a file begin with. `createdAt` is the file's, ISO 8601 UTC. */
export function libraryPrefix(file: { tenantId: string; fileId: string; createdAt: string }): string {
  const datePath = file.createdAt.slice(0, 10).replaceAll('-', '/');
  return `${tenantPrefix}${file.tenantId}/files/${datePath}/${file.fileId}`;
}

/** The file that a key of the library belongs to; undefined for a key that Sluice never made. */
export function parseLibraryKey(key: string): { tenantId: string; fileId: string } | undefined {
  const match = /^tenants\/([^/]+)\/files\/\d{4}\/\d{2}\/\d{2}\/([^/.]+)(?:\.[^/]*)?$/.exec(key);
  if (!match) return undefined;
  const [, tenantId, fileId] = match as unknown as [string, string, string];
  return { tenantId, fileId };
}

export type DerivedFolder = 'thumbnails' | 'previews' | 'videos' | 'text';

/** Everything derived from one version of a file lies below this prefix, per folder. */
export const derivedKey = (
  file: { tenantId: string; fileId: string; version: number },
  folder: DerivedFolder,
  name: string,
): string => `${derivedVersionPrefix(file, folder)}${name}`;

/** What the derived keys of one version of a file begin with. */
export const derivedVersionPrefix = (
  file: { tenantId: string; fileId: string; version: number },
  folder: DerivedFolder,
): string => `${derivedPrefix(file, folder)}v${file.version}/`;

export const derivedPrefix = (file: { tenantId: string; fileId: string }, folder: DerivedFolder): string =>
  `${tenantPrefix}${file.tenantId}/${folder}/${file.fileId}/`;

export const derivedFolders: readonly DerivedFolder[] = ['thumbnails', 'previews', 'videos', 'text'];

/** A picture of a file's present content that somebody asked for (GET /storage/files/{id}/image). */
export const variantKey = (
  file: { tenantId: string; fileId: string; version: number },
  name: string,
): string => `${variantPrefix(file)}v${file.version}/${name}`;

/**
 * What the keys of all variants of a file begin with, whichever of its versions they show. A content that is restored has
 * shown itself under several numbers, and what was found infected must leave nothing: so a withdrawal removes all of them.
 */
export const variantPrefix = (file: { tenantId: string; fileId: string }): string =>
  `${derivedPrefix(file, 'thumbnails')}variants/`;

/** A segment of a tenant's search index, in the derived bucket. */
export const searchSegmentKey = (tenantId: string, segmentId: string): string =>
  `${tenantPrefix}${tenantId}/search/${segmentId}`;

/** A sealed piece of a tenant's audit. `sealedAt` is ISO 8601 UTC; the numbers sort as the chain goes. */
export function auditSegmentKey(segment: { tenantId: string; sealedAt: string; firstSeq: number }): string {
  const datePath = segment.sealedAt.slice(0, 10).replaceAll('-', '/');
  const number = String(segment.firstSeq).padStart(16, '0');
  return `${auditPrefix(segment.tenantId)}${datePath}/${number}.jsonl`;
}

export const auditPrefix = (tenantId: string): string => `${tenantPrefix}${tenantId}/`;

/** Day and first number of a segment; undefined for a key that the sealer never made. */
export function parseAuditSegmentKey(key: string): { day: string; firstSeq: number } | undefined {
  const match = /^tenants\/[^/]+\/(\d{4})\/(\d{2})\/(\d{2})\/(\d{16})\.jsonl$/.exec(key);
  if (!match) return undefined;
  const [, year, month, date, number] = match;
  return { day: `${year}-${month}-${date}`, firstSeq: Number(number) };
}
