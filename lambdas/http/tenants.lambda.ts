import { randomBytes } from 'node:crypto';
import { createAccounts } from '../adapters/cognito/accounts.ts';
import { createDb } from '../adapters/dynamodb/client.ts';
import { createErasureGuard } from '../adapters/dynamodb/erasure-guard.ts';
import { createJobStore } from '../adapters/dynamodb/job-store.ts';
import { createTenancyStore } from '../adapters/dynamodb/tenancy-store.ts';
import { createTenantKeyMaker } from '../adapters/kms/tenant-keys.ts';
import { createSqs, jobQueue } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { clock } from '../runtime/clock.ts';
import { sha256 } from '../runtime/digest.ts';
import { readEnv } from '../runtime/env.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { createObserver } from '../runtime/observe.ts';
import { jobStoreSettings, storeSettings } from '../runtime/settings.ts';
import { tenantSchemas } from './schemas/tenants.ts';
import { tenantRoutes } from './tenants.ts';
import { authEnv, wireAuth } from './wire-auth.ts';

const secretBytes = 32;

function wire() {
  const env = readEnv([
    ...authEnv,
    envNames.bulkQueue,
    envNames.userPool,
    envNames.passwordLogin,
    envNames.tenantKeys,
  ]);
  const limits = env.SLUICE_LIMITS;
  const db = createDb(env.TABLE_NAME);
  const store = createTenancyStore(db, storeSettings(limits));
  const pool = env.USER_POOL_ID;
  const routes = tenantRoutes({
    auth: wireAuth(db, env),
    admin: {
      ...clock,
      tenants: store,
      guard: createErasureGuard(db),
      keys: createTenantKeyMaker(env.SLUICE_STAGE, env.TENANT_KEYS),
      users: store,
      clients: store,
      accounts: pool === undefined ? undefined : createAccounts(pool, env.PASSWORD_LOGIN),
      secrets:
        pool === undefined
          ? undefined
          : { newSecret: () => randomBytes(secretBytes).toString('base64url'), digest: sha256 },
      defaults: limits,
      names: limits.names,
      jobs: createJobStore(db, jobStoreSettings(limits)),
      queue: jobQueue(createSqs(), env.BULK_QUEUE_URL),
      bounds: limits.jobs,
    },
    schemas: tenantSchemas(limits),
  });
  return httpFunction(createObserver('tenants', env.SLUICE_STAGE), routes);
}

export const handler = wire();
