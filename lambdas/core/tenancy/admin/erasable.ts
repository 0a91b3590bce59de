import { errors, type SluiceError } from '../../errors.ts';
import { type PolicyDefaults, type Tenant, tenantPolicy } from '../policy.ts';

/** What of a tenant must not be erased. Strongly consistent. */
export interface ErasureGuard {
  /** One of its files that is under legal hold. */
  heldFile(tenantId: string): Promise<string | undefined>;
  /** How many files count in its quota. */
  fileCount(tenantId: string): Promise<number>;
}

export interface ErasableDeps {
  readonly guard: ErasureGuard;
  readonly defaults: PolicyDefaults;
}

/**
 * Why a tenant cannot be erased now: a file that is held, or files whose retention the policy still asks for. Which of
 * them are old enough is not looked at: whoever erases all of them says first, in the policy, that none is to be kept.
 */
export async function erasureRefusal(deps: ErasableDeps, tenant: Tenant): Promise<SluiceError | undefined> {
  const { tenantId } = tenant;
  const held = await deps.guard.heldFile(tenantId);
  if (held !== undefined) return errors.filesHeld(held);
  const { retentionDays } = tenantPolicy(tenant, deps.defaults);
  if (retentionDays === 0 || (await deps.guard.fileCount(tenantId)) === 0) return undefined;
  return errors.filesRetained(retentionDays);
}
