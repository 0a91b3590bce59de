import { errors } from '../errors.ts';
import type { Caller } from '../tenancy/caller.ts';
import { hasPermission, requirePermission } from '../tenancy/roles.ts';

/** What belongs to no tenant: the stage as a whole. */
const stageWide = '';

/**
 * Whose numbers a call is answered with: those of the tenant that it asks for, else of the whole stage for who governs
 * all tenants, else of its own. Undefined: the whole stage.
 * @throws forbidden, not_found (a foreign tenant and one that does not exist alike)
 */
export async function metricsScope(
  tenants: { tenantExists(tenantId: string): Promise<boolean> },
  caller: Pick<Caller, 'tenantId' | 'user'>,
  asked: string | undefined,
): Promise<string | undefined> {
  requirePermission(caller, 'metrics.read', asked);
  if (asked === undefined) {
    return hasPermission(caller, 'metrics.read', stageWide) ? undefined : caller.tenantId;
  }
  if (asked !== caller.tenantId && !(await tenants.tenantExists(asked))) throw errors.notFound('tenant');
  return asked;
}
