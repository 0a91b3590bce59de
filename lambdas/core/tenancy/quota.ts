import { errors } from '../errors.ts';
import { minutesOf } from '../video/output-minutes.ts';
import { monthOf, type TranscodeBudget } from '../video/transcode.ts';
import type { Caller, Directory } from './caller.ts';
import {
  type EffectivePolicy,
  effectivePolicy,
  type PolicyDefaults,
  type Role,
  tenantPolicy,
} from './policy.ts';
import { requirePermission } from './roles.ts';

/** Counters as they are kept: what is committed is used plus reserved. */
export interface Usage {
  readonly committedBytes: number;
  readonly committedFiles: number;
  readonly reservedBytes: number;
  readonly reservedFiles: number;
  readonly openUploads: number;
}

export interface UsageStore {
  usage(tenantId: string, userId: string): Promise<{ user: Usage; tenant: Usage }>;
}

export interface QuotaView {
  /** Bytes of stored originals. */
  readonly currentUsage: number;
  /** Bytes of uploads that are under way. */
  readonly reserved: number;
  readonly maxQuota: number;
  readonly availableSpace: number;
  /** Stored files. */
  readonly filesCount: number;
  readonly maxFiles: number;
  readonly tier: string;
  readonly maxFileSize: number;
  readonly allowedTypes: readonly string[];
  readonly slots: { readonly used: number; readonly max: number };
}

export interface TenantQuotaView extends QuotaView {
  /** Minutes of output that were transcoded in this calendar month (UTC). */
  readonly transcodeMinutes: { readonly used: number; readonly max: number };
}

export interface QuotaDeps {
  readonly usage: UsageStore;
  readonly directory: Directory;
  readonly limits: PolicyDefaults;
  readonly transcoded: Pick<TranscodeBudget, 'used'>;
  readonly now: () => string;
}

/**
 * Usage and bounds of the caller and of the tenant; for an admin, of another user of the tenant instead.
 * @throws forbidden, not_found
 */
export async function quotaView(
  deps: QuotaDeps,
  caller: Caller,
  userId: string = caller.userId,
): Promise<QuotaView & { role: Role; tenant: TenantQuotaView }> {
  const { tenantId, tenant } = caller;
  const policy = userId === caller.userId ? caller.policy : await policyOf(deps, caller, userId);
  const [usage, seconds] = await Promise.all([
    deps.usage.usage(tenantId, userId),
    deps.transcoded.used(tenantId, monthOf(deps.now())),
  ]);
  const shared = { maxFileSize: policy.maxFileBytes, allowedTypes: policy.allowedMimeTypes };
  return {
    ...view(usage.user, policy.user),
    tier: policy.tier,
    // The caller's own, whosever quota it is: what a page may offer.
    role: caller.user.role,
    ...shared,
    tenant: {
      ...view(usage.tenant, policy.tenant),
      tier: tenant.tier,
      ...shared,
      transcodeMinutes: {
        used: minutesOf(seconds),
        max: tenantPolicy(tenant, deps.limits).transcodeMinutesPerMonth,
      },
    },
  };
}

async function policyOf(deps: QuotaDeps, caller: Caller, userId: string): Promise<EffectivePolicy> {
  requirePermission(caller, 'quota.read');
  const { user } = await deps.directory.find(caller.tenantId, userId);
  if (!user) throw errors.notFound('user');
  return effectivePolicy(caller.tenant, user, deps.limits);
}

function view(usage: Usage, bounds: { maxBytes: number; maxFiles: number; maxOpenUploads: number }) {
  return {
    currentUsage: usage.committedBytes - usage.reservedBytes,
    reserved: usage.reservedBytes,
    maxQuota: bounds.maxBytes,
    availableSpace: Math.max(0, bounds.maxBytes - usage.committedBytes),
    filesCount: usage.committedFiles - usage.reservedFiles,
    maxFiles: bounds.maxFiles,
    slots: { used: usage.openUploads, max: bounds.maxOpenUploads },
  };
}
