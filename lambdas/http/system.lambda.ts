import { createDb } from '../adapters/dynamodb/client.ts';
import { lastSweep } from '../adapters/dynamodb/sweep-store.ts';
import { bucketAnswers } from '../adapters/s3/bucket-probe.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { envNames } from '../contract/env.ts';
import { readEnv } from '../runtime/env.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { createObserver } from '../runtime/observe.ts';
import { openApiDocument } from './openapi/document.ts';
import { systemRoutes } from './system.ts';

const deadlineMs = 3_000;

function wire() {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.intakeBucket,
    envNames.s3PathStyle,
  ]);
  const db = createDb(env.TABLE_NAME);
  const s3 = createS3({ pathStyle: env.S3_PATH_STYLE });
  const routes = systemRoutes({
    checks: [
      { name: 'table', probe: async () => void (await lastSweep(db)) },
      { name: 'intake', probe: () => bucketAnswers(s3, env.INTAKE_BUCKET) },
    ],
    deadlineMs,
    openapi: () => openApiDocument(env.SLUICE_LIMITS),
  });
  return httpFunction(createObserver('system', env.SLUICE_STAGE), routes);
}

export const handler = wire();
