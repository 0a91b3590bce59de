import { errors } from '../../errors.ts';
import { tenantEvent } from '../../files/event.ts';
import { type StampDeps, stamp } from '../actor.ts';
import type { Caller } from '../caller.ts';
import type { Role, Tenant, TierName, User } from '../policy.ts';
import { hasPermission, requirePermission } from '../roles.ts';
import type { Accounts, TenantStore, UserStore } from './ports.ts';
import { maxChangeAttempts, type PageRequest, requireLivingTenant, requireTenant } from './tenants.ts';

export interface UserDeps extends StampDeps {
  readonly tenants: Pick<TenantStore, 'tenant'>;
  readonly users: UserStore;
  /** Absent with another issuer of tokens: it knows its users, and Sluice makes no sign-ins. */
  readonly accounts?: Accounts | undefined;
}

export type UserView = Pick<User, 'userId' | 'tenantId' | 'email' | 'role' | 'status' | 'tier' | 'createdAt'>;

const viewOf = ({ userId, tenantId, email, role, status, tier, createdAt }: User): UserView => ({
  ...{ userId, tenantId, email, role, status },
  ...(tier && { tier }),
  createdAt,
});

export async function listUsers(
  deps: UserDeps,
  caller: Caller,
  tenantId: string,
  { limit, cursor }: PageRequest,
) {
  requirePermission(caller, 'users.manage', tenantId);
  await requireTenant(deps, tenantId);
  const { items, nextCursor } = await deps.users.users(tenantId, limit, cursor);
  return { users: items.map(viewOf), ...(nextCursor && { nextCursor }) };
}

export interface NewUser {
  readonly email: string;
  readonly role: Role;
  readonly tier?: TierName | undefined;
  /** Instead of an invitation by mail, where the stage has sign-in by password. */
  readonly password?: string | undefined;
  /** The `sub` of the tokens, with another issuer than Cognito. */
  readonly userId?: string | undefined;
}

/**
 * The sign-in first, then the user in the table with the tenant's count: what a crash leaves in between, the same
 * request repairs. Repeated, it answers with the user as it is. A password is given to nobody whom the table has: else
 * an admin could sign in as a root, or a colleague, who was invited and has not signed in yet.
 */
export async function createUser(
  deps: UserDeps,
  caller: Caller,
  tenantId: string,
  request: NewUser,
): Promise<UserView> {
  requirePermission(caller, 'users.manage', tenantId);
  const tenant = await requireLivingTenant(deps, tenantId);
  requireGrantable(caller, tenant, request);
  const { email, role, tier } = request;
  const userId = await signInOf(deps, tenantId, request);
  const known = await deps.users.user(tenantId, userId);
  if (known && known.status !== 'removed') return viewOf(known);
  if (request.password) await deps.accounts?.givePassword(email, request.password);
  const user: User = {
    ...{ tenantId, userId, email, role, status: 'active' },
    ...(tier && { tier }),
    createdAt: deps.now(),
  };
  const event = tenantEvent(tenantId, 'user.created', stamp(deps, caller.actor), { userId, role });
  if (await deps.users.createUser(user, event)) return viewOf(user);
  const meanwhile = await deps.users.user(tenantId, userId);
  if (meanwhile) return viewOf(meanwhile);
  throw errors.uploadStateConflict('The tenant is being erased.');
}

async function signInOf({ accounts }: UserDeps, tenantId: string, request: NewUser): Promise<string> {
  const { email, password, userId } = request;
  if (!accounts) {
    if (userId) return userId;
    throw errors.invalidField(
      'userId',
      'required',
      "is required: the sub of the user's tokens at your issuer",
    );
  }
  if (userId) throw errors.invalidField('userId', 'unknown_field', 'is given by Cognito here; leave it out');
  if (password && !accounts.passwords) {
    throw errors.invalidField(
      'password',
      'unknown_field',
      'is not taken here: the user gets an invitation by mail',
    );
  }
  const sub = await accounts.ensure({ email, tenantId, invite: password === undefined });
  if (!sub) throw errors.idTaken('This address cannot be used here. Take another one for this person.');
  return sub;
}

/** @throws forbidden: only root makes roots, and gives more than the tenant's own tier */
function requireGrantable(
  caller: Caller,
  tenant: Tenant,
  want: { role?: Role | undefined; tier?: TierName | undefined },
): void {
  if (want.role === 'root') requirePermission(caller, 'users.manageRoots', tenant.tenantId);
  const isAbove = want.tier !== undefined && tiers.indexOf(want.tier) > tiers.indexOf(tenant.tier);
  if (isAbove && !hasPermission(caller, 'tenant.govern', tenant.tenantId)) {
    throw errors.forbidden(
      `An admin gives at most the tenant's own tier, ${tenant.tier}. Ask root for more.`,
    );
  }
}

const tiers: readonly TierName[] = ['basic', 'premium', 'enterprise'];

export interface UserChange {
  /** null: the tenant's. */
  readonly tier?: TierName | null | undefined;
  readonly role?: Role | undefined;
  readonly status?: 'active' | 'inactive' | undefined;
}

export async function changeUser(
  deps: UserDeps,
  caller: Caller,
  tenantId: string,
  userId: string,
  change: UserChange,
): Promise<UserView> {
  requirePermission(caller, 'users.manage', tenantId);
  const tenant = await requireLivingTenant(deps, tenantId);
  requireGrantable(caller, tenant, { role: change.role, tier: change.tier ?? undefined });
  return viewOf(
    await commitUser(deps, caller, tenantId, userId, 'user.changed', (before) => {
      const { tier: had, ...rest } = before;
      const tier = change.tier === undefined ? had : change.tier;
      return {
        ...rest,
        role: change.role ?? before.role,
        status: change.status ?? before.status,
        ...(tier && { tier }),
      };
    }),
  );
}

/**
 * The user signs in no more and counts no more; the files stay, for the tenant's admins to move or delete. The table
 * comes first, so that nothing is open any more when the sign-in goes; repeated, it finishes what a crash left.
 */
export async function removeUser(
  deps: UserDeps,
  caller: Caller,
  tenantId: string,
  userId: string,
): Promise<void> {
  requirePermission(caller, 'users.manage', tenantId);
  await requireLivingTenant(deps, tenantId);
  const known = await deps.users.user(tenantId, userId);
  const removed =
    known?.status === 'removed'
      ? known
      : await commitUser(deps, caller, tenantId, userId, 'user.removed', (before) => ({
          ...before,
          status: 'removed',
        }));
  await deps.accounts?.remove(removed);
}

async function commitUser(
  deps: UserDeps,
  caller: Caller,
  tenantId: string,
  userId: string,
  type: 'user.changed' | 'user.removed',
  change: (before: User) => User,
): Promise<User> {
  if (caller.tenantId === tenantId && caller.userId === userId) {
    throw errors.forbidden(
      'Nobody changes or removes themselves: ask another admin, so that one always remains.',
    );
  }
  for (let attempt = 1; attempt <= maxChangeAttempts; attempt += 1) {
    const before = await deps.users.user(tenantId, userId);
    if (!before || before.status === 'removed') throw errors.notFound('user');
    if (before.role === 'root') requirePermission(caller, 'users.manageRoots', tenantId);
    const after = change(before);
    const { role, status, tier = 'default' } = after;
    const event = tenantEvent(tenantId, type, stamp(deps, caller.actor), { userId, role, status, tier });
    if (await deps.users.changeUser(before, after, event)) return after;
  }
  throw errors.capacityExceeded();
}
