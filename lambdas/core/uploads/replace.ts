import { errors, type SluiceError } from '../errors.ts';
import type { FileRecord } from '../files/file.ts';
import { lockRefusal } from '../files/lock.ts';
import { availableStatuses } from '../files/status.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { UploadDeps } from './deps.ts';
import { type Draft, draftReplacement, draftUpload, reservationOf } from './draft.ts';
import type { IdempotencyKey, InitiateRequest } from './initiate.ts';
import type { UploadSession } from './session.ts';

/** How often the name is looked up anew because its file changed, came or went between read and write. */
const maxAttempts = 5;

/**
 * Reserves an upload under a name that a file of the caller may have (DESIGN 5): where one has it, the upload is to
 * replace its content; it keeps its id and serves the old content until the new one is promoted. One at a time. Where
 * none has it, this is an upload like any other.
 * @throws file_locked, legal_hold, upload_state_conflict, and what the reservation is refused for
 */
export async function reserveReplacing(
  deps: UploadDeps,
  caller: Caller,
  request: InitiateRequest,
  idempotency: IdempotencyKey | undefined,
): Promise<UploadSession | 'repeated'> {
  const { tenantId, userId } = caller;
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const replaces = await deps.store.named(tenantId, userId, request);
    const refusal = replaces && whyNot(replaces);
    if (refusal) {
      // It may be the first request with this key that made or locked the file.
      const known =
        idempotency && (await deps.store.idempotencyRecord(tenantId, userId, idempotency.key, deps.now()));
      if (known) return 'repeated';
      throw refusal;
    }
    const draft: Draft = replaces
      ? draftReplacement(deps, caller, request, replaces)
      : draftUpload(deps, caller, request);
    const reservation = reservationOf(deps, caller, draft, idempotency);
    const outcome = await deps.store.reserve({ ...reservation, ...(replaces && { replaces }) });
    if (outcome.kind === 'reserved') return draft.session;
    if (outcome.kind === 'repeated') return 'repeated';
    if (outcome.kind === 'refused') throw outcome.error;
  }
  throw errors.fileLocked(`"${request.filename}" keeps changing at this moment. Try again in a few seconds.`);
}

/** Why the content of this file cannot be replaced now. */
function whyNot(file: FileRecord): SluiceError | undefined {
  const locked = lockRefusal(file);
  if (locked) return locked;
  if (file.legalHold) return errors.legalHold();
  if (availableStatuses.includes(file.status)) return undefined;
  return errors.uploadStateConflict(
    `"${file.filename}" in "${file.path}" is not stored yet: it is ${file.status}. Replace it when it is stored, ` +
      'abort its upload, or choose another name.',
  );
}
