import { errors } from '../errors.ts';
import { type AlterDeps, alterFile, type FileTarget } from '../files/alter.ts';
import { edit } from '../files/change.ts';
import type { FileRecord } from '../files/file.ts';
import { availableStatuses } from '../files/status.ts';
import type { FileQueues, RescanQueue } from '../ports.ts';
import type { Caller } from '../tenancy/caller.ts';
import { requirePermission } from '../tenancy/roles.ts';
import type { ScannerBreaker } from './scanner.ts';

export interface RequestRescanDeps extends AlterDeps {
  readonly queues: Pick<FileQueues, 'inspect'> & RescanQueue;
  /** Whether the stage has a scanner at all. */
  readonly hasScanner: boolean;
  readonly breaker: Pick<ScannerBreaker, 'isOpen'>;
}

/**
 * Has the scanner look again: at every content of a stored file, or at the bytes of one that is held. What it finds
 * shows in the file and its timeline.
 * @throws not_found, forbidden (admins alone), precondition_failed, upload_state_conflict, storage_unavailable
 */
export async function requestRescan(
  deps: RequestRescanDeps,
  caller: Caller,
  target: FileTarget,
): Promise<FileRecord> {
  const asked = await alterFile(deps, caller, target, 'read', async (file) => {
    // After the look at the file, so that a colleague's private one stays unknown.
    requirePermission(caller, 'files.rescan');
    if (file.status !== 'held' && !availableStatuses.includes(file.status)) {
      throw errors.uploadStateConflict(whyNot(file));
    }
    if (!deps.hasScanner || (await deps.breaker.isOpen())) throw errors.scannerUnavailable(deps.hasScanner);
    return edit(file, {
      at: deps.now(),
      eventId: deps.newId(),
      actor: caller.actor,
      type: 'file.changed',
      data: { fields: 'scan', rescan: true },
    });
  });
  const { tenantId, fileId, uploadId, intakeVersionId, priority } = asked;
  if (asked.status !== 'held') await deps.queues.rescan({ tenantId, fileId });
  else if (intakeVersionId) {
    const version = { tenantId, fileId, uploadId, versionId: intakeVersionId, priority };
    await deps.queues.inspect({ ...version, scanAgain: true });
  }
  return asked;
}

function whyNot({ status, reason }: FileRecord): string {
  if (status === 'deleted') return 'The file is in the trash. Restore it first.';
  if (status === 'uploading')
    return 'The file is still being uploaded; it is scanned when its bytes have arrived.';
  if (status === 'uploaded' || status === 'inspecting')
    return `The file is ${status}: its first scan is under way.`;
  return `The file is ${status}${reason ? ` (${reason})` : ''}: there is nothing left of it to scan.`;
}
