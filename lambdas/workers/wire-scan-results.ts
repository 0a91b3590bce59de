import type { SQSClient } from '@aws-sdk/client-sqs';
import { createDb } from '../adapters/dynamodb/client.ts';
import { createContentHolders } from '../adapters/dynamodb/content-store.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createScanMarks } from '../adapters/dynamodb/scan-marks.ts';
import { createScanResults } from '../adapters/dynamodb/scan-results.ts';
import { createScannerBreaker } from '../adapters/dynamodb/scanner-breaker.ts';
import { createVersionStore } from '../adapters/dynamodb/version-store.ts';
import { inspectQueue, processingQueues, purgeQueue } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import type { Limits } from '../contract/limits.ts';
import type { LanePairUrls, LaneUrls } from '../contract/queues.ts';
import { clock } from '../runtime/clock.ts';
import { countedBreaker } from '../runtime/counted-breaker.ts';
import type { Observer } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';

/** What every worker reads of its environment that takes verdicts of the scanner. */
export const scanResultEnv = [
  envNames.stage,
  envNames.limits,
  envNames.table,
  envNames.intakeBucket,
  envNames.libraryBucket,
  envNames.inspectLanes,
  envNames.processingLanes,
  envNames.purgeQueue,
] as const;

interface ScanResultEnv {
  readonly SLUICE_LIMITS: Limits;
  readonly TABLE_NAME: string;
  readonly INSPECT_LANES: LanePairUrls;
  readonly PROCESSING_LANES: LaneUrls;
  readonly PURGE_QUEUE_URL: string;
}

/** Where verdicts are kept and what follows from them: alike in every worker that takes them. */
export function wireScanResults(env: ScanResultEnv, sqs: SQSClient, metrics: Observer['metrics']) {
  const limits = env.SLUICE_LIMITS;
  const db = createDb(env.TABLE_NAME);
  const store = { ...createFileStore(db, storeSettings(limits)), ...createVersionStore(db) };
  return {
    ...clock,
    db,
    store,
    contents: createContentHolders(db),
    marks: createScanMarks(db, store),
    scans: createScanResults(db, { ...limits.pipeline, ...clock }),
    breaker: countedBreaker(createScannerBreaker(db, { ...limits.inspection, ...clock }), metrics),
    queues: {
      ...inspectQueue(sqs, env.INSPECT_LANES),
      ...purgeQueue(sqs, env.PURGE_QUEUE_URL),
      ...processingQueues(sqs, env.PROCESSING_LANES),
    },
    bounds: { ...limits.pipeline, ...limits.inspection },
    resendSeconds: limits.pipeline.resendSeconds,
  };
}
