import { errors } from '../errors.ts';
import type { Page } from '../ports.ts';
import type { Caller } from '../tenancy/caller.ts';
import { requirePermission } from '../tenancy/roles.ts';
import type { Operation, Outcome } from './operations.ts';
import type { AuditRecord } from './record.ts';

export interface AuditFilters {
  readonly userId?: string;
  readonly fileId?: string;
  readonly type?: AuditRecord['type'];
  readonly operation?: Operation;
  readonly outcome?: Outcome;
  /** 0 to 1. */
  readonly minRisk?: number;
}

export interface AuditQuery extends AuditFilters {
  readonly tenantId: string;
  /** Both within. */
  readonly from: string;
  readonly to: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** `seq`: its number in the chain; absent until it is sealed. */
export type FoundRecord = AuditRecord & { readonly seq?: number };

export interface AuditSearch {
  /** Whether there is, or was, such a tenant. */
  knows(tenantId: string): Promise<boolean>;
  /** Newest first; a page may hold fewer than `limit`. */
  search(query: AuditQuery): Promise<Page<FoundRecord>>;
}

export type AuditRequest = AuditFilters & {
  /** For root: of which tenant, its own otherwise. */
  readonly tenant?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
  readonly cursor?: string;
};

/** What a search looks at unless it says otherwise. */
const defaultRangeSeconds = 7 * 86_400;

export interface AuditSearchDeps {
  readonly audit: AuditSearch;
  readonly now: () => string;
  /** How far back the table has records. */
  readonly keepSeconds: number;
}

/** Whose audit a caller may search. @throws forbidden, not_found */
export async function auditedTenant(
  deps: Pick<AuditSearchDeps, 'audit'>,
  caller: Caller,
  tenant: string = caller.tenantId,
): Promise<string> {
  requirePermission(caller, 'audit.read', tenant);
  if (tenant !== caller.tenantId && !(await deps.audit.knows(tenant))) throw errors.notFound('tenant');
  return tenant;
}

/** @throws validation_failed, cursor_invalid */
export async function searchAudit(
  deps: AuditSearchDeps,
  tenantId: string,
  { tenant: _, from, to = deps.now(), ...filters }: AuditRequest,
): Promise<{ readonly records: readonly FoundRecord[]; readonly nextCursor?: string }> {
  const since = from ?? secondsBefore(to, defaultRangeSeconds);
  if (since > to) throw errors.invalidField('from', 'out_of_range', 'must not be later than "to"');
  if (since < secondsBefore(to, deps.keepSeconds)) {
    const days = Math.floor(deps.keepSeconds / 86_400);
    throw errors.invalidField('from', 'out_of_range', `must be at most ${days} days before "to"`);
  }
  const { items, nextCursor } = await deps.audit.search({ ...filters, tenantId, from: since, to });
  return { records: items, ...(nextCursor && { nextCursor }) };
}

const secondsBefore = (iso: string, seconds: number): string =>
  new Date(Date.parse(iso) - seconds * 1000).toISOString();
