import { type StartJobDeps, startJob } from '../jobs/start-job.ts';
import type { Page } from '../ports.ts';
import { systemActor } from '../tenancy/actor.ts';
import type { TenantStore } from '../tenancy/admin/ports.ts';
import { requireLivingTenant } from '../tenancy/admin/tenants.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { Tenant } from '../tenancy/policy.ts';
import { requirePermission } from '../tenancy/roles.ts';
import { type ReconcileParams, reconcileJob } from './reconcile.ts';

/** Who owns a job that nobody asked for. */
const systemOwner = 'system';

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

export interface ReconcileAllDeps extends StartJobDeps {
  readonly tenants: Pick<TenantStore, 'tenants'>;
  /** True when the run has to end soon. */
  readonly outOfTime: () => boolean;
}

const tenantsPerPage = 100;
const startedAtOnce = 16;

/** One job for each tenant of the stage. `complete` is false where time ran out before the last one. */
export async function reconcileAll(deps: ReconcileAllDeps): Promise<{ started: number; complete: boolean }> {
  let started = 0;
  let cursor: string | undefined;
  do {
    const page: Page<Tenant> = await deps.tenants.tenants(tenantsPerPage, cursor);
    // What is being erased is not repaired.
    const waiting = page.items.filter(({ status }) => status !== 'erasing').map(({ tenantId }) => tenantId);
    const worker = async (): Promise<void> => {
      for (let tenantId = waiting.shift(); tenantId !== undefined; tenantId = waiting.shift()) {
        const params: ReconcileParams = { tenantId };
        await startJob(deps, {
          ...{ tenantId, ownerId: systemOwner, actor: systemActor },
          ...{ kind: reconcileJob, params },
        });
        started += 1;
      }
    };
    await Promise.all(Array.from({ length: startedAtOnce }, worker));
    cursor = page.nextCursor;
  } while (cursor && !deps.outOfTime());
  return { started, complete: cursor === undefined };
}
