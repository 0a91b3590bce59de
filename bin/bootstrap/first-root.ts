import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  type AttributeType,
  CognitoIdentityProviderClient,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../lambdas/contract/table.ts';
import { type TierName, tenantItem, userItem } from '../../lambdas/contract/tenant-items.ts';
import { BootstrapError } from './failure.ts';

export interface FirstRoot {
  readonly email: string;
  readonly tenantId: string;
  readonly tier: TierName;
}

/**
 * The account in Cognito, which mails a temporary password; one that is already there keeps what it has.
 * @returns the `sub` of its tokens. @throws BootstrapError when it belongs to another tenant
 */
export async function createAccount(
  userPoolId: string,
  { email, tenantId }: FirstRoot,
): Promise<{ userId: string; invited: boolean }> {
  const cognito = new CognitoIdentityProviderClient({});
  const user = { UserPoolId: userPoolId, Username: email };
  try {
    const { User } = await cognito.send(
      new AdminCreateUserCommand({
        ...user,
        DesiredDeliveryMediums: ['EMAIL'],
        UserAttributes: [
          { Name: 'email', Value: email },
          { Name: 'email_verified', Value: 'true' },
          { Name: 'custom:tenant', Value: tenantId },
        ],
      }),
    );
    return { userId: attribute(User?.Attributes, 'sub'), invited: true };
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error;
    const { UserAttributes } = await cognito.send(new AdminGetUserCommand(user));
    const tenant = attribute(UserAttributes, 'custom:tenant');
    if (tenant !== tenantId) {
      throw new BootstrapError(
        `${email} belongs to tenant ${tenant} for good: use another address or --tenant ${tenant}.`,
      );
    }
    return { userId: attribute(UserAttributes, 'sub'), invited: false };
  }
}

const attribute = (attributes: readonly AttributeType[] | undefined, name: string): string => {
  const value = attributes?.find(({ Name }) => Name === name)?.Value;
  if (!value) throw new BootstrapError(`Cognito knows the user, but not the attribute ${name}.`);
  return value;
};

/** Tenant and user in the table, each unless it is there. @returns whether the user is new */
export async function register(tableName: string, userId: string, root: FirstRoot): Promise<boolean> {
  const db = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const { email, tenantId, tier } = root;
  const createdAt = new Date().toISOString();
  await ignoringConflict(() =>
    db.send(
      new PutCommand({
        TableName: tableName,
        Item: tenantItem({
          tenantId,
          name: tenantId,
          status: 'active',
          tier,
          policy: {},
          userCount: 0,
          createdAt,
        }),
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    ),
  );
  // The tenant's bounds follow from how many users it has: both change together.
  return ignoringConflict(() =>
    db.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Put: {
              TableName: tableName,
              Item: userItem({ tenantId, userId, email, role: 'root', status: 'active', createdAt }),
              ConditionExpression: 'attribute_not_exists(pk)',
            },
          },
          {
            Update: {
              TableName: tableName,
              Key: keys.tenant(tenantId),
              UpdateExpression: 'ADD userCount :one',
              ExpressionAttributeValues: { ':one': 1 },
            },
          },
        ],
      }),
    ),
  );
}

/** False when it was there already. */
async function ignoringConflict(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    const refused =
      error instanceof TransactionCanceledException
        ? error.CancellationReasons?.some(({ Code }) => Code === 'ConditionalCheckFailed')
        : error instanceof Error && error.name === 'ConditionalCheckFailedException';
    if (refused) return false;
    throw error;
  }
}
