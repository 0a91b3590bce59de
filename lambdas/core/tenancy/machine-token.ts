import { errors } from '../errors.ts';
import type { RateLimiter } from '../ports.ts';
import type { MachineClient } from './machine.ts';

/** Has a token made that names the machine. */
export type TokenMint = (
  clientId: string,
  scopes: readonly string[],
) => Promise<{ readonly accessToken: string; readonly expiresIn: number }>;

export interface MachineTokenDeps {
  readonly client: (clientId: string) => Promise<MachineClient | undefined>;
  /** Compares in a time that tells nothing. */
  readonly verify: (secret: string, digest: string) => boolean;
  readonly mint: TokenMint;
  readonly rates: RateLimiter;
  readonly bounds: { readonly tokensPerAddressAndMinute: number; readonly tokensPerClientAndMinute: number };
  /** A scope as it stands in tokens. */
  readonly fullScope: (scope: string) => string;
  readonly now: () => string;
}

export interface TokenRequest {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Separated by spaces; absent: all that the client has. */
  readonly scope?: string | undefined;
  readonly address: string;
}

export interface MachineToken {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly scope: string;
}

/** @throws unauthenticated, the same for an unknown client and a wrong secret; validation_failed for a scope it lacks */
export async function issueMachineToken(
  deps: MachineTokenDeps,
  request: TokenRequest,
): Promise<MachineToken> {
  const { clientId, clientSecret, address } = request;
  const { tokensPerAddressAndMinute, tokensPerClientAndMinute } = deps.bounds;
  await deps.rates.take(`token-address#${address}`, 'tokens', tokensPerAddressAndMinute, deps.now());
  await deps.rates.take(`token-client#${clientId}`, 'tokens', tokensPerClientAndMinute, deps.now());
  const client = await deps.client(clientId);
  if (!client?.secretHash || !deps.verify(clientSecret, client.secretHash)) {
    throw errors.unauthenticated('Client id or secret is wrong.');
  }
  const granted = client.scopes.map(deps.fullScope);
  const wanted = request.scope ? [...new Set(request.scope.split(' ').filter(Boolean))] : granted;
  if (wanted.length === 0 || wanted.some((scope) => !granted.includes(scope))) {
    throw errors.invalidField('scope', 'not_granted', `must be among ${granted.join(' ')}`);
  }
  return { ...(await deps.mint(clientId, wanted)), scope: wanted.join(' ') };
}
