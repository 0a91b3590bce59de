import { createBatchStore } from '../adapters/dynamodb/batch-store.ts';
import { createDb } from '../adapters/dynamodb/client.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createListings } from '../adapters/dynamodb/listing.ts';
import { createRateLimiter } from '../adapters/dynamodb/rate-limiter.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createIntakeBucket } from '../adapters/s3/intake-bucket.ts';
import { signerCredentials } from '../adapters/s3/signer-credentials.ts';
import { createUploadSigner } from '../adapters/s3/upload-signer.ts';
import { completionQueue, createSqs } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { metricNames } from '../contract/metrics.ts';
import { scannerMaxBytes } from '../contract/scanners.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { createObserver } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';
import { uploadSchemas } from './schemas/uploads.ts';
import { uploadRoutes } from './uploads.ts';
import { authEnv, wireAuth } from './wire-auth.ts';

const metricOf = {
  initiated: metricNames.uploadsInitiated,
  refused: metricNames.uploadsRefused,
  aborted: metricNames.uploadsAborted,
} as const;

function wire() {
  const env = readEnv([
    ...authEnv,
    envNames.intakeBucket,
    envNames.uploadSignerRole,
    envNames.completionQueue,
    envNames.scanner,
    envNames.s3PathStyle,
    envNames.endpoint,
  ]);
  const limits = env.SLUICE_LIMITS;
  const observer = createObserver('uploads', env.SLUICE_STAGE);
  const db = createDb(env.TABLE_NAME);
  const credentials = signerCredentials(env.UPLOAD_SIGNER_ROLE_ARN, 'uploads');
  const pathStyle = env.S3_PATH_STYLE;
  const endpoint = env.AWS_ENDPOINT_URL;
  const putting = createS3({ pathStyle, credentials, ...(endpoint && { endpoint }) });
  const rates = createRateLimiter(db);
  const routes = uploadRoutes({
    auth: wireAuth(db, env),
    uploads: {
      ...clock,
      store: {
        ...createFileStore(db, storeSettings(limits)),
        ...createListings(db),
        ...createBatchStore(db),
      },
      intake: createIntakeBucket({ bucket: env.INTAKE_BUCKET, s3: createS3({ pathStyle }), putting }),
      signer: createUploadSigner({ s3: putting, bucket: env.INTAKE_BUCKET, credentials }),
      queues: completionQueue(createSqs(), env.COMPLETION_QUEUE_URL),
      rates,
      limits: { ...limits.upload, ...limits.rates },
      names: limits.names,
      scannerMaxBytes: scannerMaxBytes[env.SCANNER],
    },
    schemas: uploadSchemas(limits),
    onUnexpected: (error) => observer.logger.error('an upload of a batch failed', { error: error as Error }),
    count: (what, count) => observer.metrics.addMetric(metricOf[what], 'Count', count),
  });
  return httpFunction(observer, routes);
}

export const handler = wire();
