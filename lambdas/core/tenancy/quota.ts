import type { Caller } from './caller.ts';

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

export async function quotaView(
  store: UsageStore,
  caller: Caller,
): Promise<QuotaView & { tenant: QuotaView }> {
  const { policy, tenant } = caller;
  const usage = await store.usage(caller.tenantId, caller.userId);
  const shared = { maxFileSize: policy.maxFileBytes, allowedTypes: policy.allowedMimeTypes };
  return {
    ...view(usage.user, policy.user),
    tier: policy.tier,
    ...shared,
    tenant: { ...view(usage.tenant, policy.tenant), tier: tenant.tier, ...shared },
  };
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
