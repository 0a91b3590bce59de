import { errors } from '../errors.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { UploadDeps } from './deps.ts';
import { requireNotEnded } from './find.ts';
import type { IdempotencyKey } from './initiate.ts';
import type { UploadSession } from './session.ts';

const pollMs = 100;

/**
 * The session that an earlier request with this key made, or undefined when there was none. The record is
 * written in the reservation's own transaction, so a crash can never leave a key without its upload; while the
 * first request still waits for S3, the repeat waits up to `idempotencyWaitMs` with it.
 * @throws idempotency_key_reused, upload_state_conflict (still running), upload_expired, upload_aborted, not_found
 */
export async function awaitFirst(
  deps: UploadDeps,
  caller: Caller,
  idempotency: IdempotencyKey,
): Promise<UploadSession | undefined> {
  const { tenantId, userId } = caller;
  const record = await deps.store.idempotencyRecord(tenantId, userId, idempotency.key, deps.now());
  if (!record) return undefined;
  if (record.bodyHash !== idempotency.bodyHash) throw errors.idempotencyKeyReused();
  const ref = { tenantId, fileId: record.fileId, uploadId: record.uploadId };
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    const session = await deps.store.session(ref);
    if (session && session.phase !== 'opening') {
      await requireUsable(deps, session);
      return session;
    }
    if (waitedMs >= deps.limits.idempotencyWaitMs) throw errors.idempotencyInProgress();
    await deps.sleep(pollMs);
  }
}

/** @throws not_found (purged since), upload_aborted, upload_expired */
async function requireUsable(deps: UploadDeps, session: UploadSession): Promise<void> {
  const { tenantId, fileId } = session;
  const brought = await deps.store.file(session);
  if (brought?.status === 'purged') throw errors.notFound('upload');
  if (brought) return requireNotEnded(brought, session, deps.now());
  // The file has other content by now, or never got this one.
  const file = await deps.store.file({ tenantId, fileId });
  if (!file || file.status === 'purged') throw errors.notFound('upload');
  if (session.endsAs === 'aborted') throw errors.uploadAborted();
  if (session.endsAs === 'expired') throw errors.uploadExpired();
}
