import { createDb } from '../adapters/dynamodb/client.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createDerivedBucket } from '../adapters/s3/derived-bucket.ts';
import { readLibraryObject } from '../adapters/s3/library.ts';
import { createImageProcessor } from '../adapters/sharp/image-processor.ts';
import { createSqs } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { processMessage } from '../contract/messages.ts';
import { metricNames } from '../contract/metrics.ts';
import { defaultPresets } from '../core/images/presets.ts';
import { giveUpOnImage, processImage } from '../core/processing/process-image.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';
import { sqsWorker } from '../runtime/sqs-worker.ts';

/** An original of the largest size that is read into memory. */
const readTimeoutMs = 60_000;

function wire() {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.libraryBucket,
    envNames.derivedBucket,
    envNames.s3PathStyle,
  ]);
  const limits = env.SLUICE_LIMITS;
  const observer = createObserver('images', env.SLUICE_STAGE);
  const s3 = createS3({ pathStyle: env.S3_PATH_STYLE, requestTimeoutMs: readTimeoutMs });
  const deps = {
    ...clock,
    store: createFileStore(createDb(env.TABLE_NAME), storeSettings(limits)),
    library: {
      read: (location: { key: string; versionId: string }) =>
        readLibraryObject(s3, env.LIBRARY_BUCKET, location),
    },
    derived: createDerivedBucket(s3, env.DERIVED_BUCKET),
    images: createImageProcessor(),
    presets: defaultPresets,
    maxPixels: limits.pipeline.imageMaxPixels,
    maxBytes: limits.pipeline.imageMaxBytes,
    resendSeconds: limits.pipeline.resendSeconds,
  };
  return sqsWorker({
    observer,
    sqs: createSqs(),
    schema: processMessage,
    retry: limits.pipeline,
    handle: async (message) => {
      const startedAt = performance.now();
      const outcome = await processImage(deps, message);
      observer.logger.info('processed', { ...message, outcome });
      if (outcome === 'ignored') return;
      observer.metrics.addMetric(
        metricNames.processingSeconds,
        'Seconds',
        (performance.now() - startedAt) / 1000,
      );
      if (outcome === 'failed') observer.metrics.addMetric(metricNames.processingFailed, 'Count', 1);
    },
    giveUp: async (message) => {
      await giveUpOnImage(deps, message);
      observer.metrics.addMetric(metricNames.processingFailed, 'Count', 1);
    },
  });
}

export const handler = wire();
