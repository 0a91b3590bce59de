import { createDb } from '../adapters/dynamodb/client.ts';
import { createSearchReads } from '../adapters/dynamodb/search-reads.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createSearchIndex } from '../adapters/search-index.ts';
import { envNames } from '../contract/env.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { createObserver } from '../runtime/observe.ts';
import { searchSchemas } from './schemas/search.ts';
import { searchRoutes } from './search.ts';
import { authEnv, wireAuth } from './wire-auth.ts';

/** Of the function's memory, for what has been read of segments: half of it is for what one question needs. */
const keepBytes = 400 * 1024 * 1024;

function wire() {
  const env = readEnv([
    ...authEnv,
    envNames.derivedBucket,
    envNames.openSearchEndpoint,
    envNames.s3PathStyle,
  ]);
  const limits = env.SLUICE_LIMITS;
  const db = createDb(env.TABLE_NAME);
  const routes = searchRoutes({
    auth: wireAuth(db, env),
    searching: {
      now: clock.now,
      index: createSearchIndex({
        ...clock,
        db,
        s3: createS3({ pathStyle: env.S3_PATH_STYLE }),
        derivedBucket: env.DERIVED_BUCKET,
        openSearchEndpoint: env.OPENSEARCH_ENDPOINT,
        bounds: limits.search,
        keepBytes,
      }),
      reads: createSearchReads(db),
      bounds: limits.search,
      names: limits.names,
    },
    schemas: searchSchemas(limits),
  });
  return httpFunction(createObserver('search', env.SLUICE_STAGE), routes);
}

export const handler = wire();
