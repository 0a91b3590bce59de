import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { createChainStore } from '../adapters/dynamodb/chain-store.ts';
import { createDb } from '../adapters/dynamodb/client.ts';
import { createHeadSigner } from '../adapters/kms/head-signer.ts';
import { createAuditBucket } from '../adapters/s3/audit-bucket.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { envNames } from '../contract/env.ts';
import { metricNames } from '../contract/metrics.ts';
import { seal } from '../core/audit/seal.ts';
import { clock } from '../runtime/clock.ts';
import { sha256Hex } from '../runtime/digest.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { publishMetrics } from '../runtime/publish-metrics.ts';

/** Kept back from the function's time to finish the segments that are under way. */
const reserveMs = 30_000;

function wire() {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.auditBucket,
    envNames.auditKey,
    envNames.s3PathStyle,
  ]);
  const { segmentMaxRecords, sealConcurrency } = env.SLUICE_LIMITS.audit;
  const { logger, metrics } = createObserver('seal', env.SLUICE_STAGE);
  const deps = {
    now: clock.now,
    store: createChainStore(createDb(env.TABLE_NAME), segmentMaxRecords),
    bucket: createAuditBucket(createS3({ pathStyle: env.S3_PATH_STYLE }), env.AUDIT_BUCKET),
    signer: createHeadSigner(env.AUDIT_KEY_ID),
    digest: sha256Hex,
    concurrency: sealConcurrency,
    onFailure: (tenantId: string, error: unknown) =>
      logger.error('could not seal', { tenantId, error: error as Error }),
  };
  return middy()
    .use(injectLambdaContext(logger, { clearState: true }))
    .use(publishMetrics(metrics))
    .handler(async (_event: unknown, context: Context) => {
      const outOfTime = () => context.getRemainingTimeInMillis() < reserveMs;
      const result = await seal({ ...deps, outOfTime });
      metrics.addMetric(metricNames.auditSealed, 'Count', result.sealed);
      metrics.addMetric(metricNames.auditSealFailures, 'Count', result.failed);
      metrics.addMetric(metricNames.auditUnsealedSeconds, 'Seconds', result.oldestSeconds);
      logger.info('sealed', { ...result });
      return result;
    });
}

export const handler = wire();
