import { type TreeJobDeps, treeJobs } from '../folders/tree-job.ts';
import type { JobKinds } from '../jobs/job.ts';
import { type BulkJobDeps, bulkJob } from './bulk-job.ts';
import { bulkKind } from './bulk-request.ts';
import { type ProcessJobDeps, processJob } from './process-job.ts';

/** The jobs that people ask for by the API: bulk actions, and trees of folders. */
export function fileJobs(deps: BulkJobDeps & ProcessJobDeps & TreeJobDeps): JobKinds {
  const bulk = bulkJob(deps);
  return {
    [bulkKind('move')]: bulk,
    [bulkKind('delete')]: bulk,
    [bulkKind('restore')]: bulk,
    [bulkKind('tag')]: bulk,
    [bulkKind('process')]: processJob(deps),
    ...treeJobs(deps),
  };
}
