import { createDb } from '../adapters/dynamodb/client.ts';
import { createDirectory } from '../adapters/dynamodb/directory.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createListings } from '../adapters/dynamodb/listing.ts';
import { createRateLimiter } from '../adapters/dynamodb/rate-limiter.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createDownloadSigner } from '../adapters/s3/download-signer.ts';
import { signerCredentials } from '../adapters/s3/signer-credentials.ts';
import { createSqs, purgeQueue } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { createObserver } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';
import { fileRoutes } from './files.ts';
import { fileSchemas } from './schemas/files.ts';

function wire() {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.libraryBucket,
    envNames.derivedBucket,
    envNames.downloadSignerRole,
    envNames.bulkQueue,
    envNames.s3PathStyle,
    envNames.tenantClaim,
    envNames.edgeSecret,
  ]);
  const limits = env.SLUICE_LIMITS;
  const db = createDb(env.TABLE_NAME);
  const directory = createDirectory(db);
  const store = { ...createFileStore(db, storeSettings(limits)), ...createListings(db) };
  const credentials = signerCredentials(env.DOWNLOAD_SIGNER_ROLE_ARN, 'files');
  const routes = fileRoutes({
    auth: {
      directory,
      rates: createRateLimiter(db),
      limits,
      tenantClaim: env.TENANT_CLAIM,
      edgeSecret: env.EDGE_SECRET,
      now: clock.now,
    },
    store,
    usage: directory,
    downloads: {
      store,
      signer: createDownloadSigner({
        s3: createS3({ pathStyle: env.S3_PATH_STYLE, credentials }),
        buckets: { library: env.LIBRARY_BUCKET, derived: env.DERIVED_BUCKET },
        credentials,
      }),
      urlSeconds: limits.upload.urlSeconds,
    },
    purge: {
      ...clock,
      store,
      queues: purgeQueue(createSqs(), env.BULK_QUEUE_URL),
      resendSeconds: limits.pipeline.resendSeconds,
    },
    names: limits.names,
    schemas: fileSchemas(limits),
  });
  return httpFunction(createObserver('files', env.SLUICE_STAGE), routes);
}

export const handler = wire();
