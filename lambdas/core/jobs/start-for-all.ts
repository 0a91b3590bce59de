import type { Page } from '../ports.ts';
import { systemActor } from '../tenancy/actor.ts';
import type { TenantStore } from '../tenancy/admin/ports.ts';
import type { Tenant } from '../tenancy/policy.ts';
import { type StartJobDeps, startJob } from './start-job.ts';

/** Who owns a job that nobody asked for. */
const systemOwner = 'system';

export interface StartForAllDeps extends StartJobDeps {
  readonly tenants: Pick<TenantStore, 'tenants'>;
  /** True when the run has to end soon. */
  readonly outOfTime: () => boolean;
}

const tenantsPerPage = 100;
const startedAtOnce = 16;

/** One job for each tenant of the stage. `complete` is false where time ran out before the last one. */
export async function startForAll(
  deps: StartForAllDeps,
  kind: string,
  paramsOf: (tenantId: string) => unknown,
): Promise<{ started: number; complete: boolean }> {
  let started = 0;
  let cursor: string | undefined;
  do {
    const page: Page<Tenant> = await deps.tenants.tenants(tenantsPerPage, cursor);
    // Nothing is done any more for what is being erased.
    const waiting = page.items.filter(({ status }) => status !== 'erasing').map(({ tenantId }) => tenantId);
    const worker = async (): Promise<void> => {
      for (let tenantId = waiting.shift(); tenantId !== undefined; tenantId = waiting.shift()) {
        await startJob(deps, {
          ...{ tenantId, ownerId: systemOwner, actor: systemActor },
          ...{ kind, params: paramsOf(tenantId) },
        });
        started += 1;
      }
    };
    await Promise.all(Array.from({ length: startedAtOnce }, worker));
    cursor = page.nextCursor;
  } while (cursor && !deps.outOfTime());
  return { started, complete: cursor === undefined };
}
