import { timingSafeEqual } from 'node:crypto';
import { createTokenMint } from '../adapters/cognito/machine-tokens.ts';
import { createDb } from '../adapters/dynamodb/client.ts';
import { createDirectory } from '../adapters/dynamodb/directory.ts';
import { createRateLimiter } from '../adapters/dynamodb/rate-limiter.ts';
import { envNames } from '../contract/env.ts';
import { fullScope, type ScopeName } from '../contract/scopes.ts';
import { clock } from '../runtime/clock.ts';
import { sha256 } from '../runtime/digest.ts';
import { readEnv } from '../runtime/env.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { createObserver } from '../runtime/observe.ts';
import { tokenRoutes } from './token.ts';

function wire() {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.userPool,
    envNames.machineClient,
    envNames.tokenUrl,
    envNames.endpoint,
    envNames.edgeSecret,
  ]);
  const tokenUrl = env.TOKEN_URL ?? (env.AWS_ENDPOINT_URL && `${env.AWS_ENDPOINT_URL}/oauth2/token`);
  if (!env.USER_POOL_ID || !tokenUrl)
    throw new Error(`${envNames.userPool} or ${envNames.tokenUrl} is not set.`);
  const db = createDb(env.TABLE_NAME);
  const routes = tokenRoutes({
    tokens: {
      client: createDirectory(db).client,
      verify: (secret, digest) => timingSafeEqual(Buffer.from(sha256(secret)), Buffer.from(digest)),
      mint: createTokenMint({ userPoolId: env.USER_POOL_ID, clientId: env.MACHINE_CLIENT_ID, tokenUrl }),
      rates: createRateLimiter(db),
      bounds: env.SLUICE_LIMITS.rates,
      fullScope: (scope) => fullScope(scope as ScopeName),
      now: clock.now,
    },
    edgeSecret: env.EDGE_SECRET,
  });
  return httpFunction(createObserver('token', env.SLUICE_STAGE), routes);
}

export const handler = wire();
