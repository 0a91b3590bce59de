import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  type InitiateAuthCommandInput,
  InvalidParameterException,
  NotAuthorizedException,
  PasswordResetRequiredException,
  TooManyRequestsException,
  UserLambdaValidationException,
  UserNotConfirmedException,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { errors } from '../../core/errors.ts';
import { withDeadline } from '../request-deadline.ts';

const requestTimeoutMs = 5_000;

export interface Tokens {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly refreshToken?: string;
}

export interface PasswordLogin {
  /** @throws unauthenticated, the same for an unknown user and a wrong password */
  login(email: string, password: string): Promise<Tokens>;
  refresh(refreshToken: string): Promise<Tokens>;
}

export function createPasswordLogin(clientId: string): PasswordLogin {
  const client = new CognitoIdentityProviderClient({
    requestHandler: withDeadline(requestTimeoutMs),
    maxAttempts: 2,
  });
  const authenticate = async (input: InitiateAuthCommandInput, refusal: string): Promise<Tokens> => {
    try {
      const { AuthenticationResult: result } = await client.send(new InitiateAuthCommand(input));
      if (!result?.AccessToken)
        throw errors.unauthenticated('This sign-in needs a further step; use the console.');
      return {
        accessToken: result.AccessToken,
        expiresIn: result.ExpiresIn ?? 0,
        ...(result.RefreshToken && { refreshToken: result.RefreshToken }),
      };
    } catch (error) {
      if (
        error instanceof NotAuthorizedException ||
        error instanceof UserNotFoundException ||
        // A user name that can be nobody's.
        error instanceof InvalidParameterException
      ) {
        throw errors.unauthenticated(refusal);
      }
      if (error instanceof PasswordResetRequiredException || error instanceof UserNotConfirmedException) {
        throw errors.unauthenticated('This sign-in needs a further step; use the console.');
      }
      // The pre-token trigger: a user without a tenant gets no token.
      if (error instanceof UserLambdaValidationException) {
        throw errors.forbidden('This user belongs to no tenant. Ask an administrator to add it to one.');
      }
      if (error instanceof TooManyRequestsException) throw errors.rateLimited('sign-ins', 30);
      throw error;
    }
  };
  return {
    login: (email, password) =>
      authenticate(
        {
          AuthFlow: 'USER_PASSWORD_AUTH',
          ClientId: clientId,
          AuthParameters: { USERNAME: email, PASSWORD: password },
        },
        'Email or password is wrong.',
      ),
    refresh: (refreshToken) =>
      authenticate(
        {
          AuthFlow: 'REFRESH_TOKEN_AUTH',
          ClientId: clientId,
          AuthParameters: { REFRESH_TOKEN: refreshToken },
        },
        'The refresh token is no longer valid. Sign in again.',
      ),
  };
}
