import { move } from '../files/change.ts';
import { commitChange } from '../files/commit.ts';
import type { FileRecord, FileRef } from '../files/file.ts';
import { purgeForgotten } from '../files/purge.ts';
import { hasBytesLeft } from '../files/withdraw.ts';
import { type HoldBounds, heldUntil, holdFile, retryAt } from '../intake/hold.ts';
import { inspectionFields } from '../intake/inspect.ts';
import { givenUp, givenUpReason } from '../processing/give-up.ts';
import { startProcessing } from '../processing/start-processing.ts';
import { addSeconds } from '../time.ts';
import type { SweepAction, SweepDeps } from './sweep.ts';

export interface FileBounds extends HoldBounds {
  readonly resendSeconds: number;
  readonly maxResends: number;
}

/**
 * A file that did not move on in time is sent to its worker again; one that a worker has begun with, up to `maxResends`
 * times: then the sweep gives up on it, so that a file which kills its worker does not come back for ever. A held file is inspected again, until it ends
 * as unscannable; one in the trash is purged.
 */
export async function sweepFile(deps: SweepDeps, file: FileRecord): Promise<SweepAction> {
  if (file.status === 'held') return sweepHeld(deps, file);
  if (file.status === 'deleted') return forget(deps, file);
  const spent = (file.resends ?? 0) >= deps.bounds.maxResends;
  if (spent && (await giveUp(deps, file))) return 'given_up';
  if (!(await sendAgain(deps, file))) return 'nothing_to_do';
  await deps.store.postponeFile(file, addSeconds(deps.now(), resendAfter(file, deps.bounds)));
  return 'sent_again';
}

/** 2^5 of 15 minutes are 8 hours: after 8 sendings, 32 hours are gone, and SQS keeps a message for four days. */
const maxDoublings = 5;

/**
 * A file that nobody has begun with waits for its turn, for hours where its tenant sends a flood: each sending is one more
 * message in the same backlog, so they become rare. What was begun and did not end comes again at a steady pace.
 */
function resendAfter({ status, resends = 0 }: FileRecord, { resendSeconds }: FileBounds): number {
  const waits = status === 'uploaded' || status === 'stored';
  return waits ? resendSeconds * 2 ** Math.min(resends, maxDoublings) : resendSeconds;
}

/** How long a file of the trash is left alone that a legal hold keeps. */
const holdSeconds = 86_400;

async function forget(deps: SweepDeps, file: FileRecord): Promise<SweepAction> {
  const { resendSeconds } = deps.bounds;
  if (await purgeForgotten({ ...deps, resendSeconds }, file)) return 'purged';
  if (file.legalHold) await deps.store.postponeFile(file, addSeconds(deps.now(), holdSeconds));
  return 'nothing_to_do';
}

/** Whether the scanner is asked is for the inspection to say; one that does not answer holds the file again. */
async function sweepHeld(deps: SweepDeps, file: FileRecord): Promise<SweepAction> {
  const { hold, intakeVersionId, tenantId, fileId, uploadId, priority } = file;
  if (!hold || !intakeVersionId || heldUntil(hold, deps.bounds) <= deps.now()) {
    return rejectUnscannable(deps, file);
  }
  await deps.queues.inspect({ tenantId, fileId, uploadId, versionId: intakeVersionId, priority });
  await deps.store.postponeFile(file, retryAt(deps, hold));
  return 'sent_again';
}

async function sendAgain(deps: SweepDeps, file: FileRecord): Promise<boolean> {
  const ref: FileRef = { tenantId: file.tenantId, fileId: file.fileId };
  const isWithdrawing = hasBytesLeft(file);
  if (isWithdrawing) await deps.queues.purge(ref);
  switch (file.status) {
    case 'uploaded':
    case 'inspecting':
      if (!file.intakeVersionId) return false;
      await deps.queues.inspect({
        ...ref,
        uploadId: file.uploadId,
        versionId: file.intakeVersionId,
        priority: file.priority,
      });
      return true;
    case 'stored':
    case 'processing':
      await startProcessing(deps, file);
      return true;
    case 'purged':
      await deps.queues.purge(ref);
      return true;
    default:
      return isWithdrawing;
  }
}

/**
 * Processing that never ends has failed; the original is safe. Inspection that never ends is held: not readable,
 * not lost. False for what may be repeated without end, such as the removal of purged bytes, and for what nobody has begun
 * with: it waits in a backlog, and the worker gives it up itself when its attempts are spent.
 */
async function giveUp(deps: SweepDeps, stuck: FileRecord): Promise<boolean> {
  const { tenantId, fileId, uploadId, intakeVersionId: versionId } = stuck;
  if (stuck.status === 'inspecting' && versionId) {
    return (await holdFile(deps, { tenantId, fileId, uploadId, versionId }, 'scanner')) !== undefined;
  }
  const settled = await commitChange(deps.store, stuck, (file) => {
    if (file?.status !== stuck.status) return undefined;
    if (file.status !== 'processing') return undefined;
    const renditions = givenUp(file.renditions);
    const facts = { at: deps.now(), eventId: deps.newId() };
    // What it had before somebody asked for more, it still has.
    return Object.values(renditions).some(({ status }) => status === 'ready')
      ? move(file, 'ready', { ...facts, set: { renditions } })
      : move(file, 'failed', { ...facts, set: { reason: givenUpReason, renditions } });
  });
  return settled !== undefined;
}

async function rejectUnscannable(deps: SweepDeps, held: FileRecord): Promise<SweepAction> {
  const rejected = await commitChange(deps.store, held, (file) =>
    file?.status === 'held'
      ? move(file, 'rejected', {
          at: deps.now(),
          eventId: deps.newId(),
          set: { reason: 'unscannable' },
          clear: inspectionFields,
        })
      : undefined,
  );
  if (!rejected?.intakeVersionId) return 'nothing_to_do';
  const { tenantId, fileId, uploadId, intakeVersionId } = rejected;
  await deps.intake.deleteVersion({ tenantId, fileId, uploadId, versionId: intakeVersionId });
  return 'given_up';
}
