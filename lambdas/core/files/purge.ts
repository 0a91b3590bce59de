import { errors } from '../errors.ts';
import type { FileQueues, FileStore } from '../ports.ts';
import type { Actor } from '../tenancy/actor.ts';
import type { Caller } from '../tenancy/caller.ts';
import { addSeconds } from '../time.ts';
import { alterFile, type FileTarget } from './alter.ts';
import { type Change, move } from './change.ts';
import { commitChange } from './commit.ts';
import { requireDeletable } from './deletion.ts';
import type { FileRecord, FileRef } from './file.ts';
import { leaveAll } from './leave-content.ts';
import { canMove } from './status.ts';

export interface PurgeDeps {
  readonly store: Pick<FileStore, 'file' | 'share' | 'commit' | 'content'>;
  readonly queues: Pick<FileQueues, 'purge'>;
  readonly now: () => string;
  readonly newId: () => string;
  readonly resendSeconds: number;
}

/**
 * Deletes a file for good: from this moment it is gone for every reader and its quota is free; a worker removes
 * its bytes (original, versions, renditions), and the sweep repeats that until it is done.
 * @throws not_found, forbidden, precondition_failed, legal_hold, retention_active, file_locked,
 * upload_state_conflict (still uploading)
 */
export async function purgeFile(deps: PurgeDeps, caller: Caller, target: FileTarget): Promise<void> {
  await alterFile(deps, caller, target, 'manage', (file) => {
    if (!canMove(file.status, 'purged')) {
      throw errors.uploadStateConflict('The file is still being uploaded. Abort the upload instead.');
    }
    const at = deps.now();
    requireDeletable(file, caller.policy, at);
    return purge(deps, file, at, caller.actor);
  });
  await deps.queues.purge({ tenantId: caller.tenantId, fileId: target.fileId });
}

type PurgeFacts = Pick<PurgeDeps, 'store' | 'newId' | 'resendSeconds'>;

async function purge(deps: PurgeFacts, file: FileRecord, at: string, actor?: Actor): Promise<Change> {
  return move(file, 'purged', {
    at,
    eventId: deps.newId(),
    ...(actor && { actor }),
    ...(await leaveAll(deps.store, file)),
    dueAt: addSeconds(at, deps.resendSeconds),
  });
}

/** What the trash forgets, unless somebody restored, held or purged it in the meantime. */
export async function purgeForgotten(deps: PurgeDeps, ref: FileRef): Promise<boolean> {
  const purged = await commitChange(deps.store, ref, (file) => {
    const at = deps.now();
    if (file?.status !== 'deleted' || file.legalHold || at < (file.purgeAt ?? at)) return undefined;
    return purge(deps, file, at);
  });
  if (!purged) return false;
  await deps.queues.purge({ tenantId: ref.tenantId, fileId: ref.fileId });
  return true;
}

export interface RemoveBytesDeps {
  readonly store: Pick<FileStore, 'file'> & {
    removeFile(file: FileRecord): Promise<void>;
    postponeFile(file: FileRecord, dueAt: string): Promise<void>;
  };
  /**
   * All that the file has, but its `spares`, and its `remains` besides.
   * `locked`: S3 refused to delete a version (Object Lock), and did delete what it would.
   */
  readonly objects: { deleteEverything(file: FileRecord): Promise<'gone' | 'locked'> };
  readonly now: () => string;
}

/** How long the sweep leaves a purged file alone whose bytes S3 has locked: somebody locked them past Sluice. */
const lockedSeconds = 86_400;

/**
 * An object that others still have lies below the file's own key. A run of the inspection that was under way when the
 * file went may copy there once more and die: that newer version would make the other one expire. No function runs longer.
 */
const spareSeconds = 3_600;

/**
 * Removes the bytes of a purged file, then its record with its versions and shares; its timeline stays. Doing it
 * twice is the same as once. Of what S3 has locked the record stays, and the sweep tries again day by day; where others
 * have an object of the file, it looks once more.
 */
export async function removeBytes(
  deps: RemoveBytesDeps,
  ref: FileRef,
): Promise<'removed' | 'locked' | 'spared' | 'ignored'> {
  const file = await deps.store.file(ref);
  if (file?.status !== 'purged') return 'ignored';
  if ((await deps.objects.deleteEverything(file)) === 'locked') {
    await deps.store.postponeFile(file, addSeconds(deps.now(), lockedSeconds));
    return 'locked';
  }
  const lastLookAt = addSeconds(file.updatedAt, spareSeconds);
  if (file.spares?.length && deps.now() < lastLookAt) {
    await deps.store.postponeFile(file, lastLookAt);
    return 'spared';
  }
  await deps.store.removeFile(file);
  return 'removed';
}
