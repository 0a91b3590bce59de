import { type TreeJobDeps, treeJobs } from '../folders/tree-job.ts';
import type { JobKinds } from '../jobs/job.ts';
import { type BulkJobDeps, bulkJob } from './bulk-job.ts';
import { bulkKind } from './bulk-request.ts';

/** The jobs that people ask for by the API: bulk actions, and trees of folders. */
export function fileJobs(deps: BulkJobDeps & TreeJobDeps): JobKinds {
  const bulk = bulkJob(deps);
  return {
    [bulkKind('move')]: bulk,
    [bulkKind('delete')]: bulk,
    [bulkKind('restore')]: bulk,
    [bulkKind('tag')]: bulk,
    ...treeJobs(deps),
  };
}
