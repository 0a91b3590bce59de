import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  InvalidPasswordException,
  UserNotFoundException,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createAccounts } from '../../../lambdas/adapters/cognito/accounts.ts';

process.env.AWS_REGION ??= 'eu-west-1';
const cognito = mockClient(CognitoIdentityProviderClient);
const account = { email: 'a@acme.example', tenantId: 'acme', invite: true };
const password = 'Some-password-1!';
const attributes = (tenant: string, sub = 'alice') => [
  { Name: 'sub', Value: sub },
  { Name: 'custom:tenant', Value: tenant },
];
const said = { $metadata: {}, message: 'no' };
const known = (tenant: string, UserStatus: 'CONFIRMED' | 'FORCE_CHANGE_PASSWORD') => {
  cognito.on(AdminCreateUserCommand).rejects(new UsernameExistsException(said));
  cognito.on(AdminGetUserCommand).resolves({ UserStatus, UserAttributes: attributes(tenant) });
};
const passwordsSet = () => cognito.commandCalls(AdminSetUserPasswordCommand).length;

beforeEach(() => {
  cognito.reset();
  cognito.onAnyCommand().resolves({});
  cognito.on(AdminCreateUserCommand).resolves({ User: { Attributes: attributes('acme') } });
});

describe('an account', () => {
  const accounts = createAccounts('pool', true);

  it('is made in its tenant and invited by mail, or waits for its password without one', async () => {
    expect(await accounts.ensure(account)).toBe('alice');
    expect(await accounts.ensure({ ...account, invite: false })).toBe('alice');
    const [mailed, quiet] = cognito.commandCalls(AdminCreateUserCommand).map(({ args }) => args[0].input);
    expect(mailed).toMatchObject({ DesiredDeliveryMediums: ['EMAIL'] });
    expect(mailed?.UserAttributes).toContainEqual({ Name: 'custom:tenant', Value: 'acme' });
    expect(quiet).toMatchObject({ MessageAction: 'SUPPRESS' });
  });

  it('that is there is answered with its id, and keeps what it has', async () => {
    known('acme', 'FORCE_CHANGE_PASSWORD');
    expect(await accounts.ensure({ ...account, invite: false })).toBe('alice');
    expect(passwordsSet()).toBe(0);
  });

  it('gets a password until its person has chosen one', async () => {
    known('acme', 'FORCE_CHANGE_PASSWORD');
    await accounts.givePassword(account.email, password);
    known('acme', 'CONFIRMED');
    await accounts.givePassword(account.email, password);
    expect(passwordsSet()).toBe(1);
  });

  it('of another tenant is left alone', async () => {
    known('globex', 'FORCE_CHANGE_PASSWORD');
    expect(await accounts.ensure(account)).toBeUndefined();
  });

  it('with a weak password is refused by the field', async () => {
    cognito.on(AdminSetUserPasswordCommand).rejects(new InvalidPasswordException(said));
    await expect(accounts.givePassword(account.email, 'x')).rejects.toMatchObject({
      errors: [{ field: 'password' }],
    });
  });

  it('is removed, also when it is gone already', async () => {
    const theirs = { ...account, userId: 'alice' };
    known('acme', 'CONFIRMED');
    await accounts.remove(theirs);
    cognito.on(AdminDeleteUserCommand).rejects(new UserNotFoundException(said));
    await accounts.remove(theirs);
    cognito.on(AdminGetUserCommand).rejects(new UserNotFoundException(said));
    await accounts.remove(theirs);
    expect(cognito.commandCalls(AdminDeleteUserCommand)).toHaveLength(2);
  });

  it.each([
    ['tenant', 'globex', 'alice'],
    ['person', 'acme', 'bob'],
  ])('of another %s under the same address is not removed', async (_what, tenant, sub) => {
    cognito.on(AdminGetUserCommand).resolves({ UserAttributes: attributes(tenant, sub) });
    await accounts.remove({ ...account, userId: 'alice' });
    expect(cognito.commandCalls(AdminDeleteUserCommand)).toHaveLength(0);
  });
});
