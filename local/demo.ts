import type { RoleName, TenantPolicyOverrides, TierName } from '../lambdas/contract/tenant-items.ts';

/** Of every demo user. Not a secret: the engine listens on loopback only and is made anew on every machine. */
export const demoPassword = 'Demo-password-1!';

export interface DemoTenant {
  readonly tenantId: string;
  readonly name: string;
  readonly tier: TierName;
  readonly policy: TenantPolicyOverrides;
}

export interface DemoUser {
  readonly email: string;
  readonly tenant: string;
  readonly role: RoleName;
}

const roomy: TenantPolicyOverrides = { slotsPerUser: 20, initiationsPerMinute: 3_000 };

/** DESIGN 9; the operator's own tenant is where root belongs. */
export const demoTenants: readonly DemoTenant[] = [
  { tenantId: 'acme', name: 'Acme', tier: 'enterprise', policy: roomy },
  { tenantId: 'globex', name: 'Globex', tier: 'enterprise', policy: roomy },
  { tenantId: 'tiny', name: 'Tiny', tier: 'basic', policy: {} },
  { tenantId: 'sluice', name: 'Sluice operators', tier: 'basic', policy: {} },
];

export const demoUsers: readonly DemoUser[] = [
  ...['acme', 'globex', 'tiny'].flatMap((tenant): DemoUser[] => [
    { email: `user@${tenant}.example`, tenant, role: 'user' },
    { email: `admin@${tenant}.example`, tenant, role: 'admin' },
  ]),
  { email: 'root@sluice.example', tenant: 'sluice', role: 'root' },
];
