import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ItemKey } from '../lambdas/contract/table.ts';
import { tenantItem, userItem } from '../lambdas/contract/tenant-items.ts';
import { localClientConfig } from './aws-env.ts';
import { type DemoTenant, type DemoUser, demoPassword } from './demo.ts';
import type { StackOutputs } from './outputs.ts';

interface SeedClients {
  readonly cognito: CognitoIdentityProviderClient;
  readonly db: DynamoDBDocumentClient;
  readonly outputs: StackOutputs;
}

/** Creates what is missing of the tenants and users; what is there, and changed since, stays as it is. */
export async function seed(
  endpoint: string,
  outputs: StackOutputs,
  tenants: readonly DemoTenant[],
  users: readonly DemoUser[],
): Promise<void> {
  const cognito = new CognitoIdentityProviderClient(localClientConfig(endpoint));
  const plain = new DynamoDBClient(localClientConfig(endpoint));
  const clients = { cognito, db: DynamoDBDocumentClient.from(plain), outputs };
  try {
    await Promise.all(
      tenants.map((tenant) => {
        const userCount = users.filter((user) => user.tenant === tenant.tenantId).length;
        return seedTenant(clients, tenant, userCount);
      }),
    );
    await Promise.all(users.map((user) => seedUser(clients, user)));
  } finally {
    cognito.destroy();
    plain.destroy();
  }
}

async function seedTenant(clients: SeedClients, tenant: DemoTenant, userCount: number): Promise<void> {
  const createdAt = new Date().toISOString();
  await putIfMissing(clients, tenantItem({ ...tenant, status: 'active', userCount, createdAt }));
}

async function seedUser(clients: SeedClients, { email, tenant, role }: DemoUser): Promise<void> {
  const userId = (await findUser(clients, email)) ?? (await createUser(clients, email, tenant));
  const createdAt = new Date().toISOString();
  await putIfMissing(
    clients,
    userItem({ tenantId: tenant, userId, email, role, status: 'active', createdAt }),
  );
}

const subOf = (
  attributes: readonly { Name?: string | undefined; Value?: string | undefined }[] = [],
): string => {
  const sub = attributes.find(({ Name }) => Name === 'sub')?.Value;
  if (!sub) throw new Error('Cognito returned a user without sub.');
  return sub;
};

async function findUser({ cognito, outputs }: SeedClients, email: string): Promise<string | undefined> {
  try {
    const found = await cognito.send(
      new AdminGetUserCommand({ UserPoolId: outputs.userPoolId, Username: email }),
    );
    // Created, but interrupted before it got its password.
    return found.UserStatus === 'CONFIRMED' ? subOf(found.UserAttributes) : undefined;
  } catch (error) {
    if (error instanceof UserNotFoundException) return undefined;
    throw error;
  }
}

async function createUser({ cognito, outputs }: SeedClients, email: string, tenant: string): Promise<string> {
  const user = { UserPoolId: outputs.userPoolId, Username: email };
  const created = await cognito
    .send(
      new AdminCreateUserCommand({
        ...user,
        MessageAction: 'SUPPRESS',
        UserAttributes: [
          { Name: 'email', Value: email },
          { Name: 'email_verified', Value: 'true' },
          { Name: 'custom:tenant', Value: tenant },
        ],
      }),
    )
    .catch((error: Error) => {
      if (error.name === 'UsernameExistsException') return undefined;
      throw error;
    });
  await cognito.send(new AdminSetUserPasswordCommand({ ...user, Password: demoPassword, Permanent: true }));
  if (created) return subOf(created.User?.Attributes);
  return subOf((await cognito.send(new AdminGetUserCommand(user))).UserAttributes);
}

async function putIfMissing({ db, outputs }: SeedClients, item: ItemKey): Promise<void> {
  try {
    await db.send(
      new PutCommand({
        TableName: outputs.tableName,
        Item: item,
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
