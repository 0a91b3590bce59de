import type { Page } from '../ports.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { UploadDeps } from './deps.ts';
import { requireNotEnded, requireOwnUpload } from './find.ts';
import { isSinglePut } from './part-plan.ts';
import { isUnfinished, type UploadedPart, type UploadSession } from './session.ts';

export interface PartsResponse {
  readonly parts: readonly { readonly partNumber: number; readonly size: number; readonly etag: string }[];
  readonly partSize: number;
  readonly totalParts: number;
  readonly uploadedParts: number;
  readonly uploadedBytes: number;
  /** 0..100 */
  readonly progress: number;
}

/**
 * What S3 has of an upload, asked from S3 itself. Once the upload is finished S3 lists no parts of a multipart
 * upload any more; then everything counts as uploaded.
 */
export async function listUploadedParts(
  deps: UploadDeps,
  caller: Caller,
  fileId: string,
): Promise<PartsResponse> {
  const { file, session } = await requireOwnUpload(deps.store, caller, fileId);
  requireNotEnded(file, session, deps.now());
  const finished = file.status !== 'uploading';
  if (finished && !isSinglePut(session)) return summary(session, [], session.totalParts, session.size);
  const parts =
    finished && file.contentEtag
      ? [{ partNumber: 1, size: session.size, etag: file.contentEtag }]
      : await partsAtS3(deps, session);
  const uploadedBytes = parts.reduce((sum, part) => sum + part.size, 0);
  return summary(session, parts, parts.length, uploadedBytes);
}

async function partsAtS3(deps: UploadDeps, session: UploadSession): Promise<readonly UploadedPart[]> {
  if (!isSinglePut(session)) return session.multipartId ? ((await deps.intake.listParts(session)) ?? []) : [];
  const [newest] = await deps.intake.landedVersions(session);
  return newest ? [{ partNumber: 1, size: newest.size, etag: newest.etag }] : [];
}

const summary = (
  session: UploadSession,
  parts: readonly UploadedPart[],
  uploadedParts: number,
  uploadedBytes: number,
): PartsResponse => ({
  parts: parts.map(({ partNumber, size, etag }) => ({ partNumber, size, etag })),
  partSize: session.partSize,
  totalParts: session.totalParts,
  uploadedParts,
  uploadedBytes,
  progress:
    session.size === 0 ? (uploadedParts > 0 ? 100 : 0) : Math.floor((uploadedBytes / session.size) * 100),
});

export interface OpenUploadView {
  readonly fileId: string;
  readonly uploadId: string;
  readonly path: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly size: number;
  readonly partSize: number;
  readonly totalParts: number;
  readonly createdAt: string;
  readonly lastActivityAt: string;
  readonly expiresAt: string;
}

/** The caller's unfinished uploads, from any device, newest first. */
export async function listOpenUploads(
  deps: UploadDeps,
  caller: Caller,
  page: { limit: number; cursor?: string },
): Promise<Page<OpenUploadView>> {
  const found = await deps.store.openSessions(caller.tenantId, caller.userId, page.limit, page.cursor);
  const now = deps.now();
  // The index is read eventually: what has been closed since is left out.
  const items = found.items
    .filter((session) => isUnfinished(session) && session.expiresAt > now)
    .map(openUploadView);
  return { items, ...(found.nextCursor && { nextCursor: found.nextCursor }) };
}

const openUploadView = (session: UploadSession): OpenUploadView => ({
  fileId: session.fileId,
  uploadId: session.uploadId,
  path: session.path,
  filename: session.filename,
  mimeType: session.mimeType,
  size: session.size,
  partSize: session.partSize,
  totalParts: session.totalParts,
  createdAt: session.createdAt,
  lastActivityAt: session.lastActivityAt,
  expiresAt: session.expiresAt,
});
