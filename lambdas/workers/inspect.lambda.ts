import { createDirectory } from '../adapters/dynamodb/directory.ts';
import { detectContentType } from '../adapters/file-type/detect.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createIntakeBucket } from '../adapters/s3/intake-bucket.ts';
import { createIntakeReader } from '../adapters/s3/intake-reader.ts';
import { createLibrary } from '../adapters/s3/library.ts';
import { createLegalHolds, createRetention } from '../adapters/s3/object-locks.ts';
import { createScanner } from '../adapters/scanner/scanners.ts';
import { createSqs, rescanQueue } from '../adapters/sqs/file-queues.ts';
import { inflate } from '../adapters/zlib/inflate.ts';
import { envNames } from '../contract/env.ts';
import { inspectionMessage, type RescanMessage } from '../contract/messages.ts';
import { metricNames } from '../contract/metrics.ts';
import type { FileRecord } from '../core/files/file.ts';
import { defaultPresets } from '../core/images/presets.ts';
import type { InspectionPolicy } from '../core/intake/examine.ts';
import { inspect } from '../core/intake/inspect.ts';
import { rescan } from '../core/intake/rescan.ts';
import { effectivePolicy, type PromotionPolicy } from '../core/tenancy/policy.ts';
import type { UploadSession } from '../core/uploads/session.ts';
import { countRescan } from '../runtime/count-rescan.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver, type Observer } from '../runtime/observe.ts';
import { sqsWorker } from '../runtime/sqs-worker.ts';
import { scanResultEnv, wireScanResults } from './wire-scan-results.ts';
import { wireTurns } from './wire-turns.ts';

/** A copy of up to 5 GiB is one call, which S3 may take minutes for; the queue repeats what fails. */
const copyTimeoutMs = 10 * 60 * 1000;

/** A copy in parts begins no further one with less time left; a part of 1 GiB takes S3 some seconds. */
const copyReserveMs = 2 * 60 * 1000;

/** Of an owner who is gone: nothing gets in. */
const nothingAllowed: InspectionPolicy & PromotionPolicy = {
  allowedMimeTypes: [],
  unscannable: 'reject',
  svg: 'reject',
  activeContent: 'reject',
  encryptedContent: 'reject',
  virusScanningRequired: true,
  dedupe: 'off',
  dedupeQuota: 'each',
  renditionPresets: defaultPresets,
};

function wire() {
  const env = readEnv([
    ...scanResultEnv,
    envNames.fairLanes,
    envNames.objectLock,
    envNames.scanner,
    envNames.scanLanes,
    envNames.blockedHashes,
    envNames.s3PathStyle,
  ]);
  const limits = env.SLUICE_LIMITS;
  const observer = createObserver('inspect', env.SLUICE_STAGE);
  const s3 = createS3({ pathStyle: env.S3_PATH_STYLE, requestTimeoutMs: copyTimeoutMs, maxAttempts: 1 });
  const sqs = createSqs();
  const results = wireScanResults(env, sqs, observer.metrics);
  const directory = createDirectory(results.db);
  const deps = {
    ...results,
    intake: {
      ...createIntakeReader(s3, env.INTAKE_BUCKET),
      ...createIntakeBucket({ bucket: env.INTAKE_BUCKET, s3, putting: s3 }),
    },
    detect: detectContentType,
    inflate,
    scanner: createScanner(env.SCANNER, {
      ...{ s3, sqs },
      buckets: { intake: env.INTAKE_BUCKET, library: env.LIBRARY_BUCKET },
      scanLanes: env.SCAN_LANES,
      blocked: env.BLOCKED_SHA256,
    }),
    queues: { ...results.queues, ...rescanQueue(sqs, env.INSPECT_LANES) },
    policyOf: async (file: FileRecord): Promise<InspectionPolicy & PromotionPolicy> => {
      const { tenant, user } = await directory.find(file.tenantId, file.ownerId);
      return tenant && user ? effectivePolicy(tenant, user, limits) : nothingAllowed;
    },
    ...(env.OBJECT_LOCK && {
      locking: {
        ...createRetention(s3, env.LIBRARY_BUCKET, env.OBJECT_LOCK),
        ...createLegalHolds(s3, env.LIBRARY_BUCKET),
        retentionDays: async (file: FileRecord) => {
          const { tenant, user } = await directory.find(file.tenantId, file.ownerId);
          return tenant && user ? effectivePolicy(tenant, user, limits).retentionDays : 0;
        },
      },
    }),
    onRefused: ({ tenantId, fileId }: FileRecord, reason: string, detail: string) =>
      observer.logger.warn('refused', { tenantId, fileId, reason, detail }),
  };
  const scanAgain = async (message: RescanMessage): Promise<void> => {
    const outcome = await rescan(deps, message);
    observer.logger.info('scanned again', { ...message, outcome });
    countRescan(observer.metrics, outcome);
  };
  return sqsWorker({
    observer,
    sqs,
    schema: inspectionMessage,
    retry: limits.pipeline,
    turns: wireTurns({ env, sqs, observer, db: results.db }),
    handle: async (message, context) => {
      if ('kind' in message) return scanAgain(message);
      const library = createLibrary({
        s3,
        intakeBucket: env.INTAKE_BUCKET,
        libraryBucket: env.LIBRARY_BUCKET,
        outOfTime: () => context.getRemainingTimeInMillis() < copyReserveMs,
      });
      const outcome = await inspect({ ...deps, library }, message);
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
