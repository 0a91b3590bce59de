/**
 * Object keys of the four buckets (DESIGN 5). They are made of generated ids alone: a user's file name never
 * becomes part of a key.
 */
export const tenantPrefix = 'tenants/';

/** What an IAM policy or an S3 notification may be scoped to. */
export const keyPatterns = {
  allTenants: `${tenantPrefix}*`,
} as const;

export interface IntakeLocation {
  readonly tenantId: string;
  readonly fileId: string;
  readonly uploadId: string;
}

export const intakeKey = ({ tenantId, fileId, uploadId }: IntakeLocation): string =>
  `${tenantPrefix}${tenantId}/${fileId}/${uploadId}`;

/** The session that a key of the intake bucket belongs to; undefined for a key that Sluice never made. */
export function parseIntakeKey(key: string): IntakeLocation | undefined {
  const match = /^tenants\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(key);
  if (!match) return undefined;
  const [, tenantId, fileId, uploadId] = match as unknown as [string, string, string, string];
  return { tenantId, fileId, uploadId };
}

/** `extension` comes from the inspected type and includes its dot, or is empty. `createdAt` is ISO 8601 UTC. */
export function libraryKey(file: {
  tenantId: string;
  fileId: string;
  createdAt: string;
  extension: string;
}): string {
  const datePath = file.createdAt.slice(0, 10).replaceAll('-', '/');
  return `${tenantPrefix}${file.tenantId}/files/${datePath}/${file.fileId}${file.extension}`;
}

export type DerivedFolder = 'thumbnails' | 'previews' | 'videos' | 'text';

/** Everything derived from one version of a file lies below this prefix, per folder. */
export const derivedKey = (
  file: { tenantId: string; fileId: string; version: number },
  folder: DerivedFolder,
  name: string,
): string => `${derivedPrefix(file, folder)}v${file.version}/${name}`;

export const derivedPrefix = (file: { tenantId: string; fileId: string }, folder: DerivedFolder): string =>
  `${tenantPrefix}${file.tenantId}/${folder}/${file.fileId}/`;

export const derivedFolders: readonly DerivedFolder[] = ['thumbnails', 'previews', 'videos', 'text'];
