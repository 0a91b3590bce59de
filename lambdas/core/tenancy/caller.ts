import { errors, SluiceError } from '../errors.ts';
import type { Actor, Origin } from './actor.ts';
import { requireRegion } from './geo.ts';
import { type MachineClient, userOfMachine } from './machine.ts';
import {
  type AuditLevel,
  type EffectivePolicy,
  effectivePolicy,
  type PolicyDefaults,
  type Tenant,
  tenantPolicy,
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

/** The refusal of somebody who is known and not let in, with what the audit needs to tell of it. */
export class Barred extends SluiceError {
  readonly tenantId: string;
  readonly actor: Actor;
  readonly auditLevel: AuditLevel;

  constructor(refusal: SluiceError, who: Pick<Barred, 'tenantId' | 'actor' | 'auditLevel'>) {
    super(refusal.code, refusal.message, refusal);
    this.tenantId = who.tenantId;
    this.actor = who.actor;
    this.auditLevel = who.auditLevel;
  }
}

/** What is no refusal stays what it is. */
export const barred = (error: unknown, who: Pick<Barred, 'tenantId' | 'actor' | 'auditLevel'>): unknown =>
  error instanceof SluiceError ? new Barred(error, who) : error;

export interface Directory {
  /** All read consistently, so that a suspension holds at once. A machine client is a user, too. */
  find(tenantId: string, userId: string): Promise<{ tenant?: Tenant; user?: User }>;
}

export interface MachineDirectory {
  client(clientId: string): Promise<MachineClient | undefined>;
}

/** @throws tenant_suspended, user_inactive, region_blocked, forbidden (a token for somebody the tenant does not have) */
export async function admitCaller(
  directory: Directory,
  defaults: PolicyDefaults,
  identity: { tenantId: string; userId: string },
  origin: Origin,
): Promise<Caller> {
  const { tenant, user } = await directory.find(identity.tenantId, identity.userId);
  // A machine has scopes, which only its own kind of token names.
  if (!tenant || !user || user.isMachine) {
    throw errors.forbidden(
      'This sign-in belongs to no user of a tenant. Ask an admin of the tenant to add it.',
    );
  }
  return admitted(defaults, tenant, user, origin, { kind: 'user', userId: user.userId, role: user.role });
}

export interface MachineIdentity {
  readonly clientId: string;
  /** Of the token, without the name of the resource server. */
  readonly scopes: readonly string[];
  /** A user of the tenant whose files and bounds count. */
  readonly onBehalfOf?: string | undefined;
}

/** The longest subject that OIDC allows; a longer one would be no key of the table. */
const maxUserIdLength = 255;

/**
 * A machine is a user of its own, with the bounds of one user of its tenant's tier, or acts for a user of the tenant.
 * It never has more than the role `user`, whoever it acts for.
 * @throws unauthenticated (removed), forbidden (a scope it lacks, or nobody to act for), and as for people
 */
export async function admitMachine(
  directory: Directory & MachineDirectory,
  defaults: PolicyDefaults,
  { clientId, scopes, onBehalfOf }: MachineIdentity,
  scope: string | undefined,
  origin: Origin,
): Promise<Caller> {
  const client = await directory.client(clientId);
  if (!client) throw errors.unauthenticated('This client does not exist any more.');
  const { tenantId } = client;
  const isPossible = onBehalfOf !== undefined && onBehalfOf.length <= maxUserIdLength;
  const { tenant, user: represented } = await directory.find(tenantId, isPossible ? onBehalfOf : clientId);
  if (!tenant) throw errors.unauthenticated('This client does not exist any more.');
  const machine: Actor = { kind: 'machine', clientId, userId: clientId };
  // The audit tells of these, too: a machine that tries more than it may is out of order, or somebody else's.
  const refused = (detail: string): unknown => {
    const { auditLevel } = tenantPolicy(tenant, defaults);
    return barred(errors.forbidden(detail), { tenantId, actor: { ...machine, ...origin }, auditLevel });
  };
  if (!scope) throw refused('This call is for people: no machine has a scope for it.');
  if (!scopes.includes(scope) || !client.scopes.includes(scope)) {
    throw refused(`This call needs the scope ${scope}.`);
  }
  if (onBehalfOf === undefined) return admitted(defaults, tenant, userOfMachine(client), origin, machine);
  if (!isPossible || !represented || represented.isMachine) {
    throw refused('On-Behalf-Of names no user of this tenant.');
  }
  const user: User = { ...represented, role: 'user' };
  return admitted(defaults, tenant, user, origin, { ...machine, userId: user.userId });
}

function admitted(
  defaults: PolicyDefaults,
  tenant: Tenant,
  user: User,
  origin: Origin,
  actor: Actor,
): Caller {
  const policy = effectivePolicy(tenant, user, defaults);
  const { tenantId, userId } = user;
  const caller = { tenantId, userId, tenant, user, policy, actor: { ...actor, ...origin } };
  try {
    if (tenant.status !== 'active') throw errors.tenantSuspended();
    if (user.status !== 'active') throw errors.userInactive();
    requireRegion(policy.geoRestrictions, origin.country);
  } catch (refusal) {
    throw barred(refusal, { tenantId, actor: caller.actor, auditLevel: policy.auditLevel });
  }
  return caller;
}
