import { errors } from '../errors.ts';
import { type TenantEvent, tenantEvent } from '../files/event.ts';
import type { FileStore, IntakeBucket, UploadListing } from '../ports.ts';
import { stamp } from '../tenancy/actor.ts';
import type { Caller, Directory } from '../tenancy/caller.ts';
import { endUpload } from '../uploads/abort.ts';
import type { UploadSession } from '../uploads/session.ts';

export interface ClearSlotsDeps {
  readonly store: FileStore & UploadListing;
  readonly directory: Directory;
  readonly intake: IntakeBucket;
  readonly events: { record(event: TenantEvent): Promise<void> };
  readonly now: () => string;
  readonly newId: () => string;
}

export interface ClearedSlots {
  /** Uploads that this call ended. */
  readonly ended: number;
  /** Uploads that go on: their bytes are being put together. */
  readonly left: number;
  /** False when there are more than one call ends: repeat it. */
  readonly complete: boolean;
}

const sessionsPerPage = 100;
/** What one call ends: with some 50 ms an upload and 8 at a time it takes 7 s of the 29 that an answer may take. */
const maxEnded = 1_000;
const endedAtOnce = 8;

/**
 * Ends a user's open uploads as an abort would: at S3, then slot, reservation and name in one transaction each.
 * What is being completed is left to become a file. @throws not_found
 */
export async function clearSlots(
  deps: ClearSlotsDeps,
  caller: Caller,
  userId: string,
): Promise<ClearedSlots> {
  const { tenantId, actor } = caller;
  const { user } = await deps.directory.find(tenantId, userId);
  if (!user) throw errors.notFound('user');
  let ended = 0;
  let left = 0;
  let cursor: string | undefined;
  do {
    const page = await deps.store.openSessions(tenantId, userId, sessionsPerPage, cursor);
    const waiting = [...page.items];
    const worker = async (): Promise<void> => {
      for (let session = waiting.shift(); session; session = waiting.shift()) {
        if (session.phase === 'closed') continue;
        const done = await endUpload(deps, session, 'aborted', ['opening', 'open', 'aborting'], actor);
        if (done) ended += 1;
        else if (await holdsSlot(deps.store, session)) left += 1;
      }
    };
    await Promise.all(Array.from({ length: endedAtOnce }, worker));
    cursor = page.nextCursor;
  } while (cursor && ended + left < maxEnded);
  await deps.events.record(
    tenantEvent(tenantId, 'uploads.cleared', stamp(deps, actor), { userId, ended, left }),
  );
  return { ended, left, complete: cursor === undefined };
}

/** Its owner, or the sweep, may have ended it at the same moment. */
const holdsSlot = async (store: FileStore, session: UploadSession): Promise<boolean> => {
  const now = await store.session(session);
  return now !== undefined && now.phase !== 'closed';
};
