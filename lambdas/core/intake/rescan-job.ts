import type { FileListing } from '../files/list.ts';
import { contentStatuses } from '../files/withdraw.ts';
import type { JobKind, JobStep } from '../jobs/job.ts';
import { type StartForAllDeps, startForAll } from '../jobs/start-for-all.ts';
import type { RescanQueue } from '../ports.ts';
import { addSeconds } from '../time.ts';

export const rescanJob = 'rescan';

const secondsPerDay = 86_400;
/** Messages that one step sends: a second or two. */
const filesPerStep = 100;
const sentAtOnce = 10;

export interface RescanParams {
  /** What has passed with these is left alone. */
  readonly definitions: string;
  /** Files that were uploaded since then. ISO 8601 UTC */
  readonly since: string;
}

export interface RescanJobDeps {
  readonly store: FileListing;
  readonly queues: RescanQueue;
  readonly random: () => number;
  /** The messages are spread over so long, so that what is being uploaded now need not wait behind them. */
  readonly bounds: { readonly rescanSpreadSeconds: number };
}

/**
 * Has the young files of a tenant scanned anew, newest first: malware that was new when they were uploaded is known
 * today. A step that is repeated sends the same messages again, and who was scanned in between is left alone.
 */
export const createRescan = (deps: RescanJobDeps): JobKind => ({
  step: async (job): Promise<JobStep> => {
    const { definitions, since } = job.params as RescanParams;
    const { tenantId } = job;
    const { items, nextCursor } = await deps.store.listFiles({
      ...{ index: 'status', tenantId, statuses: contentStatuses, from: since },
      ...{ descending: true, limit: filesPerStep, offset: 0 },
      ...(job.cursor !== undefined && { cursor: job.cursor as string }),
    });
    const waiting = [...items];
    const worker = async (): Promise<void> => {
      for (let file = waiting.shift(); file; file = waiting.shift()) {
        const delaySeconds = Math.floor(deps.random() * deps.bounds.rescanSpreadSeconds);
        await deps.queues.rescan(
          { tenantId, fileId: file.fileId, unlessScannedWith: definitions },
          { delaySeconds },
        );
      }
    };
    await Promise.all(Array.from({ length: sentAtOnce }, worker));
    return { results: [], finished: nextCursor === undefined, ...(nextCursor && { cursor: nextCursor }) };
  },
});

export interface StartRescansDeps extends StartForAllDeps {
  /** 0: nothing is scanned again by itself. */
  readonly bounds: StartForAllDeps['bounds'] & { readonly rescanDays: number };
}

/** One job for each tenant of the stage. `complete` is false where time ran out before the last one. */
export async function startRescans(
  deps: StartRescansDeps,
  definitions: string,
): Promise<{ started: number; complete: boolean }> {
  const { rescanDays } = deps.bounds;
  if (rescanDays === 0) return { started: 0, complete: true };
  const params: RescanParams = { definitions, since: addSeconds(deps.now(), -rescanDays * secondsPerDay) };
  return startForAll(deps, rescanJob, () => params);
}
