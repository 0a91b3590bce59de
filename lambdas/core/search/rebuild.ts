import type { FileListing } from '../files/list.ts';
import { availableStatuses } from '../files/status.ts';
import type { JobKind, JobResult, JobStep } from '../jobs/job.ts';
import { type StartJobDeps, startJob } from '../jobs/start-job.ts';
import type { IndexingQueue } from '../ports.ts';
import type { TenantStore } from '../tenancy/admin/ports.ts';
import { requireLivingTenant } from '../tenancy/admin/tenants.ts';
import type { Caller } from '../tenancy/caller.ts';
import { requirePermission } from '../tenancy/roles.ts';

export const rebuildJob = 'search.rebuild';

/** Whose files: root asks for those of other tenants. */
interface RebuildParams {
  readonly tenantId: string;
}

interface Progress {
  /** Behind the files that were sent. */
  readonly cursor: string;
  readonly sent: number;
}

/** Messages that one step sends, ten to a request: less than a second. */
const filesPerStep = 200;
/**
 * Between two steps. So some 150 files a second are sent, which is less than the workers take: what is uploaded
 * meanwhile is found as soon as ever.
 */
const pauseSeconds = 1;

export interface RebuildJobDeps {
  readonly store: Pick<FileListing, 'listFiles'>;
  readonly queues: IndexingQueue;
}

/**
 * Has all files of a tenant that can be found taken into the search index, newest first. The worker reads them as they
 * are by then, so a step that is repeated does no harm; and whatever changes its status during the walk, and may be
 * missed by it, is told to the index by its own event.
 */
export const createRebuild = (deps: RebuildJobDeps): JobKind => ({
  step: async ({ params, cursor }): Promise<JobStep> => {
    const { tenantId } = params as RebuildParams;
    const progress = cursor as Progress | undefined;
    const { items, nextCursor } = await deps.store.listFiles({
      ...{ index: 'status', tenantId, statuses: availableStatuses },
      ...{ descending: true, limit: filesPerStep, offset: 0 },
      ...(progress && { cursor: progress.cursor }),
    });
    await Promise.all(items.map(({ fileId }) => deps.queues.index({ tenantId, fileId })));
    const sent = (progress?.sent ?? 0) + items.length;
    if (nextCursor === undefined) return { results: [resultOf(sent)], finished: true };
    return { results: [], cursor: { cursor: nextCursor, sent }, finished: false, waitSeconds: pauseSeconds };
  },
});

const resultOf = (sent: number): JobResult => ({
  subject: 'files',
  outcome: sent > 0 ? 'done' : 'skipped',
  detail: `${sent} sent to be indexed.`,
});

export interface RebuildDeps extends StartJobDeps {
  readonly tenants: Pick<TenantStore, 'tenant'>;
}

/** @throws forbidden, not_found, upload_state_conflict (the tenant is being erased) */
export async function rebuildSearch(
  deps: RebuildDeps,
  caller: Caller,
  tenantId: string,
): Promise<{ jobId: string }> {
  requirePermission(caller, 'search.rebuild', tenantId);
  await requireLivingTenant(deps, tenantId);
  const params: RebuildParams = { tenantId };
  // The job lies with who asked for it: that is where GET /storage/jobs/{jobId} looks.
  const { jobId } = await startJob(deps, {
    tenantId: caller.tenantId,
    ownerId: caller.userId,
    actor: caller.actor,
    kind: rebuildJob,
    params,
  });
  return { jobId };
}
