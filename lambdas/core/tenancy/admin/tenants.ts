import { errors } from '../../errors.ts';
import { tenantEvent } from '../../files/event.ts';
import { type StampDeps, stamp } from '../actor.ts';
import type { Caller } from '../caller.ts';
import { type TenantKeys, withEncryptionKey } from '../encryption.ts';
import { type Tenant, type TenantPolicy, type TierName, tenantPolicy } from '../policy.ts';
import { requirePermission } from '../roles.ts';
import { changedPolicy, type PolicyChangeDeps, type PolicyPatch } from './policy-change.ts';
import type { TenantStore } from './ports.ts';

export interface TenantDeps extends StampDeps, PolicyChangeDeps {
  readonly tenants: TenantStore;
  readonly keys: Pick<TenantKeys, 'ensure'>;
}

export interface TenantView
  extends Pick<
    Tenant,
    'tenantId' | 'name' | 'status' | 'tier' | 'policy' | 'userCount' | 'encryptionKey' | 'createdAt'
  > {
  /** With nothing left open: tier, defaults and frameworks included. */
  readonly effectivePolicy: TenantPolicy;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const viewOf = (deps: PolicyChangeDeps, tenant: Tenant): TenantView => ({
  tenantId: tenant.tenantId,
  name: tenant.name,
  status: tenant.status,
  tier: tenant.tier,
  policy: tenant.policy,
  effectivePolicy: tenantPolicy(tenant, deps.defaults),
  userCount: tenant.userCount,
  ...(tenant.encryptionKey && { encryptionKey: tenant.encryptionKey }),
  createdAt: tenant.createdAt,
});

/** @throws not_found */
export async function requireTenant(
  deps: { readonly tenants: Pick<TenantStore, 'tenant'> },
  tenantId: string,
): Promise<Tenant> {
  const tenant = await deps.tenants.tenant(tenantId);
  if (!tenant) throw errors.notFound('tenant');
  return tenant;
}

/** @throws not_found, upload_state_conflict: what is being erased changes no more */
export async function requireLivingTenant(
  deps: { readonly tenants: Pick<TenantStore, 'tenant'> },
  tenantId: string,
): Promise<Tenant> {
  const tenant = await requireTenant(deps, tenantId);
  if (tenant.status === 'erasing') throw errors.uploadStateConflict('The tenant is being erased.');
  return tenant;
}

export async function listTenants(deps: TenantDeps, caller: Caller, { limit, cursor }: PageRequest) {
  requirePermission(caller, 'tenant.list');
  const { items, nextCursor } = await deps.tenants.tenants(limit, cursor);
  return { tenants: items.map((tenant) => viewOf(deps, tenant)), ...(nextCursor && { nextCursor }) };
}

export async function getTenant(deps: TenantDeps, caller: Caller, tenantId: string): Promise<TenantView> {
  requirePermission(caller, 'tenant.read', tenantId);
  return viewOf(deps, await requireTenant(deps, tenantId));
}

export interface NewTenant {
  readonly tenantId: string;
  readonly name: string;
  readonly tier: TierName;
  readonly policy?: PolicyPatch | undefined;
}

/** @throws name_conflict, storage_unavailable (no key could be made) */
export async function createTenant(
  deps: TenantDeps,
  caller: Caller,
  request: NewTenant,
): Promise<TenantView> {
  requirePermission(caller, 'tenant.create');
  const { tenantId, name, tier } = request;
  const bare: Tenant = {
    ...{ tenantId, name, tier, policy: {}, userCount: 0 },
    status: 'active',
    createdAt: deps.now(),
  };
  const policy = changedPolicy(deps, caller, bare, request.policy ?? {});
  // Before a key is made: one with this id that is there already is not given one by mistake.
  if (await deps.tenants.tenant(tenantId)) throw errors.idTaken(taken(tenantId));
  const tenant = await withEncryptionKey(deps, { ...bare, policy });
  const event = tenantEvent(tenantId, 'tenant.created', stamp(deps, caller.actor), { tier });
  if (!(await deps.tenants.createTenant(tenant, event))) {
    throw errors.idTaken(taken(tenantId));
  }
  return viewOf(deps, tenant);
}

const taken = (tenantId: string): string =>
  `There is a tenant "${tenantId}" already. Choose another id, or change that one.`;

export interface TenantChange {
  readonly name?: string | undefined;
  readonly status?: 'active' | 'suspended' | undefined;
  readonly tier?: TierName | undefined;
  readonly policy?: PolicyPatch | undefined;
}

/** How often a change is decided anew that somebody else's came before. */
export const maxChangeAttempts = 4;

export async function changeTenant(
  deps: TenantDeps,
  caller: Caller,
  tenantId: string,
  change: TenantChange,
): Promise<TenantView> {
  requirePermission(caller, 'tenant.change', tenantId);
  const governs = change.status !== undefined || change.tier !== undefined;
  if (governs) requirePermission(caller, 'tenant.govern', tenantId);
  if (change.status === 'suspended' && tenantId === caller.tenantId) {
    throw errors.forbidden('This is your own tenant: suspended, nobody of it could reactivate it.');
  }
  for (let attempt = 1; attempt <= maxChangeAttempts; attempt += 1) {
    const before = await requireLivingTenant(deps, tenantId);
    const after = await withEncryptionKey(deps, {
      ...before,
      name: change.name ?? before.name,
      status: change.status ?? before.status,
      tier: change.tier ?? before.tier,
      policy: change.policy ? changedPolicy(deps, caller, before, change.policy) : before.policy,
    });
    const event = tenantEvent(tenantId, 'tenant.changed', stamp(deps, caller.actor), factsOf(change));
    if (await deps.tenants.changeTenant(before, after, event)) return viewOf(deps, after);
  }
  throw errors.capacityExceeded();
}

/** Which fields were changed, and what decides who may do what; no name. */
const factsOf = ({ status, tier, policy, ...rest }: TenantChange) => ({
  fields: [
    ...Object.keys({ ...rest, ...(status && { status }), ...(tier && { tier }) }),
    ...Object.keys(policy ?? {}).map((field) => `policy.${field}`),
  ].join(' '),
  ...(status && { status }),
  ...(tier && { tier }),
});
