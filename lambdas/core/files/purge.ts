import { errors } from '../errors.ts';
import type { FileQueues, FileStore } from '../ports.ts';
import { requireAccess } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';
import { addSeconds } from '../time.ts';
import { move } from './change.ts';
import { commitChange } from './commit.ts';
import type { FileRecord, FileRef } from './file.ts';
import { canMove } from './status.ts';

export interface PurgeDeps {
  readonly store: FileStore;
  readonly queues: Pick<FileQueues, 'purge'>;
  readonly now: () => string;
  readonly newId: () => string;
  readonly resendSeconds: number;
}

/**
 * Deletes a file for good: from this moment it is gone for every reader and its quota is free; a worker removes
 * its bytes (original, versions, renditions), and the sweep repeats that until it is done.
 * @throws not_found, upload_state_conflict (still uploading)
 */
export async function purgeFile(deps: PurgeDeps, caller: Caller, fileId: string): Promise<void> {
  const ref = { tenantId: caller.tenantId, fileId };
  await commitChange(deps.store, ref, (found) => {
    const file = requireAccess(caller, found);
    if (!canMove(file.status, 'purged')) {
      throw errors.uploadStateConflict('The file is still being uploaded. Abort the upload instead.');
    }
    const at = deps.now();
    return move(file, 'purged', {
      at,
      eventId: deps.newId(),
      actor: caller.actor,
      dueAt: addSeconds(at, deps.resendSeconds),
    });
  });
  await deps.queues.purge(ref);
}

export interface RemoveBytesDeps {
  readonly store: Pick<FileStore, 'file'> & { removeFile(file: FileRecord): Promise<void> };
  readonly objects: { deleteEverything(file: FileRecord): Promise<void> };
}

/** Removes the bytes of a purged file, then its record; its timeline stays. Doing it twice is the same as once. */
export async function removeBytes(deps: RemoveBytesDeps, ref: FileRef): Promise<boolean> {
  const file = await deps.store.file(ref);
  if (file?.status !== 'purged') return false;
  await deps.objects.deleteEverything(file);
  await deps.store.removeFile(file);
  return true;
}
