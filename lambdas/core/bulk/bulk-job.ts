import { askerOf } from '../jobs/asker.ts';
import type { JobKind, JobStep } from '../jobs/job.ts';
import { type ActionDeps, fileAction } from './actions.ts';
import type { BulkJobParams } from './bulk-request.ts';
import { applyToAll } from './file-action.ts';
import { type FindDeps, type Found, findMore } from './find-files.ts';

export type BulkJobDeps = FindDeps & ActionDeps;

/** The files that were found and are to be worked on, and where the search goes on; no `place`: there are no more. */
type Cursor = Pick<Found, 'pending' | 'place'>;

const start: Cursor = { pending: [], place: {} };

/** Does to each of many files what the single call would do; the same decisions, as their asker may at that moment. */
export const bulkJob = (deps: BulkJobDeps): JobKind => ({
  step: async (job): Promise<JobStep> => {
    const params = job.params as BulkJobParams;
    const { pending, place } = (job.cursor as Cursor | undefined) ?? start;
    const caller = await askerOf(deps, job);
    if (params.asked.action === 'process') throw new Error('processing is a job of its own');
    const action = fileAction(deps, params.asked);
    const results = await applyToAll(deps.store, caller, action, pending);
    if (!place) return { results, finished: true, total: job.done + job.failed + results.length };
    const next = await findMore(deps, caller, action, params, place);
    const cursor: Cursor = { pending: next.pending, ...(next.place && { place: next.place }) };
    return { results: [...results, ...next.results], cursor, finished: false };
  },
});
