import type { FileListing } from '../files/list.ts';
import { planListing } from '../files/list-plan.ts';
import type { NameBounds } from '../files/names.ts';
import { type AskerDeps, askerOf } from '../jobs/asker.ts';
import type { JobKind, JobResult, JobStep } from '../jobs/job.ts';
import type { FileStore } from '../ports.ts';
import { type AccessDeps, requireAccess } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';
import { type ActionDeps, fileAction } from './actions.ts';
import { type BulkJobParams, statusFor } from './bulk-request.ts';
import { applyToAll, type FileAction, filesPerStep, refusalOf } from './file-action.ts';

export type BulkJobDeps = AskerDeps &
  ActionDeps &
  AccessDeps & {
    readonly store: FileStore & Pick<FileListing, 'listFiles'>;
    readonly names: NameBounds;
  };

/** The files that were found and are to be worked on, and where the search goes on; no `place`: there are no more. */
interface Cursor {
  readonly pending: readonly string[];
  readonly place?: Place;
}

interface Place {
  readonly index?: number;
  readonly cursor?: string;
}

interface Found extends Cursor {
  /** What is decided without a change: refused, or nothing to do. */
  readonly results: readonly JobResult[];
}

const start: Cursor = { pending: [], place: {} };

/** Does to each of many files what the single call would do; the same decisions, as their asker may at that moment. */
export const bulkJob = (deps: BulkJobDeps): JobKind => ({
  step: async (job): Promise<JobStep> => {
    const params = job.params as BulkJobParams;
    const { pending, place } = (job.cursor as Cursor | undefined) ?? start;
    const caller = await askerOf(deps, job);
    const action = fileAction(deps, params.asked);
    const results = await applyToAll(deps.store, caller, action, pending);
    if (!place) return { results, finished: true, total: job.done + job.failed + results.length };
    const next = await findMore(deps, caller, action, params, place);
    const cursor: Cursor = { pending: next.pending, ...(next.place && { place: next.place }) };
    return { results: [...results, ...next.results], cursor, finished: false };
  },
});

const findMore = (
  deps: BulkJobDeps,
  caller: Caller,
  action: FileAction,
  { asked, fileIds, filter = {} }: BulkJobParams,
  place: Place,
): Promise<Found> =>
  fileIds
    ? nextNamed(deps, caller, action, fileIds, place.index ?? 0)
    : nextListed(deps, caller, { status: statusFor(asked.action), ...filter }, place.cursor);

/**
 * Who may not is told so here, once; what a later step finds gone was there when it was asked for. Files that are
 * already as they shall be are left alone.
 */
async function nextNamed(
  deps: BulkJobDeps,
  caller: Caller,
  action: FileAction,
  fileIds: readonly string[],
  index: number,
): Promise<Found> {
  const end = index + filesPerStep;
  const pending: string[] = [];
  const results: JobResult[] = [];
  await Promise.all(
    fileIds.slice(index, end).map(async (fileId) => {
      try {
        const file = await requireAccess(deps, caller, fileId, action.need);
        if (action.isDone(file)) results.push({ fileId, outcome: 'skipped' });
        else pending.push(fileId);
      } catch (error) {
        results.push({ fileId, ...refusalOf(error) });
      }
    }),
  );
  return { pending, results, ...(end < fileIds.length && { place: { index: end } }) };
}

async function nextListed(
  deps: BulkJobDeps,
  caller: Caller,
  filter: NonNullable<BulkJobParams['filter']>,
  cursor: string | undefined,
): Promise<Found> {
  const request = { ...filter, limit: filesPerStep, ...(cursor !== undefined && { cursor }) };
  const page = await deps.store.listFiles(planListing(request, caller, deps.names));
  return {
    pending: page.items.map(({ fileId }) => fileId),
    results: [],
    ...(page.nextCursor !== undefined && { place: { cursor: page.nextCursor } }),
  };
}
