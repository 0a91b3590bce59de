import { errors } from '../errors.ts';
import { openReplacement } from '../files/lock.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { UploadDeps } from './deps.ts';
import { requireOpen, requireOwnUpload } from './find.ts';

type HeartbeatDeps = Pick<UploadDeps, 'store' | 'now'>;

/** @throws not_found, upload_expired, upload_aborted, upload_state_conflict: the client shall stop */
export async function beat(deps: HeartbeatDeps, caller: Caller, fileId: string): Promise<void> {
  const { file, session } = await requireOwnUpload(deps.store, caller, fileId);
  if (session.phase !== 'completing') requireOpen(file, session, deps.now());
  const alive = await deps.store.heartbeat(session, caller.userId, deps.now());
  if (!alive)
    throw errors.uploadStateConflict('The upload was closed meanwhile. See GET /storage/files/{id}.');
}

export interface HeartbeatsResponse {
  readonly alive: readonly string[];
  /** Ended, finished, or never the caller's: stop sending heartbeats for these. */
  readonly gone: readonly string[];
}

export async function beatAll(
  deps: Pick<UploadDeps, 'store' | 'now'>,
  caller: Caller,
  fileIds: readonly string[],
): Promise<HeartbeatsResponse> {
  const unique = [...new Set(fileIds)];
  const files = await deps.store.files(caller.tenantId, unique);
  const uploads = new Map(
    files.flatMap((file) => {
      const uploadId = openReplacement(file)?.uploadId ?? (file.status === 'uploading' && file.uploadId);
      return file.ownerId === caller.userId && uploadId ? [[file.fileId, uploadId] as const] : [];
    }),
  );
  const at = deps.now();
  const outcomes = await Promise.all(
    unique.map(async (fileId) => {
      const uploadId = uploads.get(fileId);
      const ref = uploadId !== undefined && { tenantId: caller.tenantId, fileId, uploadId };
      const alive = ref && (await deps.store.heartbeat(ref, caller.userId, at));
      return { fileId, alive };
    }),
  );
  return {
    alive: outcomes.filter((outcome) => outcome.alive).map((outcome) => outcome.fileId),
    gone: outcomes.filter((outcome) => !outcome.alive).map((outcome) => outcome.fileId),
  };
}
