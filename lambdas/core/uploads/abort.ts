import { errors } from '../errors.ts';
import { type Change, move } from '../files/change.ts';
import { commitChange } from '../files/commit.ts';
import type { FileRecord } from '../files/file.ts';
import type { FileStore } from '../ports.ts';
import { type Actor, systemActor } from '../tenancy/actor.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { UploadDeps } from './deps.ts';
import { requireOwnUpload } from './find.ts';
import { isSinglePut } from './part-plan.ts';
import { hourOf, type SessionPhase, type UploadSession } from './session.ts';

type EndDeps = Pick<UploadDeps, 'intake' | 'now' | 'newId'> & { readonly store: FileStore };

/** Ends an upload at its owner's wish; doing it twice is the same as once. @throws upload_state_conflict */
export async function abortUpload(deps: EndDeps, caller: Caller, fileId: string): Promise<void> {
  const { file, session } = await requireOwnUpload(deps.store, caller, fileId);
  if (file.status === 'aborted' || file.status === 'expired') return;
  if (file.status !== 'uploading') {
    throw errors.uploadStateConflict(`The upload is finished: it is ${file.status}. ${insteadOf(file)}`);
  }
  const ended = await endUpload(deps, session, 'aborted', ['opening', 'open', 'aborting'], caller.actor);
  if (ended) return;
  const now = await deps.store.file(file);
  // Another abort, or the sweep, was faster: the upload has ended all the same.
  if (now?.status !== 'aborted' && now?.status !== 'expired')
    throw errors.uploadStateConflict(`The upload is being completed. ${insteadOf(file)}`);
}

const insteadOf = ({ version }: FileRecord): string =>
  version > 1
    ? 'Once it is stored, restore the version that it replaced.'
    : 'Once that is over, delete the file instead.';

/**
 * Claims the session, aborts at S3 until nothing is left there, then gives back slot, reservation and name in
 * one transaction. Whoever crashes in between leaves a claim that the sweep finishes the same way.
 * False when the session is in none of `from`, or somebody else ended it.
 */
export async function endUpload(
  deps: EndDeps,
  session: UploadSession,
  as: 'aborted' | 'expired',
  from: readonly SessionPhase[],
  actor: Actor = systemActor,
): Promise<boolean> {
  // The claim answers with the session as it is now: S3's upload id may have come since it was read.
  const claimed = await deps.store.updateSession(session, from, { phase: 'aborting', endsAs: as });
  if (!claimed) return false;
  if (!isSinglePut(claimed)) await deps.intake.abortMultipart(claimed);
  const ended = await commitChange(deps.store, session, (file) => {
    if (file?.status !== 'uploading') return undefined;
    const at = deps.now();
    return move(file, as, {
      at,
      eventId: deps.newId(),
      actor,
      closes: { session: claimed, from: ['aborting'] },
      ...refundOf(claimed, at),
    });
  });
  return ended !== undefined;
}

/** Bytes of an hour that is over bound nobody any more, and its window may already be gone. */
const refundOf = (session: UploadSession, at: string): Pick<Change, 'refund'> =>
  session.chargedHour !== undefined && session.chargedHour === hourOf(at)
    ? { refund: { hour: session.chargedHour, bytes: session.size } }
    : {};
