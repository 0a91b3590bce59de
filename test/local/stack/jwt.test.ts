import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  type CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { Api } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { createTenant, type TestUser } from '../../support/tenants.ts';
import {
  type Claims,
  foreignKey,
  type Jwt,
  macJwt,
  poolKey,
  publicPem,
  readJwt,
  signJwt,
  writeJwt,
} from '../../support/tokens.ts';

const engine = engineOf(inject('stack'));
const { apiUrl, userPoolId, userPoolClientId } = engine.stack;
const hour = 3_600;

/** What a forger can have: a good token, the pool's public key, keys of one's own, other tokens of the issuer. */
interface Workshop {
  readonly token: string;
  readonly jwt: Jwt;
  readonly key: KeyObject;
  readonly foreign: KeyObject;
  readonly now: number;
  readonly idToken: string;
  readonly refreshToken: string;
  readonly otherPoolToken: string;
  /** The good claims with some changed, signed by the pool's own key: only what was changed can be wrong. */
  resigned(claims: Claims, header?: Claims): string;
}

async function tokensOf(
  cognito: CognitoIdentityProviderClient,
  clientId: string,
  user: Pick<TestUser, 'email' | 'password'>,
) {
  const { AuthenticationResult } = await cognito.send(
    new InitiateAuthCommand({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: clientId,
      AuthParameters: { USERNAME: user.email, PASSWORD: user.password },
    }),
  );
  return AuthenticationResult ?? {};
}

/** Somebody of the same name and tenant, in a pool that a stranger has made. */
async function strangersToken({ cognito }: typeof engine, user: TestUser): Promise<string> {
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({
      PoolName: 'stranger',
      Schema: [{ Name: 'tenant', AttributeDataType: 'String' }],
    }),
  );
  const account = { UserPoolId: UserPool?.Id, Username: user.email };
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({
      UserPoolId: UserPool?.Id,
      ClientName: 'stranger',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
    }),
  );
  await cognito.send(new AdminCreateUserCommand({ ...account, MessageAction: 'SUPPRESS' }));
  await cognito.send(
    new AdminSetUserPasswordCommand({ ...account, Password: user.password, Permanent: true }),
  );
  return (await tokensOf(cognito, UserPoolClient?.ClientId as string, user)).AccessToken as string;
}

const withoutClaim = (claims: Claims, name: string): Claims =>
  Object.fromEntries(Object.entries(claims).filter(([known]) => known !== name));

/** Each by name: the whole Authorization header. */
const forgeries: Record<string, (w: Workshop) => string> = {
  'an empty bearer': () => 'Bearer ',
  'no JWT': () => 'Bearer letmein',
  'another scheme': ({ token }) => `Basic ${token}`,
  'a header and claims without a signature': ({ token }) =>
    `Bearer ${token.split('.').slice(0, 2).join('.')}`,
  'a part too many': ({ token }) => `Bearer ${token}.${token.split('.')[2]}`,
  'an empty signature': ({ jwt }) => `Bearer ${writeJwt({ ...jwt, signature: '' })}`,
  'another tenant under the old signature': ({ jwt }) =>
    `Bearer ${writeJwt({ ...jwt, claims: { ...jwt.claims, tenant: 'acme' } })}`,
  'another subject under the old signature': ({ jwt }) =>
    `Bearer ${writeJwt({ ...jwt, claims: { ...jwt.claims, sub: 'root' } })}`,
  'a longer life under the old signature': ({ jwt, now }) =>
    `Bearer ${writeJwt({ ...jwt, claims: { ...jwt.claims, exp: now + 10 * hour } })}`,
  'alg none': ({ jwt }) =>
    `Bearer ${writeJwt({ ...jwt, header: { ...jwt.header, alg: 'none' }, signature: '' })}`,
  'alg nOnE, with the signature': ({ jwt }) =>
    `Bearer ${writeJwt({ ...jwt, header: { ...jwt.header, alg: 'nOnE' } })}`,
  'HS256 by the public key as PEM': ({ jwt, key }) =>
    `Bearer ${macJwt({ ...jwt.header, alg: 'HS256' }, jwt.claims, publicPem(key))}`,
  'HS256 by the modulus of the public key': ({ jwt, key }) =>
    `Bearer ${macJwt({ ...jwt.header, alg: 'HS256' }, jwt.claims, createPublicKey(key).export({ format: 'jwk' }).n as string)}`,
  'HS256 by the empty secret': ({ jwt }) =>
    `Bearer ${macJwt({ ...jwt.header, alg: 'HS256' }, jwt.claims, '')}`,
  'a foreign key under the pool’s key id': ({ jwt, foreign }) =>
    `Bearer ${signJwt(jwt.header, jwt.claims, foreign)}`,
  'a foreign key under a key id of its own': ({ jwt, foreign }) =>
    `Bearer ${signJwt({ ...jwt.header, kid: 'mine' }, jwt.claims, foreign)}`,
  'a foreign key that the header brings along': ({ jwt, foreign }) =>
    `Bearer ${signJwt({ ...jwt.header, jwk: createPublicKey(foreign).export({ format: 'jwk' }) }, jwt.claims, foreign)}`,
  'a foreign key at an address in the header': ({ jwt, foreign }) =>
    `Bearer ${signJwt({ ...jwt.header, jku: 'http://127.0.0.1:9/jwks.json' }, jwt.claims, foreign)}`,
  'an unknown key id': ({ resigned }) => `Bearer ${resigned({}, { kid: 'unknown' })}`,
  'a key id that is a path': ({ resigned }) => `Bearer ${resigned({}, { kid: '../../dev/null' })}`,
  'no key id': ({ jwt, key }) => `Bearer ${signJwt(withoutClaim(jwt.header, 'kid'), jwt.claims, key)}`,
  'RS512 by the pool’s own key': ({ jwt, key }) =>
    `Bearer ${signJwt({ ...jwt.header, alg: 'RS512' }, jwt.claims, key, 'sha512')}`,
  'an expired token': ({ resigned, now }) => `Bearer ${resigned({ exp: now - 60 })}`,
  'one that is not valid yet': ({ resigned, now }) => `Bearer ${resigned({ nbf: now + hour })}`,
  'one from the future': ({ resigned, now }) => `Bearer ${resigned({ iat: now + hour })}`,
  'one for another client': ({ resigned }) => `Bearer ${resigned({ client_id: 'another-client' })}`,
  'one for another audience': ({ resigned }) => `Bearer ${resigned({ aud: 'https://elsewhere.example' })}`,
  'one for nobody': ({ jwt, key }) =>
    `Bearer ${signJwt(jwt.header, withoutClaim(jwt.claims, 'client_id'), key)}`,
  'another issuer': ({ resigned }) => `Bearer ${resigned({ iss: 'https://issuer.example' })}`,
  'the issuer, nearly': ({ resigned, jwt }) => `Bearer ${resigned({ iss: `${jwt.claims.iss}/` })}`,
  'another pool’s token': ({ otherPoolToken }) => `Bearer ${otherPoolToken}`,
  'the id token': ({ idToken }) => `Bearer ${idToken}`,
  'the refresh token': ({ refreshToken }) => `Bearer ${refreshToken}`,
  'an access token that says it is an id token': ({ resigned }) => `Bearer ${resigned({ token_use: 'id' })}`,
  'a token that names no tenant': ({ jwt, key }) =>
    `Bearer ${signJwt(jwt.header, withoutClaim(jwt.claims, 'tenant'), key)}`,
  'a token with an empty tenant': ({ resigned }) => `Bearer ${resigned({ tenant: '' })}`,
  'a machine that was never made': ({ jwt, key }) =>
    `Bearer ${signJwt(jwt.header, { ...withoutClaim(jwt.claims, 'tenant'), machine: 'machine-x' }, key)}`,
};

describe('a bearer that is forged or misused answers 401:', () => {
  let workshop: Workshop;

  beforeAll(async () => {
    const [user] = (await createTenant(engine)).users;
    const tokens = await tokensOf(engine.cognito, userPoolClientId, user);
    const token = tokens.AccessToken as string;
    const jwt = readJwt(token);
    const key = await poolKey(userPoolId);
    workshop = {
      ...{ token, jwt, key, foreign: foreignKey(), now: Math.floor(Date.now() / 1_000) },
      idToken: tokens.IdToken as string,
      refreshToken: tokens.RefreshToken as string,
      otherPoolToken: await strangersToken(engine, user),
      resigned: (claims, header = {}) =>
        signJwt({ ...jwt.header, ...header }, { ...jwt.claims, ...claims }, key),
    };
  });

  const statusFor = async (authorization?: string): Promise<number> => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const answer = await new Api(apiUrl).call('GET', '/storage/quota', { headers });
    return answer.status;
  };

  it('while the good one, and its claims signed by the pool’s key again, are let in', async () => {
    expect(await statusFor(`Bearer ${workshop.token}`)).toBe(200);
    expect(await statusFor(`Bearer ${workshop.resigned({})}`)).toBe(200);
  });

  it('none at all', async () => {
    expect(await statusFor()).toBe(401);
  });

  it.each(Object.keys(forgeries))('%s', async (name) => {
    expect(await statusFor(forgeries[name]?.(workshop))).toBe(401);
  });
});
