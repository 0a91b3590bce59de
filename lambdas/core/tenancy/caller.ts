import { errors } from '../errors.ts';
import type { Actor, Origin } from './actor.ts';
import {
  type EffectivePolicy,
  effectivePolicy,
  type PolicyDefaults,
  type Tenant,
  type User,
} from './policy.ts';

/** Who calls, with role, status and bounds as the table has them at this moment. */
export interface Caller {
  readonly tenantId: string;
  readonly userId: string;
  readonly tenant: Tenant;
  readonly user: User;
  readonly policy: EffectivePolicy;
  /** The same person for events and audit, with where the call came from. */
  readonly actor: Actor;
}

export interface Directory {
  /** Both read consistently, so that a suspension holds at once. */
  find(tenantId: string, userId: string): Promise<{ tenant?: Tenant; user?: User }>;
}

/** @throws tenant_suspended, user_inactive, forbidden (a token for somebody the tenant does not have) */
export async function admitCaller(
  directory: Directory,
  defaults: PolicyDefaults,
  identity: { tenantId: string; userId: string },
  origin: Origin,
): Promise<Caller> {
  const { tenant, user } = await directory.find(identity.tenantId, identity.userId);
  if (!tenant || !user) {
    throw errors.forbidden(
      'This sign-in belongs to no user of a tenant. Ask an admin of the tenant to add it.',
    );
  }
  if (tenant.status !== 'active') throw errors.tenantSuspended();
  if (user.status !== 'active') throw errors.userInactive();
  return {
    ...identity,
    tenant,
    user,
    policy: effectivePolicy(tenant, user, defaults),
    actor: { kind: 'user', userId: identity.userId, ...origin },
  };
}
