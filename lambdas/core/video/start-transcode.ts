import { note } from '../files/change.ts';
import { commitChange } from '../files/commit.ts';
import type { FileRecord, VersionRef } from '../files/file.ts';
import { type DeliverDeps, isBeingProcessed, type ProcessOutcome } from '../processing/deliver.ts';
import { begin, giveUpOnFile, type ProcessRequest } from '../processing/process-file.ts';
import { addSeconds } from '../time.ts';
import type { Executions } from './executions.ts';
import type { EncoderLeases } from './lease.ts';
import type { Transcode, TranscodeBudget, TranscodeRef, TranscodeStore } from './transcode.ts';

export interface StartTranscodeDeps extends Omit<DeliverDeps, 'derived'> {
  readonly transcodes: Pick<TranscodeStore, 'transcode' | 'begin'>;
  readonly executions: Executions;
  readonly leases: Pick<EncoderLeases, 'release'>;
  readonly bounds: { readonly workflowSeconds: number; readonly maxAttempts: number };
}

export type StartOutcome = 'started' | 'running' | 'ignored';

/** How often somebody else begins an attempt between a look at the transcode and the write. */
const maxRounds = 3;

/**
 * Takes a stored video or recording into processing and starts its execution; a second message finds it running. One that
 * ended without settling the file (timed out, aborted) is followed by another attempt, up to `maxAttempts` since somebody
 * asked for it. The sweep leaves the file alone for as long as an execution may run.
 * @throws Error when its attempts are spent: the message becomes a dead letter, whose redrive asks anew
 */
export async function startTranscode(
  deps: StartTranscodeDeps,
  request: ProcessRequest,
): Promise<StartOutcome> {
  const { workflowSeconds } = deps.bounds;
  const stored = await deps.store.file(request);
  // After the longest execution the sweep has its usual patience.
  const file = await begin({ ...deps, resendSeconds: workflowSeconds + deps.resendSeconds }, request);
  if (!file?.libraryKey || !file.libraryVersionId) return 'ignored';
  const anew = request.again === true || !isBeingProcessed(stored, request.version);
  for (let round = 1; round <= maxRounds; round += 1) {
    const last = await deps.transcodes.transcode(request);
    const status = last ? await deps.executions.status(last) : 'unknown';
    if (status === 'running') {
      await keepDue(deps, file);
      return 'running';
    }
    const isUnstarted = status === 'unknown' && !anew && last !== undefined && hasFoundNothing(last);
    const attempt = isUnstarted ? last : await next(deps, request, last, anew);
    if (!attempt) continue;
    await deps.executions.start(attempt);
    await keepDue(deps, file);
    return 'started';
  }
  throw new Error(`others begin with file ${file.fileId} all the time`);
}

/** Recorded, and the worker died before it was started. */
const hasFoundNothing = ({ probe, refused }: Transcode): boolean => !probe && !refused;

/** Undefined where somebody else has begun it. */
async function next(
  { transcodes, leases, bounds, now }: StartTranscodeDeps,
  { tenantId, fileId, version }: VersionRef,
  last: Transcode | undefined,
  anew: boolean,
): Promise<TranscodeRef | undefined> {
  const attempt = (last?.attempt ?? 0) + 1;
  const firstAttempt = last && !anew ? last.firstAttempt : attempt;
  // It ended without giving it back; also where no other follows.
  if (last) await leases.release(last);
  if (attempt - firstAttempt >= bounds.maxAttempts)
    throw new Error(`${attempt - firstAttempt} attempts failed`);
  const job = { tenantId, fileId, version, attempt };
  const begun = await transcodes.begin({ ...job, firstAttempt, startedAt: now() }, last?.attempt);
  return begun ? job : undefined;
}

/** The sweep asked for it: it would come again within minutes, and take for stuck what runs for hours. */
async function keepDue(
  { store, now, newId, resendSeconds, bounds }: StartTranscodeDeps,
  { tenantId, fileId, version }: FileRecord,
): Promise<void> {
  await commitChange(store, { tenantId, fileId }, (file) => {
    const at = now();
    const endsAt = addSeconds(at, bounds.workflowSeconds);
    if (!isBeingProcessed(file, version) || (file.dueAt ?? '') >= endsAt) return undefined;
    return note(file, { at, eventId: newId(), dueAt: addSeconds(endsAt, resendSeconds) });
  });
}

/** After the last attempt of the message. */
export async function giveUpOnTranscode(
  deps: Omit<DeliverDeps, 'derived'> & {
    readonly transcodes: Pick<TranscodeStore, 'transcode'>;
    readonly budget: Pick<TranscodeBudget, 'giveBack'>;
  },
  ref: VersionRef,
): Promise<ProcessOutcome> {
  const outcome = await giveUpOnFile(deps, ref);
  const transcode = await deps.transcodes.transcode(ref);
  if (outcome === 'failed' && transcode) await deps.budget.giveBack(transcode);
  return outcome;
}
