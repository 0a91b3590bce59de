import { createAccounts } from '../adapters/cognito/accounts.ts';
import { createDb } from '../adapters/dynamodb/client.ts';
import { createDirectory } from '../adapters/dynamodb/directory.ts';
import { createErasureGuard } from '../adapters/dynamodb/erasure-guard.ts';
import { createFolderStore } from '../adapters/dynamodb/folder-store.ts';
import { createGroupedStore } from '../adapters/dynamodb/grouped-store.ts';
import { createJobStore } from '../adapters/dynamodb/job-store.ts';
import { createListings } from '../adapters/dynamodb/listing.ts';
import { createReconcileStore } from '../adapters/dynamodb/reconcile-store.ts';
import { createTenancyStore } from '../adapters/dynamodb/tenancy-store.ts';
import { createTenantEraser } from '../adapters/dynamodb/tenant-eraser.ts';
import { createTenantKeyRetirer } from '../adapters/kms/tenant-keys.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createTenantBytes } from '../adapters/s3/tenant-bytes.ts';
import {
  createSqs,
  groupedPurgeQueue,
  indexingQueue,
  jobQueue,
  processingQueues,
  rescanQueue,
} from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { jobMessage } from '../contract/messages.ts';
import { metricNames } from '../contract/metrics.ts';
import { fileJobs } from '../core/bulk/kinds.ts';
import { createRescan, rescanJob } from '../core/intake/rescan-job.ts';
import type { JobKinds } from '../core/jobs/job.ts';
import { runSlice } from '../core/jobs/run-slice.ts';
import { createReconciliation, reconcileJob } from '../core/quota/reconcile.ts';
import { createRebuild, rebuildJob } from '../core/search/rebuild.ts';
import { createErasure, eraseJob } from '../core/tenancy/admin/erase.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { jobStoreSettings, storeSettings } from '../runtime/settings.ts';
import { sqsWorker } from '../runtime/sqs-worker.ts';

/** Kept back from the function's time, so that the step under way is saved: one takes a few seconds. */
const reserveMs = 45_000;

function wire() {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.intakeBucket,
    envNames.libraryBucket,
    envNames.derivedBucket,
    envNames.bulkQueue,
    envNames.inspectLanes,
    envNames.purgeQueue,
    envNames.indexingQueue,
    envNames.processingLanes,
    envNames.userPool,
    envNames.objectLock,
    envNames.s3PathStyle,
  ]);
  const limits = env.SLUICE_LIMITS;
  const observer = createObserver('bulk', env.SLUICE_STAGE);
  const db = createDb(env.TABLE_NAME);
  const sqs = createSqs();
  const kinds: JobKinds = {
    ...fileJobs({
      ...clock,
      ...limits.names,
      directory: createDirectory(db),
      defaults: limits,
      store: { ...createGroupedStore(db, storeSettings(limits)), ...createListings(db) },
      folders: createFolderStore(db, storeSettings(limits)),
      queues: {
        ...groupedPurgeQueue(sqs, env.PURGE_QUEUE_URL),
        ...processingQueues(sqs, env.PROCESSING_LANES),
      },
      names: limits.names,
      resendSeconds: limits.pipeline.resendSeconds,
      processing: { ...limits.jobs, bounds: limits.processing },
    }),
    [reconcileJob]: createReconciliation({
      ...clock,
      store: createReconcileStore(db, storeSettings(limits)),
      onDrift: (count) => observer.metrics.addMetric(metricNames.countersDrifted, 'Count', count),
    }),
    [rescanJob]: createRescan({
      ...clock,
      store: createListings(db),
      queues: rescanQueue(sqs, env.INSPECT_LANES),
      bounds: limits.inspection,
    }),
    [rebuildJob]: createRebuild({
      store: createListings(db),
      queues: indexingQueue(sqs, env.INDEXING_QUEUE_URL),
    }),
    [eraseJob]: createErasure({
      ...clock,
      tenants: createTenancyStore(db, storeSettings(limits)),
      guard: createErasureGuard(db),
      defaults: limits,
      eraser: createTenantEraser(db),
      keys: createTenantKeyRetirer(env.SLUICE_STAGE),
      bytes: createTenantBytes({
        s3: createS3({ pathStyle: env.S3_PATH_STYLE }),
        locks: env.OBJECT_LOCK !== undefined,
        buckets: { intake: env.INTAKE_BUCKET, library: env.LIBRARY_BUCKET, derived: env.DERIVED_BUCKET },
      }),
      accounts: env.USER_POOL_ID === undefined ? undefined : createAccounts(env.USER_POOL_ID, false),
    }),
  };
  const slices = {
    ...clock,
    jobs: createJobStore(db, jobStoreSettings(limits)),
    queue: jobQueue(sqs, env.BULK_QUEUE_URL),
    kinds,
    bounds: limits.jobs,
  };
  return sqsWorker({
    observer,
    sqs,
    schema: jobMessage,
    retry: limits.pipeline,
    handle: async (message, context) => {
      const outOfTime = () => context.getRemainingTimeInMillis() < reserveMs;
      const end = await runSlice({ ...slices, outOfTime }, message);
      observer.logger.info('ran a slice', { jobId: message.jobId, end });
    },
  });
}

export const handler = wire();
