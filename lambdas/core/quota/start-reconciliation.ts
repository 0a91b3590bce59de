import { type StartForAllDeps, startForAll } from '../jobs/start-for-all.ts';
import { type StartJobDeps, startJob } from '../jobs/start-job.ts';
import type { TenantStore } from '../tenancy/admin/ports.ts';
import { requireLivingTenant } from '../tenancy/admin/tenants.ts';
import type { Caller } from '../tenancy/caller.ts';
import { requirePermission } from '../tenancy/roles.ts';
import { type ReconcileParams, reconcileJob } from './reconcile.ts';

export interface ReconcileDeps extends StartJobDeps {
  readonly tenants: Pick<TenantStore, 'tenant'>;
}

/** @throws forbidden, not_found, upload_state_conflict (the tenant is being erased) */
export async function reconcileTenant(
  deps: ReconcileDeps,
  caller: Caller,
  tenantId: string,
): Promise<{ jobId: string }> {
  requirePermission(caller, 'counters.reconcile', tenantId);
  await requireLivingTenant(deps, tenantId);
  const params: ReconcileParams = { tenantId };
  // The job lies with who asked for it: that is where GET /storage/jobs/{jobId} looks.
  const { jobId } = await startJob(deps, {
    tenantId: caller.tenantId,
    ownerId: caller.userId,
    actor: caller.actor,
    kind: reconcileJob,
    params,
  });
  return { jobId };
}

/** One job for each tenant of the stage. `complete` is false where time ran out before the last one. */
export const reconcileAll = (deps: StartForAllDeps): Promise<{ started: number; complete: boolean }> =>
  startForAll(deps, reconcileJob, (tenantId): ReconcileParams => ({ tenantId }));
