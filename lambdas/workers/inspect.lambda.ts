import { createDb } from '../adapters/dynamodb/client.ts';
import { createDirectory } from '../adapters/dynamodb/directory.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { detectContentType } from '../adapters/file-type/detect.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createIntakeBucket } from '../adapters/s3/intake-bucket.ts';
import { createIntakeReader } from '../adapters/s3/intake-reader.ts';
import { createLibrary } from '../adapters/s3/library.ts';
import { createScanner } from '../adapters/scanner/scanners.ts';
import { createSqs, processingQueues } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { inspectMessage } from '../contract/messages.ts';
import { metricNames } from '../contract/metrics.ts';
import { contentHeadBytes } from '../core/content/detected.ts';
import type { FileRecord } from '../core/files/file.ts';
import { defaultPresets } from '../core/images/presets.ts';
import { inspect } from '../core/intake/inspect.ts';
import { effectivePolicy } from '../core/tenancy/policy.ts';
import type { UploadSession } from '../core/uploads/session.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver, type Observer } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';
import { sqsWorker } from '../runtime/sqs-worker.ts';

/** A copy of up to 5 GiB is one call, which S3 may take minutes for; the queue repeats what fails. */
const copyTimeoutMs = 10 * 60 * 1000;

function wire() {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.intakeBucket,
    envNames.libraryBucket,
    envNames.imagesQueue,
    envNames.imagesUrgentQueue,
    envNames.scanner,
    envNames.s3PathStyle,
  ]);
  const limits = env.SLUICE_LIMITS;
  const observer = createObserver('inspect', env.SLUICE_STAGE);
  const s3 = createS3({ pathStyle: env.S3_PATH_STYLE, requestTimeoutMs: copyTimeoutMs, maxAttempts: 1 });
  const sqs = createSqs();
  const db = createDb(env.TABLE_NAME);
  const directory = createDirectory(db);
  const deps = {
    ...clock,
    store: createFileStore(db, storeSettings(limits)),
    intake: {
      ...createIntakeReader(s3, env.INTAKE_BUCKET, contentHeadBytes),
      ...createIntakeBucket({ bucket: env.INTAKE_BUCKET, s3, putting: s3 }),
    },
    library: createLibrary({ s3, intakeBucket: env.INTAKE_BUCKET, libraryBucket: env.LIBRARY_BUCKET }),
    detect: detectContentType,
    scanner: createScanner(env.SCANNER),
    queues: processingQueues(sqs, {
      images: env.IMAGES_QUEUE_URL,
      imagesUrgent: env.IMAGES_URGENT_QUEUE_URL,
    }),
    renditionNames: defaultPresets.map((preset) => preset.name),
    allowedTypes: async (file: FileRecord) => {
      const { tenant, user } = await directory.find(file.tenantId, file.ownerId);
      return tenant && user ? effectivePolicy(tenant, user, limits).allowedMimeTypes : [];
    },
    resendSeconds: limits.pipeline.resendSeconds,
    heldSeconds: limits.pipeline.heldSeconds,
  };
  return sqsWorker({
    observer,
    sqs,
    schema: inspectMessage,
    retry: limits.pipeline,
    handle: async (message) => {
      const outcome = await inspect(deps, message);
      observer.logger.info('inspected', { ...message, outcome });
      if (outcome === 'rejected') observer.metrics.addMetric(metricNames.uploadsRejected, 'Count', 1);
      if (outcome === 'stored') {
        const [file, session] = await Promise.all([deps.store.file(message), deps.store.session(message)]);
        countStored(observer.metrics, file, session);
      }
    },
  });
}

/** From initiation until the bytes had landed: what the person waited for. */
function countStored(
  metrics: Observer['metrics'],
  file: FileRecord | undefined,
  session: UploadSession | undefined,
): void {
  if (!file?.uploadedAt || !session) return;
  metrics.addMetric(metricNames.uploadsStored, 'Count', 1);
  metrics.addMetric(metricNames.bytesStored, 'Bytes', file.size);
  const seconds = (Date.parse(file.uploadedAt) - Date.parse(session.createdAt)) / 1000;
  metrics.addMetric(metricNames.uploadSeconds, 'Seconds', seconds);
}

export const handler = wire();
