import { randomUUID } from 'node:crypto';
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../lambdas/contract/table.ts';
import {
  type RoleName,
  type TenantItem,
  type TenantPolicyOverrides,
  type TierName,
  tenantItem,
  type UserItem,
  userItem,
} from '../../lambdas/contract/tenant-items.ts';
import { Api, ok } from './api.ts';
import type { Engine } from './engine.ts';

const password = 'Test-password-1!';

export interface TestUser {
  readonly email: string;
  readonly password: string;
  readonly userId: string;
  readonly role: RoleName;
  readonly api: Api;
}

export interface TestTenant {
  readonly tenantId: string;
  readonly users: readonly [TestUser, ...TestUser[]];
  /** Of the first user. */
  readonly api: Api;
}

export interface TenantOptions {
  readonly tier?: TierName;
  readonly policy?: TenantPolicyOverrides;
  readonly roles?: readonly RoleName[];
}

/** Enough for any test that is not about these bounds. */
const roomy: TenantPolicyOverrides = { slotsPerUser: 100, initiationsPerMinute: 10_000 };

/** A tenant of the test's own with signed-in users, one for each of `roles`. */
export async function createTenant(
  engine: Engine,
  { tier = 'enterprise', policy = roomy, roles = ['user'] }: TenantOptions = {},
): Promise<TestTenant> {
  const tenantId = `t-${randomUUID().slice(0, 8)}`;
  const createdAt = new Date().toISOString();
  const userCount = roles.length;
  await putItem(
    engine,
    tenantItem({ tenantId, name: tenantId, status: 'active', tier, policy, userCount, createdAt }),
  );
  const users: TestUser[] = [];
  for (const [index, role] of roles.entries()) {
    users.push(await createUser(engine, tenantId, `${role}${index}@${tenantId}.example`, role));
  }
  const [first, ...rest] = users;
  if (!first) throw new Error('a tenant of a test has at least one user');
  return { tenantId, users: [first, ...rest], api: first.api };
}

async function createUser(
  engine: Engine,
  tenantId: string,
  email: string,
  role: RoleName,
): Promise<TestUser> {
  const { cognito, stack } = engine;
  const account = { UserPoolId: stack.userPoolId, Username: email };
  const { User } = await cognito.send(
    new AdminCreateUserCommand({
      ...account,
      MessageAction: 'SUPPRESS',
      UserAttributes: [
        { Name: 'email', Value: email },
        { Name: 'email_verified', Value: 'true' },
        { Name: 'custom:tenant', Value: tenantId },
      ],
    }),
  );
  await cognito.send(new AdminSetUserPasswordCommand({ ...account, Password: password, Permanent: true }));
  const userId = User?.Attributes?.find(({ Name }) => Name === 'sub')?.Value;
  if (!userId) throw new Error('Cognito answered without a sub');
  const createdAt = new Date().toISOString();
  await putItem(engine, userItem({ tenantId, userId, email, role, status: 'active', createdAt }));
  return { email, password, userId, role, api: await signIn(engine, email) };
}

/** Asks Cognito itself: `/auth/login` lets one address in only so often a minute, and all tests come from one. */
export async function signIn({ cognito, stack }: Engine, email: string): Promise<Api> {
  const { AuthenticationResult } = await cognito.send(
    new InitiateAuthCommand({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: stack.userPoolClientId,
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  );
  if (!AuthenticationResult?.AccessToken) throw new Error('Cognito answered without an access token');
  return new Api(stack.apiUrl, AuthenticationResult.AccessToken);
}

const putItem = (engine: Engine, item: object): Promise<unknown> =>
  engine.db.send(new PutCommand({ TableName: engine.stack.tableName, Item: item }));

/** What an operator would change: status, tier or policy of the tenant. */
export async function changeTenant(engine: Engine, tenantId: string, change: Partial<TenantItem>) {
  const { Item } = await engine.db.send(
    new GetCommand({ TableName: engine.stack.tableName, Key: keys.tenant(tenantId) }),
  );
  await putItem(engine, { ...Item, ...change });
}

export async function changeUser(
  engine: Engine,
  tenantId: string,
  userId: string,
  change: Partial<UserItem>,
) {
  const { Item } = await engine.db.send(
    new GetCommand({ TableName: engine.stack.tableName, Key: keys.user(tenantId, userId) }),
  );
  await putItem(engine, { ...Item, ...change });
}

/** Quota and slots of the caller in one value to compare with. */
export async function usageOf(api: Api) {
  const { currentUsage, reserved, filesCount, slots, tenant } = ok(await api.quota());
  return {
    used: currentUsage,
    reserved,
    files: filesCount,
    slots: slots.used,
    tenant: {
      used: tenant.currentUsage,
      reserved: tenant.reserved,
      files: tenant.filesCount,
      slots: tenant.slots.used,
    },
  };
}

const none = { used: 0, reserved: 0, files: 0, slots: 0 };
export const noUsage = { ...none, tenant: none };

/** Usage of a tenant's only user with these stored files and nothing under way. */
export function storedUsage(...sizes: readonly number[]) {
  const used = sizes.reduce((sum, size) => sum + size, 0);
  const stored = { used, reserved: 0, files: sizes.length, slots: 0 };
  return { ...stored, tenant: stored };
}
