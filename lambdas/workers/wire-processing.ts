import { createDb } from '../adapters/dynamodb/client.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { readLibraryObject, readLibraryRange } from '../adapters/s3/library-reader.ts';
import { createSqs } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import type { Limits } from '../contract/limits.ts';
import { processMessage } from '../contract/messages.ts';
import { metricNames } from '../contract/metrics.ts';
import type { LibraryLocation } from '../core/files/shared-content.ts';
import type { FileStore } from '../core/ports.ts';
import { giveUpOnFile, processFile } from '../core/processing/process-file.ts';
import type { Work } from '../core/processing/work.ts';
import type { ProcessingWorker } from '../core/processing/workers.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';
import { type SqsHandler, sqsWorker } from '../runtime/sqs-worker.ts';
import { wireDerived } from './wire-derived.ts';
import { wireTurns } from './wire-turns.ts';

/** An original of the largest size that is read into memory. */
const readTimeoutMs = 60_000;

/** What the work of every worker may need. */
export interface WorkContext {
  readonly limits: Limits;
  readonly store: FileStore;
  readonly library: {
    read(location: LibraryLocation): Promise<Uint8Array>;
    /** Exactly these bytes. */
    readRange(location: LibraryLocation, from: number, length: number): Promise<Uint8Array>;
  };
}

/** The worker of one pair of lanes: alike for all but for the work itself. */
export function processingWorker(name: ProcessingWorker, workOf: (context: WorkContext) => Work): SqsHandler {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.libraryBucket,
    envNames.derivedBucket,
    envNames.fairLanes,
    envNames.s3PathStyle,
  ]);
  const limits = env.SLUICE_LIMITS;
  const observer = createObserver(name, env.SLUICE_STAGE);
  const s3 = createS3({ pathStyle: env.S3_PATH_STYLE, requestTimeoutMs: readTimeoutMs });
  const db = createDb(env.TABLE_NAME);
  const store = createFileStore(db, storeSettings(limits));
  const deps = {
    ...clock,
    store,
    derived: wireDerived(s3, db, env.DERIVED_BUCKET),
    work: workOf({
      limits,
      store,
      library: {
        read: (location) => readLibraryObject(s3, env.LIBRARY_BUCKET, location),
        readRange: (location, from, length) =>
          readLibraryRange(s3, env.LIBRARY_BUCKET, location, from, length),
      },
    }),
    resendSeconds: limits.pipeline.resendSeconds,
  };
  const sqs = createSqs();
  return sqsWorker({
    observer,
    sqs,
    schema: processMessage,
    retry: limits.pipeline,
    turns: wireTurns({ env, db, sqs, observer }),
    handle: async (message) => {
      const startedAt = performance.now();
      const outcome = await processFile(deps, message);
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
      await giveUpOnFile(deps, message);
      observer.metrics.addMetric(metricNames.processingFailed, 'Count', 1);
    },
  });
}
