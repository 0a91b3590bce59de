import { errors } from '../errors.ts';
import type { Caller } from './caller.ts';
import { type PolicyDefaults, type Tenant, tenantPolicy } from './policy.ts';

/** The keys that belong to one tenant each. Both methods may be repeated, and finish what a crash left half done. */
export interface TenantKeys {
  /** The ARN of the tenant's key, which is made where there is none. */
  ensure(tenantId: string): Promise<string>;
  /** From now on nobody can use the key; after a waiting time it is destroyed, and what it encrypts with it. */
  retire(tenantId: string): Promise<void>;
}

/**
 * The key under which a new upload's bytes lie, wherever they go; undefined: the bucket's default. It is decided once,
 * at initiation, so that a change of the policy in between does not split an upload.
 * @throws storage_unavailable where the policy asks for a key that was never made
 */
export function encryptionKeyOf({ policy, tenant }: Pick<Caller, 'policy' | 'tenant'>): string | undefined {
  if (!policy.encryptionRequired) return undefined;
  if (!tenant.encryptionKey) throw errors.encryptionKeyMissing();
  return tenant.encryptionKey;
}

/** `tenant` with the key that its policy, frameworks included, asks for. One that it has already it keeps. */
export async function withEncryptionKey<T extends Tenant>(
  deps: { readonly keys: Pick<TenantKeys, 'ensure'>; readonly defaults: PolicyDefaults },
  tenant: T,
): Promise<T> {
  if (tenant.encryptionKey || !tenantPolicy(tenant, deps.defaults).encryptionRequired) return tenant;
  try {
    return { ...tenant, encryptionKey: await deps.keys.ensure(tenant.tenantId) };
  } catch (cause) {
    throw errors.storageUnavailable(cause);
  }
}
