import { errors } from '../../errors.ts';
import { type NameBounds, normalizePath } from '../../files/names.ts';
import type { Caller } from '../caller.ts';
import { laxerThanPresets } from '../compliance.ts';
import { type PolicyDefaults, type PolicyOverrides, type Tenant, tenantPolicy } from '../policy.ts';
import { hasPermission, tightenedFields } from '../roles.ts';
import { isAtLeastAsStrict } from '../stricter.ts';

/** The fields to change; null puts a field back to its default. */
export type PolicyPatch = { readonly [Field in keyof PolicyOverrides]?: PolicyOverrides[Field] | null };

export interface PolicyChangeDeps {
  readonly defaults: PolicyDefaults;
  readonly names: NameBounds;
}

/**
 * What the tenant's policy says after the change.
 * @throws validation_failed where it would be laxer than a framework that the tenant names; forbidden where an admin
 * would loosen what only root loosens
 */
export function changedPolicy(
  { defaults, names }: PolicyChangeDeps,
  caller: Caller,
  tenant: Tenant,
  patch: PolicyPatch,
): PolicyOverrides {
  const said = Object.entries({ ...tenant.policy, ...patch }).filter(([, value]) => value !== null);
  const next = withFolders(Object.fromEntries(said) as PolicyOverrides, names);
  const lax = laxerThanPresets(next, next.complianceFrameworks ?? []);
  if (lax.length > 0) {
    throw errors.validation(
      lax.map(({ field, framework, source }) => ({
        field: `policy.${field}`,
        code: 'laxer_than_framework',
        detail: `is laxer than what ${framework} sets here (${source}); leave it out, or make it stricter`,
      })),
    );
  }
  if (!hasPermission(caller, 'tenant.govern', tenant.tenantId)) requireTighter(tenant, next, defaults);
  return next;
}

function requireTighter(tenant: Tenant, next: PolicyOverrides, defaults: PolicyDefaults): void {
  const [before, after] = [
    tenantPolicy(tenant, defaults),
    tenantPolicy({ ...tenant, policy: next }, defaults),
  ];
  const loosened = tightenedFields.filter((field) => !isAtLeastAsStrict(field, after[field], before[field]));
  if (loosened.length > 0) {
    throw errors.forbidden(`An admin may only tighten ${loosened.join(', ')}. Ask root to loosen it.`);
  }
}

function withFolders(policy: PolicyOverrides, names: NameBounds): PolicyOverrides {
  if (!policy.profiles) return policy;
  const profiles = Object.entries(policy.profiles).map(([name, profile]) => {
    const folder = normalizePath(profile.folder, names, `policy.profiles.${name}.folder`);
    return [name, { ...profile, folder }];
  });
  return { ...policy, profiles: Object.fromEntries(profiles) };
}
