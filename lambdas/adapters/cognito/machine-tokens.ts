import {
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import * as z from 'zod';
import { machineMetadataKey } from '../../contract/machine-token.ts';
import type { TokenMint } from '../../core/tenancy/machine-token.ts';
import { withDeadline } from '../request-deadline.ts';

const requestTimeoutMs = 5_000;

const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() });

/**
 * Tokens for machines by the pool's one client with client credentials: its id is the audience that API Gateway
 * accepts (a list that cannot grow with every machine), and the pre-token trigger writes into the token which machine
 * it is for. Nobody but this function reads that client's secret.
 */
export function createTokenMint(options: {
  readonly userPoolId: string;
  readonly clientId: string;
  /** Of the pool's domain: `https://.../oauth2/token`. */
  readonly tokenUrl: string;
}): TokenMint {
  const { userPoolId, clientId, tokenUrl } = options;
  const cognito = new CognitoIdentityProviderClient({
    requestHandler: withDeadline(requestTimeoutMs),
    maxAttempts: 2,
  });
  const readSecret = async (): Promise<string> => {
    const describe = new DescribeUserPoolClientCommand({ UserPoolId: userPoolId, ClientId: clientId });
    const { UserPoolClient } = await cognito.send(describe);
    if (!UserPoolClient?.ClientSecret) throw new Error('The client for machines has no secret.');
    return UserPoolClient.ClientSecret;
  };
  let secret: Promise<string> | undefined;
  return async (machine, scopes) => {
    secret ??= readSecret().catch((error: unknown) => {
      secret = undefined;
      throw error;
    });
    const credentials = Buffer.from(`${clientId}:${await secret}`).toString('base64');
    const response = await fetch(tokenUrl, {
      method: 'POST',
      headers: {
        authorization: `Basic ${credentials}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: scopes.join(' '),
        aws_client_metadata: JSON.stringify({ [machineMetadataKey]: machine }),
      }),
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    if (!response.ok) throw new Error(`Cognito gave no token: ${response.status} ${await response.text()}`);
    const { access_token, expires_in } = tokenAnswer.parse(await response.json());
    return { accessToken: access_token, expiresIn: expires_in };
  };
}
