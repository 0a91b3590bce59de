import type { DomainEvent } from '../files/event.ts';
import type { FileRecord } from '../files/file.ts';
import { type DispatchDeps, dispatch } from '../intake/dispatch.ts';
import type { JobQueue, JobRecord, JobStore } from '../jobs/job.ts';
import type { FileQueues, FileStore, IntakeBucket } from '../ports.ts';
import { addSeconds } from '../time.ts';
import { endUpload } from '../uploads/abort.ts';
import { isSinglePut } from '../uploads/part-plan.ts';
import { livenessOf, type StalenessBounds, type UploadSession } from '../uploads/session.ts';
import { type FileBounds, sweepFile } from './sweep-file.ts';

/** Something whose time to be looked at has come. */
export type DueItem =
  | { readonly kind: 'session'; readonly session: UploadSession }
  | { readonly kind: 'file'; readonly file: FileRecord }
  | { readonly kind: 'job'; readonly job: JobRecord }
  | { readonly kind: 'event'; readonly event: DomainEvent };

export interface SweepDeps {
  readonly store: FileStore & {
    /** What is due at `now`, in batches; each item is read consistently before it is handed out. */
    dueItems(now: string): AsyncIterable<readonly DueItem[]>;
    /** Looks at the file again at `dueAt`, if nobody changed it meanwhile. */
    postponeFile(file: FileRecord, dueAt: string): Promise<void>;
    markPublished(event: DomainEvent): Promise<void>;
    saveLastSweep(result: SweepResult): Promise<void>;
  };
  readonly intake: IntakeBucket & DispatchDeps['intake'];
  readonly jobs: Pick<JobStore, 'postponeJob'>;
  readonly queues: FileQueues & JobQueue;
  readonly bus: { publish(events: readonly DomainEvent[]): Promise<void> };
  readonly bounds: StalenessBounds & FileBounds & { readonly concurrency: number };
  readonly now: () => string;
  readonly newId: () => string;
  readonly random: () => number;
  /** True when the run has to end soon; what is left stays due. */
  readonly outOfTime: () => boolean;
  readonly onFailure: (item: DueItem, error: unknown) => void;
}

export type SweepAction =
  | 'expired'
  | 'abort_finished'
  | 'landed_dispatched'
  | 'still_alive'
  | 'sent_again'
  | 'given_up'
  | 'purged'
  | 'published'
  | 'nothing_to_do'
  | 'failed';

export interface SweepResult {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly complete: boolean;
  readonly actions: Readonly<Partial<Record<SweepAction, number>>>;
}

/**
 * Finishes what was left behind (DESIGN 2, 3): abandoned uploads expire, claims that a crash left are carried
 * out, files and events that got stuck are sent again. One item's failure never stops the others; it stays due.
 */
export async function sweep(deps: SweepDeps): Promise<SweepResult> {
  const startedAt = deps.now();
  const actions: Partial<Record<SweepAction, number>> = {};
  let complete = true;
  for await (const batch of deps.store.dueItems(startedAt)) {
    if (deps.outOfTime()) {
      complete = false;
      break;
    }
    for (const action of await sweepBatch(deps, batch)) actions[action] = (actions[action] ?? 0) + 1;
  }
  const result = { startedAt, endedAt: deps.now(), complete, actions };
  await deps.store.saveLastSweep(result);
  return result;
}

/** At most `concurrency` items at a time: each may cost several calls to S3. */
async function sweepBatch(deps: SweepDeps, items: readonly DueItem[]): Promise<readonly SweepAction[]> {
  const waiting = [...items];
  const actions: SweepAction[] = [];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item && !deps.outOfTime(); item = waiting.shift()) {
      try {
        actions.push(await sweepItem(deps, item));
      } catch (error) {
        deps.onFailure(item, error);
        actions.push('failed');
      }
    }
  };
  await Promise.all(Array.from({ length: deps.bounds.concurrency }, worker));
  return actions;
}

async function sweepItem(deps: SweepDeps, item: DueItem): Promise<SweepAction> {
  if (item.kind === 'session') return sweepSession(deps, item.session);
  if (item.kind === 'file') return sweepFile(deps, item.file);
  if (item.kind === 'job') return sweepJob(deps, item.job);
  await deps.bus.publish([item.event]);
  await deps.store.markPublished(item.event);
  return 'published';
}

async function sweepSession(deps: SweepDeps, session: UploadSession): Promise<SweepAction> {
  switch (session.phase) {
    case 'closed':
      return 'nothing_to_do';
    case 'aborting':
      return (await endUpload(deps, session, session.endsAs ?? 'aborted', ['aborting']))
        ? 'abort_finished'
        : 'nothing_to_do';
    case 'completing':
      return sweepCompleting(deps, session);
    default:
      return sweepOpen(deps, session);
  }
}

/** A job that stopped, or whose message was lost. One whose lease still runs, the worker leaves alone. */
async function sweepJob(deps: SweepDeps, job: JobRecord): Promise<SweepAction> {
  await deps.queues.runJob(job);
  await deps.jobs.postponeJob(job, addSeconds(deps.now(), deps.bounds.resendSeconds));
  return 'sent_again';
}

/** Either S3 has put the parts together and only the event was lost, or the completion itself was. */
async function sweepCompleting(deps: SweepDeps, session: UploadSession): Promise<SweepAction> {
  if (await dispatchLanded(deps, session)) return 'landed_dispatched';
  // S3 may have forgotten the upload; without an end the slot would be held for good.
  if (addSeconds(session.expiresAt, deps.bounds.resendSeconds) <= deps.now()) {
    return (await endUpload(deps, session, 'expired', ['completing'])) ? 'expired' : 'nothing_to_do';
  }
  const { tenantId, fileId, uploadId } = session;
  await deps.queues.complete({ tenantId, fileId, uploadId });
  const dueAt = addSeconds(deps.now(), deps.bounds.resendSeconds);
  await deps.store.updateSession(session, ['completing'], { dueAt });
  return 'sent_again';
}

async function sweepOpen(deps: SweepDeps, session: UploadSession): Promise<SweepAction> {
  // Bytes that landed while their event was lost: the upload is done, not stale.
  if (isSinglePut(session) && (await dispatchLanded(deps, session))) return 'landed_dispatched';
  const seen = await withSeenParts(deps, session);
  const liveness = livenessOf(seen, deps.bounds, deps.now());
  if (liveness.alive) {
    const { seenParts, lastActivityAt, lastProgressAt } = seen;
    await deps.store.updateSession(session, ['opening', 'open'], {
      // Times are written only with new parts: a heartbeat may have come since the session was read.
      ...(seen !== session && { seenParts, lastActivityAt, lastProgressAt }),
      dueAt: liveness.dueAt,
    });
    return 'still_alive';
  }
  const ended = await endUpload(deps, session, 'expired', ['opening', 'open']);
  return ended ? 'expired' : 'nothing_to_do';
}

/** New parts in S3 are activity too: a client may upload for hours without talking to the API. */
async function withSeenParts(deps: SweepDeps, session: UploadSession): Promise<UploadSession> {
  if (!session.multipartId) return session;
  const parts = await deps.intake.listParts(session);
  if (!parts || parts.length <= session.seenParts) return session;
  const at = deps.now();
  return { ...session, seenParts: parts.length, lastActivityAt: at, lastProgressAt: at };
}

async function dispatchLanded(deps: SweepDeps, session: UploadSession): Promise<boolean> {
  // Oldest first: the first version that landed is the one that counts.
  const versions = [...(await deps.intake.landedVersions(session))].reverse();
  for (const { versionId } of versions) {
    const { tenantId, fileId, uploadId } = session;
    await dispatch(
      { ...deps, resendSeconds: deps.bounds.resendSeconds },
      { tenantId, fileId, uploadId, versionId },
    );
  }
  return versions.length > 0;
}
