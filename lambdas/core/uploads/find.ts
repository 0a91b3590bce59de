import { errors } from '../errors.ts';
import type { FileRecord } from '../files/file.ts';
import type { FileStore } from '../ports.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { UploadSession } from './session.ts';

export interface FoundUpload {
  readonly file: FileRecord;
  readonly session: UploadSession;
}

/**
 * The caller's own upload of that file: the one that replaces its content where one does, else the file's own.
 * @throws not_found, also for a colleague's
 */
export async function requireOwnUpload(
  store: FileStore,
  caller: Caller,
  fileId: string,
): Promise<FoundUpload> {
  const ref = { tenantId: caller.tenantId, fileId };
  const file = await store.file(ref);
  if (!file || file.ownerId !== caller.userId || file.status === 'purged') throw errors.notFound('upload');
  const uploadId = file.replacement?.uploadId ?? file.uploadId;
  const [brought, session] = await Promise.all([
    file.replacement ? store.file({ ...ref, uploadId }) : file,
    store.session({ ...ref, uploadId }),
  ]);
  if (!brought || !session) throw errors.notFound('upload');
  return { file: brought, session };
}

/** @throws upload_aborted, upload_expired, upload_state_conflict */
export function requireOpen(file: FileRecord, session: UploadSession, now: string): void {
  requireNotEnded(file, session, now);
  if (file.status !== 'uploading') {
    throw errors.uploadStateConflict(`The upload is finished; the file is ${file.status}.`);
  }
  if (session.phase === 'completing') throw errors.uploadStateConflict('The upload is being completed.');
  if (session.phase === 'opening') {
    throw errors.uploadStateConflict('The upload is still being opened. Try again in a second.');
  }
}

/** @throws upload_aborted, upload_expired */
export function requireNotEnded(file: FileRecord, session: UploadSession, now: string): void {
  if (file.status === 'aborted' || session.phase === 'aborting') throw errors.uploadAborted();
  if (file.status === 'expired') throw errors.uploadExpired();
  if (file.status === 'uploading' && session.expiresAt <= now) throw errors.uploadExpired();
}
