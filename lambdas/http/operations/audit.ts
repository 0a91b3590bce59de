import { type AuditSearchDeps, auditedTenant, searchAudit } from '../../core/audit/search.ts';
import { type AccessAudit, recordReading } from '../../runtime/audited.ts';
import type { authenticated } from '../../runtime/authenticated.ts';
import { ok } from '../../runtime/http-response.ts';
import type { AuditSchemas } from '../schemas/audit.ts';

export interface AuditRouteDeps {
  readonly auditing: AuditSearchDeps;
  readonly auditSchemas: AuditSchemas;
}

/** Who searches a tenant's audit is recorded there, before it answers. */
export const auditRoutes = (
  route: ReturnType<typeof authenticated>,
  { auditing, auditSchemas }: AuditRouteDeps,
  log: AccessAudit,
) => ({
  searchAudit: route('other', async (request, caller) => {
    const query = request.query(auditSchemas.searchAudit);
    const tenantId = await auditedTenant(auditing, caller, query.tenant);
    const found = await searchAudit(auditing, tenantId, query);
    await recordReading(log, request, { tenantId, actor: caller.actor });
    return ok(found);
  }),
});
