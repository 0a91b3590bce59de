import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  type AdminGetUserCommandOutput,
  AdminSetUserPasswordCommand,
  type AttributeType,
  CognitoIdentityProviderClient,
  InvalidParameterException,
  InvalidPasswordException,
  UserNotFoundException,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { errors } from '../../core/errors.ts';
import type { Accounts } from '../../core/tenancy/admin/ports.ts';
import { withDeadline } from '../request-deadline.ts';

const requestTimeoutMs = 5_000;
const tenantAttribute = 'custom:tenant';

/** Accounts of the user pool. Their tenant is written once, when they are made, and never changes. */
export function createAccounts(userPoolId: string, passwords: boolean): Accounts {
  const cognito = new CognitoIdentityProviderClient({
    requestHandler: withDeadline(requestTimeoutMs),
    maxAttempts: 2,
  });
  const find = async (email: string): Promise<AdminGetUserCommandOutput | undefined> => {
    try {
      return await cognito.send(new AdminGetUserCommand({ UserPoolId: userPoolId, Username: email }));
    } catch (error) {
      if (error instanceof UserNotFoundException) return undefined;
      throw error;
    }
  };
  return {
    passwords,
    ensure: async ({ email, tenantId, invite }) => {
      const account = { UserPoolId: userPoolId, Username: email };
      const created = await cognito
        .send(
          new AdminCreateUserCommand({
            ...account,
            ...(invite ? { DesiredDeliveryMediums: ['EMAIL'] } : { MessageAction: 'SUPPRESS' }),
            UserAttributes: [
              { Name: 'email', Value: email },
              { Name: 'email_verified', Value: 'true' },
              { Name: tenantAttribute, Value: tenantId },
            ],
          }),
        )
        .catch(knownOrRefused);
      const attributes = created?.User?.Attributes ?? (await find(email))?.UserAttributes;
      if (attributeOf(attributes, tenantAttribute) !== tenantId) return undefined;
      return attributeOf(attributes, 'sub');
    },
    givePassword: async (email, password) => {
      if ((await find(email))?.UserStatus === 'CONFIRMED') return;
      const account = { UserPoolId: userPoolId, Username: email };
      const set = new AdminSetUserPasswordCommand({ ...account, Password: password, Permanent: true });
      await cognito.send(set).catch(refusePassword);
    },
    remove: async ({ email, tenantId, userId }) => {
      const known = await find(email);
      const isTheirs =
        attributeOf(known?.UserAttributes, 'sub') === userId &&
        attributeOf(known?.UserAttributes, tenantAttribute) === tenantId;
      if (!isTheirs) return;
      const remove = new AdminDeleteUserCommand({ UserPoolId: userPoolId, Username: email });
      await cognito.send(remove).catch((error: unknown) => {
        if (!(error instanceof UserNotFoundException)) throw error;
      });
    },
  };
}

const attributeOf = (attributes: readonly AttributeType[] | undefined, name: string): string | undefined =>
  attributes?.find(({ Name }) => Name === name)?.Value;

function knownOrRefused(error: unknown): undefined {
  if (error instanceof UsernameExistsException) return undefined;
  if (error instanceof InvalidParameterException) {
    throw errors.invalidField('email', 'invalid', 'is not an address that Cognito takes');
  }
  throw error;
}

function refusePassword(error: unknown): never {
  if (error instanceof InvalidPasswordException) {
    throw errors.invalidField(
      'password',
      'too_weak',
      'must have at least 12 characters, with upper and lower case, a digit and a symbol',
    );
  }
  throw error;
}
