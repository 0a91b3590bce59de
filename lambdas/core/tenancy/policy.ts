import { defaultPresets, type RenditionPreset } from '../images/presets.ts';
import { type Framework, presetOf } from './compliance.ts';
import { stricterOf } from './stricter.ts';
import { shippedProfiles, type UploadProfile } from './upload-profile.ts';

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

/** Countries (ISO 3166 alpha-2) that calls may, or may not, come from; neither: from everywhere. */
export interface GeoRestrictions {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

/**
 * `share` is for tenants to ask for: it lets somebody find out, by how fast a file is stored, that a colleague has the
 * same one, and it keeps the bytes of a deleted file for as long as another file has them.
 */
export interface DedupePolicy {
  readonly dedupe: 'off' | 'share';
  readonly dedupeQuota: 'each' | 'once';
}

/** How much the audit keeps: changes only, downloads too, or every read. */
export type AuditLevel = 'minimal' | 'standard' | 'full';

/**
 * The tenant's policy with nothing left open: what the tenant says, else its tier, else the defaults, and never
 * laxer than the frameworks that it names (DESIGN 3). Sizes in bytes.
 */
export interface TenantPolicy {
  readonly maxBytes: number;
  readonly maxConcurrentUploads: number;
  readonly maxFilesPerDay: number;
  readonly maxFileSize: number;
  readonly allowedMimeTypes: readonly string[];
  /** With the dot, lower case; null: any. */
  readonly allowedExtensions: readonly string[] | null;
  readonly blockUploads: boolean;
  readonly slotsPerUser: number;
  readonly initiationsPerMinute: number;
  readonly bytesPerUser: number;
  readonly filesPerUser: number;
  /** null: no bound. */
  readonly bytesPerHour: number | null;
  /** Of output, of all rungs together, in a calendar month (UTC). */
  readonly transcodeMinutesPerMonth: number;
  readonly virusScanningRequired: boolean;
  /** A key of the tenant's own in KMS. */
  readonly encryptionRequired: boolean;
  readonly trashDays: number;
  readonly retentionDays: number;
  readonly geoRestrictions: GeoRestrictions;
  readonly auditLevel: AuditLevel;
  readonly complianceFrameworks: readonly Framework[];
  readonly unscannable: 'reject' | 'hold';
  readonly svg: 'rasterize' | 'reject';
  /** JavaScript, launch actions, macros: what a document does by itself when it is opened. */
  readonly activeContent: 'allow' | 'reject';
  /** Documents that open with a password only. */
  readonly encryptedContent: 'allow' | 'reject';
  /** Whether files of the tenant with the same bytes lie in one object. */
  readonly dedupe: DedupePolicy['dedupe'];
  /** How often bytes that several files share count in the tenant's quota; in its users' they count for each file. */
  readonly dedupeQuota: DedupePolicy['dedupeQuota'];
  /** What is made of every picture, and of the first page of every document. */
  readonly renditionPresets: readonly RenditionPreset[];
  /** IANA name. */
  readonly timeZone: string;
  readonly profiles: Readonly<Record<string, UploadProfile>>;
}

/** What decides how a content is stored, and what is made of it then. */
export type PromotionPolicy = DedupePolicy & Pick<TenantPolicy, 'renditionPresets'>;

/** What a tenant says differently from its tier and the defaults. */
export type PolicyOverrides = {
  readonly [Field in keyof TenantPolicy]?: NonNullable<TenantPolicy[Field]>;
};

export interface Tenant {
  readonly tenantId: string;
  readonly name: string;
  /** `erasing`: a job is removing everything that the tenant has. */
  readonly status: 'active' | 'suspended' | 'erasing';
  readonly tier: TierName;
  readonly policy: PolicyOverrides;
  readonly userCount: number;
  readonly createdAt: string;
  /** ARN of its own KMS key, since its policy first asked for one. */
  readonly encryptionKey?: string;
  /** Counts changes; absent before the first. */
  readonly revision?: number;
}

export interface User {
  readonly tenantId: string;
  readonly userId: string;
  readonly email: string;
  readonly role: Role;
  /** Not a person but a machine client, in its own name. */
  readonly isMachine?: true;
  /** `removed`: signs in no more; the files stay with the tenant's admins. */
  readonly status: 'active' | 'inactive' | 'removed';
  readonly tier?: TierName;
  readonly createdAt: string;
  /** Counts changes; absent before the first. */
  readonly revision?: number;
}

/** The bounds that hold for one user, after tier and tenant policy. Sizes in bytes. */
export interface EffectivePolicy
  extends Pick<
    TenantPolicy,
    | 'blockUploads'
    | 'allowedMimeTypes'
    | 'initiationsPerMinute'
    | 'virusScanningRequired'
    | 'encryptionRequired'
    | 'trashDays'
    | 'retentionDays'
    | 'geoRestrictions'
    | 'auditLevel'
    | 'unscannable'
    | 'svg'
    | 'activeContent'
    | 'encryptedContent'
    | 'dedupe'
    | 'dedupeQuota'
    | 'renditionPresets'
    | 'timeZone'
    | 'profiles'
  > {
  readonly tier: TierName;
  readonly maxFileBytes: number;
  /** With the dot, lower case; absent: any. */
  readonly allowedExtensions?: readonly string[];
  readonly user: { maxBytes: number; maxFiles: number; maxOpenUploads: number; bytesPerHour: number | null };
  readonly tenant: { maxBytes: number; maxFiles: number; maxOpenUploads: number; maxFilesPerDay: number };
}

export interface PolicyDefaults {
  readonly tiers: Readonly<Record<TierName, TierLimits>>;
  readonly tenant: {
    readonly maxConcurrentUploads: number;
    readonly maxFilesPerDay: number;
    readonly trashDays: number;
    readonly retentionDays: number;
  };
  readonly rates: { readonly initiationsPerMinute: number };
  readonly video: { readonly minutesPerMonth: Readonly<Record<TierName, number>> };
}

/** `tier`: of the user that it is for, where that is not the tenant's own. */
export function tenantPolicy(
  tenant: Pick<Tenant, 'tier' | 'policy' | 'userCount'>,
  defaults: PolicyDefaults,
  tier: TierName = tenant.tier,
): TenantPolicy {
  const limits = defaults.tiers[tier];
  const { profiles, ...said } = tenant.policy;
  const chosen: TenantPolicy = {
    maxBytes: perUser(defaults.tiers[tenant.tier].bytesPerUser, tenant),
    maxConcurrentUploads: defaults.tenant.maxConcurrentUploads,
    maxFilesPerDay: defaults.tenant.maxFilesPerDay,
    maxFileSize: limits.maxFileBytes,
    allowedMimeTypes: limits.allowedMimeTypes,
    allowedExtensions: null,
    blockUploads: false,
    slotsPerUser: limits.slotsPerUser,
    initiationsPerMinute: defaults.rates.initiationsPerMinute,
    bytesPerUser: limits.bytesPerUser,
    filesPerUser: limits.filesPerUser,
    bytesPerHour: limits.bytesPerUserAndHour,
    transcodeMinutesPerMonth: defaults.video.minutesPerMonth[tenant.tier],
    virusScanningRequired: true,
    encryptionRequired: false,
    trashDays: defaults.tenant.trashDays,
    retentionDays: defaults.tenant.retentionDays,
    geoRestrictions: {},
    auditLevel: 'standard',
    complianceFrameworks: [],
    unscannable: 'reject',
    svg: 'rasterize',
    activeContent: 'allow',
    encryptedContent: 'allow',
    dedupe: 'off',
    dedupeQuota: 'each',
    renditionPresets: defaultPresets,
    timeZone: 'UTC',
    ...said,
    profiles: { ...shippedProfiles, ...profiles },
  };
  return stricterOf(chosen, presetOf(chosen.complianceFrameworks));
}

/** A user has a tier, else its tenant's; the tenant's policy tightens or widens it (DESIGN 3). */
export function effectivePolicy(tenant: Tenant, user: User, defaults: PolicyDefaults): EffectivePolicy {
  const tier = user.tier ?? tenant.tier;
  const policy = tenantPolicy(tenant, defaults, tier);
  return {
    tier,
    maxFileBytes: policy.maxFileSize,
    ...(policy.allowedExtensions && { allowedExtensions: policy.allowedExtensions }),
    user: {
      maxBytes: policy.bytesPerUser,
      maxFiles: policy.filesPerUser,
      maxOpenUploads: policy.slotsPerUser,
      bytesPerHour: policy.bytesPerHour,
    },
    tenant: {
      maxBytes: policy.maxBytes,
      maxFiles: perUser(defaults.tiers[tenant.tier].filesPerUser, tenant),
      maxOpenUploads: policy.maxConcurrentUploads,
      maxFilesPerDay: policy.maxFilesPerDay,
    },
    blockUploads: policy.blockUploads,
    allowedMimeTypes: policy.allowedMimeTypes,
    initiationsPerMinute: policy.initiationsPerMinute,
    virusScanningRequired: policy.virusScanningRequired,
    encryptionRequired: policy.encryptionRequired,
    trashDays: policy.trashDays,
    retentionDays: policy.retentionDays,
    geoRestrictions: policy.geoRestrictions,
    auditLevel: policy.auditLevel,
    unscannable: policy.unscannable,
    svg: policy.svg,
    activeContent: policy.activeContent,
    encryptedContent: policy.encryptedContent,
    dedupe: policy.dedupe,
    dedupeQuota: policy.dedupeQuota,
    renditionPresets: policy.renditionPresets,
    timeZone: policy.timeZone,
    profiles: policy.profiles,
  };
}

/** 820 enterprise users have more bytes (8 PiB) than a number holds exactly, and DynamoDB's client refuses to write. */
const perUser = (bound: number, tenant: Pick<Tenant, 'userCount'>): number =>
  Math.min(bound * tenant.userCount, Number.MAX_SAFE_INTEGER);
