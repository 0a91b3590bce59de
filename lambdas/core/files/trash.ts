import { errors } from '../errors.ts';
import type { FileQueues, FileStore } from '../ports.ts';
import { startProcessing } from '../processing/start-processing.ts';
import type { Caller } from '../tenancy/caller.ts';
import { addSeconds } from '../time.ts';
import { alterFile, type FileTarget } from './alter.ts';
import { move } from './change.ts';
import { requireDeletable } from './deletion.ts';
import type { FileRecord } from './file.ts';
import { type OnTaken, type PlaceDeps, underFreeName } from './place.ts';
import { type PurgeDeps, purgeFile } from './purge.ts';
import { availableStatuses, endedStatuses, type Status } from './status.ts';

const secondsPerDay = 86_400;

/**
 * Into the trash, from where it comes back until `purgeAt`; it counts in the quota meanwhile. What has no bytes, and
 * everything of a tenant that keeps no trash, goes for good. A second time changes nothing.
 * @throws not_found, forbidden, precondition_failed, legal_hold, retention_active, file_locked, upload_state_conflict
 */
export async function deleteFile(deps: PurgeDeps, caller: Caller, target: FileTarget): Promise<void> {
  const { trashDays } = caller.policy;
  let forGood = false;
  await alterFile(deps, caller, target, 'manage', (file) => {
    const { status } = file;
    if (status === 'deleted') return undefined;
    forGood = endedStatuses.includes(status) || (trashDays === 0 && availableStatuses.includes(status));
    if (forGood) return undefined;
    const at = deps.now();
    requireDeletable(file, caller.policy, at);
    if (!availableStatuses.includes(status)) throw errors.uploadStateConflict(whyNotYet(file));
    const purgeAt = addSeconds(at, trashDays * secondsPerDay);
    return move(file, 'deleted', {
      at,
      eventId: deps.newId(),
      actor: caller.actor,
      set: { deletedAt: at, deletedFrom: status, purgeAt },
      dueAt: purgeAt,
    });
  });
  if (forGood) await purgeFile(deps, caller, target);
}

const whyNotYet = ({ status }: FileRecord): string =>
  status === 'uploading'
    ? 'The file is still being uploaded. Abort the upload instead.'
    : `The file is ${status}. Wait until it is stored, or send hard=true to delete it for good.`;

export interface RestoreDeps extends PlaceDeps {
  readonly store: FileStore;
  readonly queues: Pick<FileQueues, 'process'>;
  readonly resendSeconds: number;
}

/** A worker has yet to finish the file. */
const isWaiting = (status: Status): boolean => status === 'stored' || status === 'processing';

/**
 * Out of the trash into the status that it had, with its renditions; one that was waiting for a worker waits again.
 * @throws not_found, forbidden, precondition_failed, name_conflict, upload_state_conflict (not in the trash)
 */
export async function restoreFile(
  deps: RestoreDeps,
  caller: Caller,
  target: FileTarget,
  { onConflict = 'reject' }: { readonly onConflict?: OnTaken } = {},
): Promise<FileRecord> {
  const restored = await underFreeName(deps.names, onConflict, (nameOf) =>
    alterFile(deps, caller, target, 'manage', (file) => {
      const at = deps.now();
      const { deletedFrom, purgeAt } = file;
      if (file.status !== 'deleted' || deletedFrom === undefined) {
        throw errors.uploadStateConflict(`The file is ${file.status}, not in the trash.`);
      }
      if (purgeAt !== undefined && purgeAt <= at && !file.legalHold) {
        throw errors.uploadStateConflict('The file was in the trash for too long and is being removed.');
      }
      return move(file, deletedFrom, {
        at,
        eventId: deps.newId(),
        actor: caller.actor,
        type: 'file.restored',
        set: { filename: nameOf(file) },
        clear: ['deletedAt', 'deletedFrom', 'purgeAt'],
        ...(isWaiting(deletedFrom) && { dueAt: addSeconds(at, deps.resendSeconds) }),
      });
    }),
  );
  if (isWaiting(restored.status)) await startProcessing(deps, restored);
  return restored;
}
