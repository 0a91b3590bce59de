import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { createDb } from '../adapters/dynamodb/client.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createJobStore } from '../adapters/dynamodb/job-store.ts';
import { countOpenSessions, createSweepStore } from '../adapters/dynamodb/sweep-store.ts';
import { createEventBus } from '../adapters/eventbridge/event-bus.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createIntakeBucket } from '../adapters/s3/intake-bucket.ts';
import {
  completionQueue,
  createSqs,
  inspectQueue,
  jobQueue,
  processingQueues,
  purgeQueue,
} from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { metricNames } from '../contract/metrics.ts';
import { sweep } from '../core/sweep/sweep.ts';
import { addSeconds } from '../core/time.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { publishMetrics } from '../runtime/publish-metrics.ts';
import { jobStoreSettings, storeSettings } from '../runtime/settings.ts';

/** Kept back from the function's time to save the result; what is left over is still due next time. */
const reserveMs = 15_000;

function wire() {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.intakeBucket,
    envNames.inspectLanes,
    envNames.processingLanes,
    envNames.completionQueue,
    envNames.bulkQueue,
    envNames.purgeQueue,
    envNames.eventBus,
    envNames.s3PathStyle,
  ]);
  const limits = env.SLUICE_LIMITS;
  const { logger, metrics } = createObserver('sweep', env.SLUICE_STAGE);
  const db = createDb(env.TABLE_NAME);
  const sqs = createSqs();
  const s3 = createS3({ pathStyle: env.S3_PATH_STYLE });
  const deps = {
    ...clock,
    store: {
      ...createFileStore(db, storeSettings(limits)),
      ...createSweepStore(db, limits.pipeline.sweepPageItems),
    },
    jobs: createJobStore(db, jobStoreSettings(limits)),
    intake: createIntakeBucket({ bucket: env.INTAKE_BUCKET, s3, putting: s3 }),
    queues: {
      ...inspectQueue(sqs, env.INSPECT_LANES),
      ...processingQueues(sqs, env.PROCESSING_LANES),
      ...completionQueue(sqs, env.COMPLETION_QUEUE_URL),
      ...purgeQueue(sqs, env.PURGE_QUEUE_URL),
      ...jobQueue(sqs, env.BULK_QUEUE_URL),
    },
    bus: createEventBus(env.EVENT_BUS_NAME),
    bounds: {
      ...limits.upload,
      ...limits.pipeline,
      ...limits.inspection,
      concurrency: limits.pipeline.sweepConcurrency,
    },
  };
  return middy()
    .use(injectLambdaContext(logger, { clearState: true }))
    .use(publishMetrics(metrics))
    .handler(async (_event: unknown, context: Context) => {
      const outOfTime = () => context.getRemainingTimeInMillis() < reserveMs;
      const result = await sweep({
        ...deps,
        outOfTime,
        onFailure: (item, error) =>
          logger.error('could not sweep', { kind: item.kind, error: error as Error }),
      });
      const { failed = 0, expired = 0, ...others } = result.actions;
      const handled = Object.values(others).reduce((sum, count) => sum + count, failed + expired);
      metrics.addMetric(metricNames.sweepItems, 'Count', handled);
      metrics.addMetric(metricNames.sweepFailures, 'Count', failed);
      metrics.addMetric(metricNames.uploadsExpired, 'Count', expired);
      // No session is put off for longer than the time without activity, or of its completion.
      const { inactivitySeconds, resendSeconds } = deps.bounds;
      const dueBy = addSeconds(clock.now(), Math.max(inactivitySeconds, resendSeconds));
      const openUploads = await countOpenSessions(db, dueBy, outOfTime);
      if (openUploads !== undefined) metrics.addMetric(metricNames.openUploads, 'Count', openUploads);
      logger.info('swept', { ...result });
      return result;
    });
}

export const handler = wire();
