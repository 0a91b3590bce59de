import { move, note } from '../files/change.ts';
import { commitChange } from '../files/commit.ts';
import type { FileRecord, VersionRef } from '../files/file.ts';
import { addSeconds } from '../time.ts';
import {
  type DeliverDeps,
  deliver,
  isBeingProcessed,
  type ProcessOutcome,
  pendingOf,
  refuse,
  settle,
} from './deliver.ts';
import { givenUp, givenUpReason, wantedAgain, wasGivenUp } from './give-up.ts';
import { Unprocessable, type Work } from './work.ts';

export interface ProcessDeps extends DeliverDeps {
  readonly work: Work;
}

export interface ProcessRequest extends VersionRef {
  /** What was given up is to be made after all. */
  readonly again?: true | undefined;
}

/**
 * Makes what is pending of a stored file. Run twice, it writes the same bytes under the same keys and settles each
 * rendition once; what was asked for meanwhile stays pending, for the message that came with it.
 */
export async function processFile(deps: ProcessDeps, ref: ProcessRequest): Promise<ProcessOutcome> {
  const file = await begin(deps, ref);
  if (!file?.libraryKey || !file.libraryVersionId) return 'ignored';
  const pending = pendingOf(file);
  try {
    return await deliver(deps, file, pending, await deps.work(file, pending));
  } catch (error) {
    if (!(error instanceof Unprocessable)) throw error;
    return refuse(deps, file, pending, error);
  }
}

/** After the last attempt: the original is safe, what is pending is not to be had for now. */
export async function giveUpOnFile(
  deps: Omit<DeliverDeps, 'derived'>,
  ref: VersionRef,
): Promise<ProcessOutcome> {
  const file = await deps.store.file({ tenantId: ref.tenantId, fileId: ref.fileId });
  if (file?.version !== ref.version) return 'ignored';
  const failed = Object.values(givenUp(file.renditions));
  return settle(deps, file, pendingOf(file), failed, { set: { reason: givenUpReason }, to: 'failed' });
}

/** The file under processing, with what is to be made of it; undefined where there is nothing to do. */
export async function begin(
  deps: Omit<DeliverDeps, 'derived'>,
  { tenantId, fileId, version, again }: ProcessRequest,
): Promise<FileRecord | undefined> {
  const ref = { tenantId, fileId };
  const current = await deps.store.file(ref);
  if (isBeingProcessed(current, version) && !(again && wasGivenUp(current))) return current;
  return commitChange(deps.store, ref, (file) => {
    if (!file || file.version !== version) return undefined;
    const at = deps.now();
    const facts = { at, eventId: deps.newId(), dueAt: addSeconds(at, deps.resendSeconds) };
    if (file.status === 'stored') return move(file, 'processing', facts);
    if (!again || !wasGivenUp(file)) return undefined;
    const set = { renditions: wantedAgain(file.renditions) };
    if (file.status === 'processing') return note(file, { ...facts, set });
    if (file.status !== 'failed' && file.status !== 'ready') return undefined;
    return move(file, 'processing', { ...facts, set, clear: ['reason'] });
  });
}
