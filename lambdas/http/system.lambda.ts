import { createDb } from '../adapters/dynamodb/client.ts';
import { createMetricReads } from '../adapters/dynamodb/metric-reads.ts';
import { createScannerBreaker } from '../adapters/dynamodb/scanner-breaker.ts';
import { createStageFacts } from '../adapters/dynamodb/stage-facts.ts';
import { createPublishedKeys } from '../adapters/kms/published-keys.ts';
import { bucketAnswers } from '../adapters/s3/bucket-probe.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createSqs } from '../adapters/sqs/file-queues.ts';
import { createQueueAdmin } from '../adapters/sqs/queue-admin.ts';
import { envNames } from '../contract/env.ts';
import { sweepMinutes } from '../contract/queues.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { createObserver } from '../runtime/observe.ts';
import { openApiDocument } from './openapi/document.ts';
import { systemRoutes } from './system.ts';

const deadlineMs = 3_000;
const keepMs = 2_000;

function wire() {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.intakeBucket,
    envNames.libraryBucket,
    envNames.derivedBucket,
    envNames.auditBucket,
    envNames.queues,
    envNames.receiptKeys,
    envNames.scanner,
    envNames.s3PathStyle,
  ]);
  const db = createDb(env.TABLE_NAME);
  const s3 = createS3({ pathStyle: env.S3_PATH_STYLE });
  const breaker = createScannerBreaker(db, { ...env.SLUICE_LIMITS.inspection, ...clock });
  const queues = createQueueAdmin(createSqs(), env.QUEUES);
  const bucket = (name: string, bucketName: string) => ({
    name,
    probe: () => bucketAnswers(s3, bucketName),
  });
  const routes = systemRoutes({
    health: {
      stage: createStageFacts(db, createMetricReads(db), clock.now),
      deadLetters: async () =>
        (await queues.sizes()).filter(({ deadLetters }) => deadLetters > 0).map(({ name }) => name),
      intake: bucket('intake', env.INTAKE_BUCKET),
      others: [
        bucket('library', env.LIBRARY_BUCKET),
        bucket('derived', env.DERIVED_BUCKET),
        bucket('audit', env.AUDIT_BUCKET),
      ],
      scanner: async () => {
        if (env.SCANNER === 'hold') return 'none';
        if (await breaker.isOpen()) return 'down';
        return env.SCANNER === 'local-signatures' ? 'test' : 'up';
      },
      sweepIntervalSeconds: sweepMinutes * 60,
      deadlineMs,
      keepMs,
      now: clock.now,
    },
    publicKeys: createPublishedKeys(env.RECEIPT_KEY_ARNS),
    openapi: once(() => openApiDocument(env.SLUICE_LIMITS)),
  });
  return httpFunction(createObserver('system', env.SLUICE_STAGE), routes);
}

/** Anybody may ask, and making it takes a tenth of a second: the first call does. */
function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

export const handler = wire();
