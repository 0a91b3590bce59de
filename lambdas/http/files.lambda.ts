import { createDb } from '../adapters/dynamodb/client.ts';
import { createDirectory } from '../adapters/dynamodb/directory.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createListings } from '../adapters/dynamodb/listing.ts';
import { createScannerBreaker } from '../adapters/dynamodb/scanner-breaker.ts';
import { createShareListing } from '../adapters/dynamodb/share-store.ts';
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
import { envNames } from '../contract/env.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { createObserver } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';
import { fileChangeRoutes } from './file-changes.ts';
import { fileRoutes } from './files.ts';
import { receiptRoutes } from './receipts.ts';
import { rescanRoutes } from './rescan.ts';
import { fileSchemas } from './schemas/files.ts';
import { versionSchemas } from './schemas/versions.ts';
import { shareRoutes } from './shares.ts';
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
    envNames.inspectQueue,
    envNames.scanner,
    envNames.imagesQueue,
    envNames.imagesUrgentQueue,
    envNames.s3PathStyle,
  ]);
  const limits = env.SLUICE_LIMITS;
  const db = createDb(env.TABLE_NAME);
  const directory = createDirectory(db);
  const store = {
    ...createFileStore(db, storeSettings(limits)),
    ...createListings(db),
    ...createShareListing(db),
    ...createVersionStore(db),
  };
  const sqs = createSqs();
  const queues = {
    ...purgeQueue(sqs, env.PURGE_QUEUE_URL),
    ...processingQueues(sqs, { images: env.IMAGES_QUEUE_URL, imagesUrgent: env.IMAGES_URGENT_QUEUE_URL }),
  };
  const { resendSeconds } = limits.pipeline;
  const credentials = signerCredentials(env.DOWNLOAD_SIGNER_ROLE_ARN, 'files');
  const auth = wireAuth(db, env);
  const sharing = { ...clock, store, directory, bounds: limits.sharing };
  const schemas = fileSchemas(limits);
  const routes = fileRoutes({
    auth,
    store,
    usage: directory,
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
  return httpFunction(createObserver('files', env.SLUICE_STAGE), {
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
        queues: { ...inspectQueue(sqs, env.INSPECT_QUEUE_URL), ...rescanQueue(sqs, env.INSPECT_QUEUE_URL) },
        hasScanner: env.SCANNER !== 'hold',
        breaker: createScannerBreaker(db, { ...limits.inspection, ...clock }),
      },
    }),
    ...shareRoutes({ auth, sharing }),
    ...versionRoutes({
      auth,
      versions: { ...clock, store, queues, resendSeconds },
      schemas: versionSchemas(limits),
    }),
  });
}

export const handler = wire();
