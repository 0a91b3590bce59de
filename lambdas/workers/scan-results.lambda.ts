import { createDb } from '../adapters/dynamodb/client.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createScanMarks } from '../adapters/dynamodb/scan-marks.ts';
import { createScanResults } from '../adapters/dynamodb/scan-results.ts';
import { createScannerBreaker } from '../adapters/dynamodb/scanner-breaker.ts';
import { createVersionStore } from '../adapters/dynamodb/version-store.ts';
import { answerOf, scannedObject } from '../adapters/scanner/guardduty-result.ts';
import { createSqs, inspectQueue, processingQueues, purgeQueue } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { malwareScanResult } from '../contract/messages.ts';
import { takeScanResult } from '../core/intake/scan-result.ts';
import { clock } from '../runtime/clock.ts';
import { countRescan } from '../runtime/count-rescan.ts';
import { countedBreaker } from '../runtime/counted-breaker.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';
import { sqsWorker } from '../runtime/sqs-worker.ts';

function wire() {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.intakeBucket,
    envNames.libraryBucket,
    envNames.inspectQueue,
    envNames.imagesQueue,
    envNames.imagesUrgentQueue,
    envNames.purgeQueue,
  ]);
  const limits = env.SLUICE_LIMITS;
  const observer = createObserver('scan-results', env.SLUICE_STAGE);
  const db = createDb(env.TABLE_NAME);
  const sqs = createSqs();
  const store = { ...createFileStore(db, storeSettings(limits)), ...createVersionStore(db) };
  const deps = {
    ...clock,
    store,
    marks: createScanMarks(db, store),
    scans: createScanResults(db, { ...limits.pipeline, ...clock }),
    breaker: countedBreaker(createScannerBreaker(db, { ...limits.inspection, ...clock }), observer.metrics),
    queues: {
      ...inspectQueue(sqs, env.INSPECT_QUEUE_URL),
      ...purgeQueue(sqs, env.PURGE_QUEUE_URL),
      ...processingQueues(sqs, { images: env.IMAGES_QUEUE_URL, imagesUrgent: env.IMAGES_URGENT_QUEUE_URL }),
    },
    bounds: { ...limits.pipeline, ...limits.inspection },
    resendSeconds: limits.pipeline.resendSeconds,
  };
  const buckets = { intake: env.INTAKE_BUCKET, library: env.LIBRARY_BUCKET };
  return sqsWorker({
    observer,
    sqs,
    schema: malwareScanResult,
    retry: limits.pipeline,
    handle: async (message) => {
      const target = scannedObject(message, buckets);
      const answer = answerOf(message);
      if (!target) {
        observer.logger.warn('result of an object that is not ours', message.detail.s3ObjectDetails);
        return;
      }
      const outcome = await takeScanResult(deps, target, answer);
      observer.logger.info('scanned', { ...target, ...answer, outcome });
      if (outcome !== 'recorded') countRescan(observer.metrics, outcome);
    },
  });
}

export const handler = wire();
