import { createAccessLog } from '../adapters/dynamodb/access-log.ts';
import { createDb } from '../adapters/dynamodb/client.ts';
import { createPublicFiles } from '../adapters/dynamodb/public-files.ts';
import { createRateLimiter } from '../adapters/dynamodb/rate-limiter.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createDownloadSigner } from '../adapters/s3/download-signer.ts';
import { signerCredentials } from '../adapters/s3/signer-credentials.ts';
import { envNames } from '../contract/env.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { createObserver } from '../runtime/observe.ts';
import { publicRoutes } from './public.ts';
import { publicSchemas } from './schemas/public.ts';

function wire() {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.libraryBucket,
    envNames.derivedBucket,
    envNames.downloadSignerRole,
    envNames.s3PathStyle,
    envNames.edgeSecret,
  ]);
  const limits = env.SLUICE_LIMITS;
  const db = createDb(env.TABLE_NAME);
  const credentials = signerCredentials(env.DOWNLOAD_SIGNER_ROLE_ARN, 'public');
  const routes = publicRoutes({
    downloads: {
      files: createPublicFiles(db),
      signer: createDownloadSigner({
        s3: createS3({ pathStyle: env.S3_PATH_STYLE, credentials }),
        buckets: { library: env.LIBRARY_BUCKET, derived: env.DERIVED_BUCKET },
        credentials,
      }),
      urlSeconds: limits.upload.urlSeconds,
      defaults: limits,
    },
    rates: createRateLimiter(db),
    bounds: limits.rates,
    edgeSecret: env.EDGE_SECRET,
    schemas: publicSchemas(limits),
    now: clock.now,
    audit: { ...clock, ...createAccessLog(db, limits) },
  });
  return httpFunction(createObserver('public', env.SLUICE_STAGE), routes);
}

export const handler = wire();
