import { errors } from '../errors.ts';
import type { Caller } from './caller.ts';
import type { Role, TenantPolicy } from './policy.ts';
import type { OrderedField } from './stricter.ts';

/** `own`: in the caller's tenant; `all`: in every tenant, and in what belongs to none. */
type Scope = 'own' | 'all';

/** Who may do what beyond a user's own files: the one table of roles. A role that is not named may not. */
export const permissions = {
  'tenant.list': { root: 'all' },
  'tenant.create': { root: 'all' },
  'tenant.read': { admin: 'own', root: 'all' },
  /** Name and policy; which fields of the policy, says `policyFields`. */
  'tenant.change': { admin: 'own', root: 'all' },
  /** Status and tier. */
  'tenant.govern': { root: 'all' },
  'tenant.erase': { root: 'all' },
  'users.manage': { admin: 'own', root: 'all' },
  /** Make, change or remove a root. */
  'users.manageRoots': { root: 'all' },
  'clients.manage': { admin: 'own', root: 'all' },
  'files.legalHold': { admin: 'own', root: 'own' },
  'files.rescan': { admin: 'own', root: 'own' },
  /** Of the tenant's other users. */
  'quota.read': { admin: 'own', root: 'own' },
  'concurrency.read': { admin: 'own', root: 'all' },
  'concurrency.clear': { admin: 'own', root: 'all' },
  'counters.reconcile': { admin: 'own', root: 'all' },
  'search.rebuild': { admin: 'own', root: 'all' },
  'audit.read': { admin: 'own', root: 'all' },
  'metrics.read': { admin: 'own', root: 'all' },
  'queues.read': { root: 'all' },
  'queues.redrive': { root: 'all' },
} as const satisfies Record<string, Partial<Record<Exclude<Role, 'user'>, Scope>>>;

export type Permission = keyof typeof permissions;

const scopeOf = (role: Role, permission: Permission): Scope | undefined =>
  (permissions[permission] as Partial<Record<Role, Scope>>)[role];

export const hasPermission = (
  caller: Pick<Caller, 'tenantId' | 'user'>,
  permission: Permission,
  tenantId: string = caller.tenantId,
): boolean => {
  const scope = scopeOf(caller.user.role, permission);
  return scope === 'all' || (scope === 'own' && tenantId === caller.tenantId);
};

/**
 * A tenant that a caller has no say in answers exactly like one that does not exist.
 * @throws forbidden where the role lacks the permission even in its own tenant, else not_found
 */
export function requirePermission(
  caller: Pick<Caller, 'tenantId' | 'user'>,
  permission: Permission,
  tenantId?: string,
): void {
  if (hasPermission(caller, permission, tenantId)) return;
  if (scopeOf(caller.user.role, permission)) throw errors.notFound('tenant');
  throw errors.forbidden(`This needs the role ${rolesWith(permission)}. Ask somebody who has it.`);
}

const rolesWith = (permission: Permission): string => Object.keys(permissions[permission]).join(' or ');

/**
 * What an admin may do to a field of its tenant's policy; root may do everything. `free`: any valid value. `tighten`:
 * a value that allows nothing that the present one does not; only root loosens.
 */
export const policyFields = {
  maxBytes: 'tighten',
  maxConcurrentUploads: 'tighten',
  maxFilesPerDay: 'tighten',
  maxFileSize: 'tighten',
  allowedMimeTypes: 'tighten',
  allowedExtensions: 'tighten',
  blockUploads: 'tighten',
  slotsPerUser: 'tighten',
  initiationsPerMinute: 'tighten',
  bytesPerUser: 'tighten',
  filesPerUser: 'tighten',
  bytesPerHour: 'tighten',
  transcodeMinutesPerMonth: 'tighten',
  virusScanningRequired: 'tighten',
  encryptionRequired: 'tighten',
  // Neither direction is the stricter one for the tenant itself; a framework bounds it from above.
  trashDays: 'free',
  retentionDays: 'tighten',
  geoRestrictions: 'tighten',
  auditLevel: 'tighten',
  complianceFrameworks: 'tighten',
  unscannable: 'free',
  svg: 'free',
  activeContent: 'free',
  encryptedContent: 'free',
  dedupe: 'free',
  // `once` lets a tenant store more than it has room for.
  dedupeQuota: 'tighten',
  renditionPresets: 'free',
  timeZone: 'free',
  profiles: 'free',
} as const satisfies Record<keyof TenantPolicy, 'free' | 'tighten'>;

export const tightenedFields = (Object.keys(policyFields) as (keyof typeof policyFields)[]).filter(
  (field): field is OrderedField => policyFields[field] === 'tighten',
);
