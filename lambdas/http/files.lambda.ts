import { createDb } from '../adapters/dynamodb/client.ts';
import { createDirectory } from '../adapters/dynamodb/directory.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createListings } from '../adapters/dynamodb/listing.ts';
import { createMetricReads } from '../adapters/dynamodb/metric-reads.ts';
import { createResemblances } from '../adapters/dynamodb/resemblances.ts';
import { createScannerBreaker } from '../adapters/dynamodb/scanner-breaker.ts';
import { createShareListing } from '../adapters/dynamodb/share-store.ts';
import { createTextExcerpts } from '../adapters/dynamodb/text-excerpts.ts';
import { createTranscodeBudget } from '../adapters/dynamodb/transcode-budget.ts';
import { createTranscodeStore } from '../adapters/dynamodb/transcode-store.ts';
import { createVersionStore } from '../adapters/dynamodb/version-store.ts';
import { createReceiptSigner } from '../adapters/kms/receipt-signer.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createDownloadSigner } from '../adapters/s3/download-signer.ts';
import { createLegalHolds } from '../adapters/s3/object-locks.ts';
import { signerCredentials } from '../adapters/s3/signer-credentials.ts';
import {
  createSqs,
  inspectQueue,
  processingQueues,
  purgeQueue,
  rescanQueue,
} from '../adapters/sqs/file-queues.ts';
import { readLaneLoads } from '../adapters/sqs/lane-loads.ts';
import { envNames } from '../contract/env.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createEstimates } from '../runtime/estimates.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { createObserver } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';
import { fileChangeRoutes } from './file-changes.ts';
import { fileRoutes } from './files.ts';
import { processingRoutes } from './processing.ts';
import { receiptRoutes } from './receipts.ts';
import { rescanRoutes } from './rescan.ts';
import { fileSchemas } from './schemas/files.ts';
import { processingSchemas } from './schemas/processing.ts';
import { versionSchemas } from './schemas/versions.ts';
import { shareRoutes } from './shares.ts';
import { similarRoutes } from './similar.ts';
import { versionRoutes } from './versions.ts';
import { authEnv, wireAuth } from './wire-auth.ts';

function wire() {
  const env = readEnv([
    ...authEnv,
    envNames.libraryBucket,
    envNames.derivedBucket,
    envNames.downloadSignerRole,
    envNames.receiptKey,
    envNames.objectLock,
    envNames.purgeQueue,
    envNames.inspectLanes,
    envNames.scanner,
    envNames.processingLanes,
    envNames.s3PathStyle,
  ]);
  const limits = env.SLUICE_LIMITS;
  const db = createDb(env.TABLE_NAME);
  const directory = createDirectory(db);
  const store = {
    ...createFileStore(db, storeSettings(limits)),
    ...createListings(db),
    ...createShareListing(db),
    ...createResemblances(db),
    ...createVersionStore(db),
  };
  const sqs = createSqs();
  const queues = {
    ...purgeQueue(sqs, env.PURGE_QUEUE_URL),
    ...processingQueues(sqs, env.PROCESSING_LANES),
  };
  const { resendSeconds } = limits.pipeline;
  const credentials = signerCredentials(env.DOWNLOAD_SIGNER_ROLE_ARN, 'files');
  const auth = wireAuth(db, env);
  const observer = createObserver('files', env.SLUICE_STAGE);
  const estimates = createEstimates({
    ...clock,
    metrics: createMetricReads(db),
    lanes: () => readLaneLoads(sqs, { inspect: env.INSPECT_LANES, ...env.PROCESSING_LANES }),
    nowMs: Date.now,
    logger: observer.logger,
  });
  const sharing = { ...clock, store, directory, bounds: limits.sharing };
  const schemas = fileSchemas(limits);
  const routes = fileRoutes({
    auth,
    store,
    excerpts: createTextExcerpts(db),
    usage: directory,
    transcodes: createTranscodeStore(db),
    transcoded: createTranscodeBudget(db, storeSettings(limits)),
    estimates,
    downloads: {
      ...clock,
      store,
      signer: createDownloadSigner({
        s3: createS3({ pathStyle: env.S3_PATH_STYLE, credentials }),
        buckets: { library: env.LIBRARY_BUCKET, derived: env.DERIVED_BUCKET },
        credentials,
      }),
      urlSeconds: limits.upload.urlSeconds,
    },
    names: limits.names,
    schemas,
  });
  return httpFunction(observer, {
    ...routes,
    ...fileChangeRoutes({
      auth,
      changes: {
        ...clock,
        store,
        queues,
        resendSeconds,
        names: limits.names,
        ...(env.OBJECT_LOCK && {
          holding: {
            ...createLegalHolds(createS3({ pathStyle: env.S3_PATH_STYLE }), env.LIBRARY_BUCKET),
            ...createVersionStore(db),
          },
        }),
        annotationsMaxBytes: limits.names.annotationsMaxBytes,
      },
      schemas,
    }),
    ...receiptRoutes({
      auth,
      receipts: { ...clock, store, signer: createReceiptSigner(env.RECEIPT_KEY_ARN) },
    }),
    ...rescanRoutes({
      auth,
      rescans: {
        ...clock,
        store,
        queues: { ...inspectQueue(sqs, env.INSPECT_LANES), ...rescanQueue(sqs, env.INSPECT_LANES) },
        hasScanner: env.SCANNER !== 'hold',
        breaker: createScannerBreaker(db, { ...limits.inspection, ...clock }),
      },
    }),
    ...processingRoutes({
      auth,
      processing: { ...clock, store, queues, estimates, resendSeconds, bounds: limits.processing },
      schemas: processingSchemas(limits),
    }),
    ...shareRoutes({ auth, sharing }),
    ...similarRoutes({ auth, similar: { ...clock, store } }),
    ...versionRoutes({
      auth,
      versions: { ...clock, store, queues, resendSeconds },
      schemas: versionSchemas(limits),
    }),
  });
}

export const handler = wire();
