import { type ItemKey, indexKeys, keys } from './table.ts';

/** Tenants, users and machine clients as the table keeps them: what seeds, bootstrap and functions share. */
export type TierName = 'basic' | 'premium' | 'enterprise';
export type RoleName = 'user' | 'admin' | 'root';

/** What a tenant may say differently from its tier and the defaults; absent means the default (DESIGN 3). */
export interface TenantPolicyOverrides {
  readonly maxBytes?: number;
  readonly maxConcurrentUploads?: number;
  readonly maxFilesPerDay?: number;
  readonly maxFileSize?: number;
  readonly allowedMimeTypes?: readonly string[];
  readonly allowedExtensions?: readonly string[];
  readonly blockUploads?: boolean;
  /** Slots of each user; the tier's otherwise. */
  readonly slotsPerUser?: number;
  readonly initiationsPerMinute?: number;
  readonly bytesPerUser?: number;
  readonly filesPerUser?: number;
  readonly bytesPerHour?: number;
  /** Of transcoded output, of all rungs together. */
  readonly transcodeMinutesPerMonth?: number;
  readonly virusScanningRequired?: boolean;
  /** A key of the tenant's own in KMS. */
  readonly encryptionRequired?: boolean;
  /** Days that a deleted file can be restored. */
  readonly trashDays?: number;
  /** Days after its upload before which a file cannot be deleted. */
  readonly retentionDays?: number;
  /** Countries (ISO 3166 alpha-2) that calls may, or may not, come from. */
  readonly geoRestrictions?: { readonly allow?: readonly string[]; readonly deny?: readonly string[] };
  readonly auditLevel?: 'minimal' | 'standard' | 'full';
  readonly complianceFrameworks?: readonly FrameworkName[];
  readonly unscannable?: 'reject' | 'hold';
  readonly svg?: 'rasterize' | 'reject';
  readonly activeContent?: 'allow' | 'reject';
  readonly encryptedContent?: 'allow' | 'reject';
  /** Whether files with the same bytes lie in one object, and how often those count in the tenant's quota. */
  readonly dedupe?: 'off' | 'share';
  readonly dedupeQuota?: 'each' | 'once';
  /** What is made of every picture; absent: small, medium, large and preview. */
  readonly renditionPresets?: readonly RenditionPresetItem[];
  /** IANA name; what the audit takes for an unusual hour follows it. */
  readonly timeZone?: string;
  /** By name; one of a shipped profile's name takes its place. */
  readonly profiles?: Readonly<Record<string, UploadProfileItem>>;
}

/** Pixels; quality 1 to 100. `auto`: WebP where the picture is transparent, JPEG otherwise. */
export interface RenditionPresetItem {
  readonly name: string;
  readonly fit: 'cover' | 'inside';
  readonly width: number;
  readonly height: number;
  readonly format: 'auto' | 'jpeg' | 'webp';
  readonly quality: number;
}

/** What uploads that name the profile are held to, within the policy. */
export interface UploadProfileItem {
  /** MIME types, or groups such as `image/*`. */
  readonly allowedTypes: readonly string[];
  /** Bytes; absent: the policy's. */
  readonly maxSize?: number;
  /** Uploads that one user may have open under the profile at a time. */
  readonly maxFiles: number;
  readonly folder: string;
}

export const frameworkNames = [
  'HIPAA',
  'PCI-DSS',
  'FERPA',
  'SOC2',
  'GDPR',
  'HITECH',
  'SOX',
  'ISO27001',
  'FedRAMP',
  'FISMA',
  'COPPA',
] as const;

export type FrameworkName = (typeof frameworkNames)[number];

export interface TenantItem extends ItemKey {
  readonly tenantId: string;
  readonly name: string;
  /** `erasing`: a job is removing everything that the tenant has. */
  readonly status: 'active' | 'suspended' | 'erasing';
  readonly tier: TierName;
  readonly policy: TenantPolicyOverrides;
  /** How many users the tenant has: its default quota is its tier's for each of them. */
  readonly userCount: number;
  readonly createdAt: string;
  /** ARN of its own KMS key, since its policy first asked for one. */
  readonly encryptionKey?: string;
  /** Counts changes; absent before the first. */
  readonly revision?: number;
}

export interface UserItem extends ItemKey {
  readonly tenantId: string;
  /** The `sub` of the user's tokens. */
  readonly userId: string;
  readonly email: string;
  readonly role: RoleName;
  /** `removed`: signs in no more and is no user any longer; the files stay with the tenant's admins. */
  readonly status: 'active' | 'inactive' | 'removed';
  /** Absent: the tenant's default. */
  readonly tier?: TierName;
  readonly createdAt: string;
  /** Counts changes; absent before the first. */
  readonly revision?: number;
}

/** A program of the tenant that calls the API in its own name. */
export interface ClientItem extends ItemKey {
  readonly clientId: string;
  readonly tenantId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** SHA-256 of the secret, base64; absent with an issuer that keeps its clients' secrets itself. */
  readonly secretHash?: string;
  readonly status: 'active' | 'removed';
  readonly createdAt: string;
  readonly createdBy: string;
}

/** A tenant's id goes into keys, S3 prefixes and Cognito's attribute (64 characters). */
export const tenantIdPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

export const tenantItem = (tenant: Omit<TenantItem, keyof ItemKey>): TenantItem => ({
  ...keys.tenant(tenant.tenantId),
  ...tenant,
  ...{ ownerPk: indexKeys.tenants(), createdSk: indexKeys.created(tenant.createdAt, tenant.tenantId) },
});

export const userItem = (user: Omit<UserItem, keyof ItemKey>): UserItem => ({
  ...keys.user(user.tenantId, user.userId),
  ...user,
});
