export type TierName = 'basic' | 'premium' | 'enterprise';
export type Role = 'user' | 'admin' | 'root';

export interface TierLimits {
  readonly bytesPerUser: number;
  readonly filesPerUser: number;
  readonly slotsPerUser: number;
  readonly maxFileBytes: number;
  /** null: no bound. */
  readonly bytesPerUserAndHour: number | null;
  readonly allowedMimeTypes: readonly string[];
}

/** What a tenant says differently from its tier and the defaults. */
export interface PolicyOverrides {
  readonly maxBytes?: number;
  readonly maxConcurrentUploads?: number;
  readonly maxFilesPerDay?: number;
  readonly maxFileSize?: number;
  readonly allowedMimeTypes?: readonly string[];
  readonly allowedExtensions?: readonly string[];
  readonly blockUploads?: boolean;
  readonly slotsPerUser?: number;
  readonly initiationsPerMinute?: number;
  readonly bytesPerUser?: number;
  readonly filesPerUser?: number;
  readonly bytesPerHour?: number;
}

export interface Tenant {
  readonly tenantId: string;
  readonly name: string;
  readonly status: 'active' | 'suspended';
  readonly tier: TierName;
  readonly policy: PolicyOverrides;
  readonly userCount: number;
}

export interface User {
  readonly tenantId: string;
  readonly userId: string;
  readonly email: string;
  readonly role: Role;
  readonly status: 'active' | 'inactive';
  readonly tier?: TierName;
}

/** The bounds that hold for one user, after tier and tenant policy. Sizes in bytes. */
export interface EffectivePolicy {
  readonly tier: TierName;
  readonly blockUploads: boolean;
  readonly maxFileBytes: number;
  readonly allowedMimeTypes: readonly string[];
  /** With the dot, lower case; absent: any. */
  readonly allowedExtensions?: readonly string[];
  readonly user: { maxBytes: number; maxFiles: number; maxOpenUploads: number; bytesPerHour: number | null };
  readonly tenant: { maxBytes: number; maxFiles: number; maxOpenUploads: number; maxFilesPerDay: number };
  readonly initiationsPerMinute: number;
}

export interface PolicyDefaults {
  readonly tiers: Readonly<Record<TierName, TierLimits>>;
  readonly tenant: { readonly maxConcurrentUploads: number; readonly maxFilesPerDay: number };
  readonly rates: { readonly initiationsPerMinute: number };
}

/** A user has a tier, else its tenant's; the tenant's policy tightens or widens it (DESIGN 3). */
export function effectivePolicy(tenant: Tenant, user: User, defaults: PolicyDefaults): EffectivePolicy {
  const tier = user.tier ?? tenant.tier;
  const limits = defaults.tiers[tier];
  const policy = tenant.policy;
  return {
    tier,
    blockUploads: policy.blockUploads ?? false,
    maxFileBytes: policy.maxFileSize ?? limits.maxFileBytes,
    allowedMimeTypes: policy.allowedMimeTypes ?? limits.allowedMimeTypes,
    ...(policy.allowedExtensions && { allowedExtensions: policy.allowedExtensions }),
    user: {
      maxBytes: policy.bytesPerUser ?? limits.bytesPerUser,
      maxFiles: policy.filesPerUser ?? limits.filesPerUser,
      maxOpenUploads: policy.slotsPerUser ?? limits.slotsPerUser,
      bytesPerHour: policy.bytesPerHour ?? limits.bytesPerUserAndHour,
    },
    tenant: {
      maxBytes: policy.maxBytes ?? perUser(defaults.tiers[tenant.tier].bytesPerUser, tenant),
      maxFiles: perUser(defaults.tiers[tenant.tier].filesPerUser, tenant),
      maxOpenUploads: policy.maxConcurrentUploads ?? defaults.tenant.maxConcurrentUploads,
      maxFilesPerDay: policy.maxFilesPerDay ?? defaults.tenant.maxFilesPerDay,
    },
    initiationsPerMinute: policy.initiationsPerMinute ?? defaults.rates.initiationsPerMinute,
  };
}

/** 820 enterprise users have more bytes (8 PiB) than a number holds exactly, and DynamoDB's client refuses to write. */
const perUser = (bound: number, tenant: Tenant): number =>
  Math.min(bound * tenant.userCount, Number.MAX_SAFE_INTEGER);
