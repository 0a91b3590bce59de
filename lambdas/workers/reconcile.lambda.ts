import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { createDb } from '../adapters/dynamodb/client.ts';
import { createJobStore } from '../adapters/dynamodb/job-store.ts';
import { createTenancyStore } from '../adapters/dynamodb/tenancy-store.ts';
import { createSqs, jobQueue } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { reconcileAll } from '../core/quota/start-reconciliation.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { jobStoreSettings, storeSettings } from '../runtime/settings.ts';

/** A page of tenants is started within this. */
const reserveMs = 30_000;

function wire() {
  const env = readEnv([envNames.stage, envNames.limits, envNames.table, envNames.bulkQueue]);
  const limits = env.SLUICE_LIMITS;
  const { logger } = createObserver('reconcile', env.SLUICE_STAGE);
  const db = createDb(env.TABLE_NAME);
  const deps = {
    ...clock,
    jobs: createJobStore(db, jobStoreSettings(limits)),
    queue: jobQueue(createSqs(), env.BULK_QUEUE_URL),
    bounds: limits.jobs,
    tenants: createTenancyStore(db, storeSettings(limits)),
  };
  return middy()
    .use(injectLambdaContext(logger, { clearState: true }))
    .handler(async (_event: unknown, context: Context) => {
      const outOfTime = () => context.getRemainingTimeInMillis() < reserveMs;
      const result = await reconcileAll({ ...deps, outOfTime });
      // An error is counted and alarmed on; what was started goes on.
      if (!result.complete) throw new Error(`time ran out after ${result.started} tenants`);
      logger.info('started the reconciliation of every tenant', result);
      return result;
    });
}

export const handler = wire();
