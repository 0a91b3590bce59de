import { createDb } from '../adapters/dynamodb/client.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createLaneArrivals } from '../adapters/dynamodb/lane-slots.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createIntakeBucket } from '../adapters/s3/intake-bucket.ts';
import { createSqs, inspectQueue } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { s3Notification } from '../contract/messages.ts';
import { metricNames } from '../contract/metrics.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';
import { sqsWorker } from '../runtime/sqs-worker.ts';
import { dispatchNotification } from './dispatch.ts';

function wire() {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.intakeBucket,
    envNames.inspectLanes,
    envNames.s3PathStyle,
  ]);
  const limits = env.SLUICE_LIMITS;
  const observer = createObserver('dispatch', env.SLUICE_STAGE);
  const s3 = createS3({ pathStyle: env.S3_PATH_STYLE });
  const sqs = createSqs();
  const db = createDb(env.TABLE_NAME);
  const deps = {
    ...clock,
    store: createFileStore(db, storeSettings(limits)),
    intake: createIntakeBucket({ bucket: env.INTAKE_BUCKET, s3, putting: s3 }),
    queues: inspectQueue(sqs, env.INSPECT_LANES),
    line: { ...clock, arrivals: createLaneArrivals(db, clock.now), bounds: limits.pipeline },
    resendSeconds: limits.pipeline.resendSeconds,
  };
  return sqsWorker({
    observer,
    sqs,
    schema: s3Notification,
    retry: limits.pipeline,
    handle: async (notification) => {
      const outcomes = await dispatchNotification(deps, observer.logger, notification);
      const strays = outcomes.filter((outcome) => outcome === 'deleted').length;
      if (strays > 0) observer.metrics.addMetric(metricNames.strayVersionsDeleted, 'Count', strays);
    },
  });
}

export const handler = wire();
