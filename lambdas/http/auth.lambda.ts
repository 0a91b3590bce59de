import { createPasswordLogin } from '../adapters/cognito/password-login.ts';
import { createDb } from '../adapters/dynamodb/client.ts';
import { createRateLimiter } from '../adapters/dynamodb/rate-limiter.ts';
import { envNames } from '../contract/env.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { createObserver } from '../runtime/observe.ts';
import { authRoutes } from './auth.ts';

function wire() {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.userPoolClient,
    envNames.edgeSecret,
  ]);
  const routes = authRoutes({
    login: createPasswordLogin(env.USER_POOL_CLIENT_ID),
    rates: createRateLimiter(createDb(env.TABLE_NAME)),
    bounds: env.SLUICE_LIMITS.rates,
    ...(env.EDGE_SECRET && { edgeSecret: env.EDGE_SECRET }),
    now: clock.now,
  });
  return httpFunction(createObserver('auth', env.SLUICE_STAGE), routes);
}

export const handler = wire();
