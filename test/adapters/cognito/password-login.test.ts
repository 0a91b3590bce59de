import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  InvalidParameterException,
  NotAuthorizedException,
  PasswordResetRequiredException,
  TooManyRequestsException,
  UserLambdaValidationException,
  UserNotConfirmedException,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { createPasswordLogin } from '../../../lambdas/adapters/cognito/password-login.ts';

process.env.AWS_REGION ??= 'eu-west-1';
const facts = { $metadata: {}, message: 'internal words of Cognito' };
const login = () => createPasswordLogin('client').login('a@example.com', 'wrong');

describe('a sign-in', () => {
  it('answers with the tokens of Cognito', async () => {
    mockClient(CognitoIdentityProviderClient)
      .on(InitiateAuthCommand)
      .resolves({ AuthenticationResult: { AccessToken: 'a', ExpiresIn: 3_600, RefreshToken: 'r' } });
    expect(await login()).toEqual({ accessToken: 'a', expiresIn: 3_600, refreshToken: 'r' });
  });

  it('refuses an unknown user, a wrong password and an impossible name with the same words', async () => {
    const words = [];
    for (const refusal of [
      new NotAuthorizedException(facts),
      new UserNotFoundException(facts),
      new InvalidParameterException(facts),
    ]) {
      mockClient(CognitoIdentityProviderClient).on(InitiateAuthCommand).rejects(refusal);
      words.push(await login().catch((error) => `${error.code}: ${error.message}`));
    }
    expect(new Set(words)).toEqual(new Set(['unauthenticated: Email or password is wrong.']));
  });

  it.each([
    [PasswordResetRequiredException, 'unauthenticated'],
    [UserNotConfirmedException, 'unauthenticated'],
    [UserLambdaValidationException, 'forbidden'],
    [TooManyRequestsException, 'rate_limited'],
  ] as const)('turns %o into %s, without the words of Cognito', async (Refusal, code) => {
    mockClient(CognitoIdentityProviderClient).on(InitiateAuthCommand).rejects(new Refusal(facts));
    const error = await login().catch((refusal) => refusal);
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('internal');
  });

  it('that needs a further step is no sign-in', async () => {
    mockClient(CognitoIdentityProviderClient).on(InitiateAuthCommand).resolves({ ChallengeName: 'SMS_MFA' });
    await expect(login()).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('fails as our own fault when Cognito is down', async () => {
    mockClient(CognitoIdentityProviderClient).on(InitiateAuthCommand).rejects(new Error('socket'));
    await expect(login()).rejects.toThrow('socket');
  });
});
