import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createS3 } from '../adapters/s3/client.ts';
import { createDefinitionsBucket } from '../adapters/s3/definitions-bucket.ts';
import { openScanned } from '../adapters/s3/scanned-object.ts';
import { createLocalDefinitions } from '../adapters/scanner/clamav-definitions.ts';
import { clamscan, isGone } from '../adapters/scanner/clamav-scan.ts';
import { createSqs } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { type ScanMessage, scanMessage } from '../contract/messages.ts';
import { takeScanResult } from '../core/intake/scan-result.ts';
import { countRescan } from '../runtime/count-rescan.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { sqsWorker } from '../runtime/sqs-worker.ts';
import { scanResultEnv, wireScanResults } from './wire-scan-results.ts';
import { wireTurns } from './wire-turns.ts';

/** S3 without a byte for so long has failed; the whole scan has a deadline of its own. */
const stalledReadMs = 30_000;
/** Kept back from the function's time to write the result. */
const reserveMs = 30_000;
/** New definitions count from then on; they come every few hours. */
const lookForDefinitionsMs = 5 * 60_000;

function wire() {
  const env = readEnv([
    ...scanResultEnv,
    envNames.fairLanes,
    envNames.definitionsBucket,
    envNames.s3PathStyle,
  ]);
  const { logger, metrics } = createObserver('scan', env.SLUICE_STAGE);
  const sqs = createSqs();
  const s3 = createS3({ pathStyle: env.S3_PATH_STYLE, requestTimeoutMs: stalledReadMs });
  const temporary = tmpdir();
  const scanner = {
    open: openScanned(s3, { intake: env.INTAKE_BUCKET, library: env.LIBRARY_BUCKET }),
    definitions: createLocalDefinitions({
      bucket: createDefinitionsBucket(s3, env.DEFINITIONS_BUCKET),
      directory: join(temporary, 'clamav-definitions'),
      lookAgainMs: lookForDefinitionsMs,
      nowMs: Date.now,
    }),
    temporary,
  };
  const deps = wireScanResults(env, sqs, metrics);
  const scanned = (target: ScanMessage, leftMs: number) =>
    clamscan(scanner, target, leftMs).catch((error: unknown) => {
      if (isGone(error)) return undefined;
      throw error;
    });
  return sqsWorker({
    observer: { logger, metrics },
    sqs,
    schema: scanMessage,
    retry: env.SLUICE_LIMITS.pipeline,
    turns: wireTurns({ env, sqs, db: deps.db, observer: { logger, metrics } }),
    handle: async (target, context) => {
      const answer = await scanned(target, context.getRemainingTimeInMillis() - reserveMs);
      logger.info('scanned', { ...target, ...answer });
      if (!answer) return;
      const outcome = await takeScanResult(deps, target, answer);
      if (outcome !== 'recorded') countRescan(metrics, outcome);
      // A file that waits is asked about again by the sweep; of what is stored nobody else would.
      if (outcome === 'unavailable') throw new Error(`no verdict on what is stored of ${target.fileId}`);
    },
  });
}

export const handler = wire();
