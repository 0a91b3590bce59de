import { tmpdir } from 'node:os';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { createDb } from '../adapters/dynamodb/client.ts';
import { createJobStore } from '../adapters/dynamodb/job-store.ts';
import { createTenancyStore } from '../adapters/dynamodb/tenancy-store.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createDefinitionsBucket, createDefinitionsWriter } from '../adapters/s3/definitions-bucket.ts';
import { refreshDefinitions } from '../adapters/scanner/clamav-freshclam.ts';
import { createSqs, jobQueue } from '../adapters/sqs/file-queues.ts';
import { definitionsRefreshHours } from '../contract/definitions.ts';
import { envNames } from '../contract/env.ts';
import { metricNames } from '../contract/metrics.ts';
import { type Definitions, updateDefinitions } from '../core/intake/definitions.ts';
import { startRescans } from '../core/intake/rescan-job.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { publishMetrics } from '../runtime/publish-metrics.ts';
import { jobStoreSettings, storeSettings } from '../runtime/settings.ts';

/** ClamAV's main database is the largest object here, with some 200 MB. */
const transferTimeoutMs = 120_000;
/** Kept back for publishing and for starting the rescans. */
const reserveMs = 60_000;
/** Starting the rescans of a page of tenants takes less. */
const pageReserveMs = 30_000;
const bounds = { refreshSeconds: definitionsRefreshHours * 3_600, jitterSeconds: 20 * 60 };

function wire() {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.bulkQueue,
    envNames.definitionsBucket,
    envNames.definitionsSource,
    envNames.s3PathStyle,
  ]);
  const limits = env.SLUICE_LIMITS;
  const { logger, metrics } = createObserver('definitions', env.SLUICE_STAGE);
  const db = createDb(env.TABLE_NAME);
  const s3 = createS3({ pathStyle: env.S3_PATH_STYLE, requestTimeoutMs: transferTimeoutMs });
  const bucket = {
    ...createDefinitionsBucket(s3, env.DEFINITIONS_BUCKET),
    ...createDefinitionsWriter(s3, env.DEFINITIONS_BUCKET),
  };
  const jobs = {
    ...clock,
    jobs: createJobStore(db, jobStoreSettings(limits)),
    queue: jobQueue(createSqs(), env.BULK_QUEUE_URL),
    tenants: createTenancyStore(db, storeSettings(limits)),
    bounds: { ...limits.jobs, ...limits.inspection },
  };
  const source = env.DEFINITIONS_SOURCE;

  return middy()
    .use(injectLambdaContext(logger, { clearState: true }))
    .use(publishMetrics(metrics))
    .handler(async (_event: unknown, context: Context) => {
      const deadlineMs = context.getRemainingTimeInMillis() - reserveMs;
      const outOfTime = () => context.getRemainingTimeInMillis() < pageReserveMs;
      let checkedAt: string | undefined;
      const store = {
        current: async () => {
          const current = await bucket.manifest();
          checkedAt = current?.checkedAt;
          return current;
        },
        publish: bucket.publish,
      };
      try {
        const result = await updateDefinitions({
          ...{ ...clock, store, bounds, source: JSON.stringify(source) },
          refresh: (current: Definitions | undefined) =>
            refreshDefinitions({ source, bucket, temporary: tmpdir(), deadlineMs }, current),
          startRescans: async (version: string) => {
            const { started, complete } = await startRescans({ ...jobs, outOfTime }, version);
            if (!complete) throw new Error(`time ran out after the rescans of ${started} tenants`);
          },
        });
        checkedAt = result.checkedAt;
        logger.info('definitions', { ...result });
        return result;
      } finally {
        const age = checkedAt === undefined ? undefined : (Date.now() - Date.parse(checkedAt)) / 1_000;
        if (age !== undefined) metrics.addMetric(metricNames.definitionsAgeSeconds, 'Seconds', age);
      }
    });
}

export const handler = wire();
