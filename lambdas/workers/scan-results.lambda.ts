import { answerOf, scannedObject } from '../adapters/scanner/guardduty-result.ts';
import { createSqs } from '../adapters/sqs/file-queues.ts';
import { malwareScanResult } from '../contract/messages.ts';
import { takeScanResult } from '../core/intake/scan-result.ts';
import { countRescan } from '../runtime/count-rescan.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { sqsWorker } from '../runtime/sqs-worker.ts';
import { scanResultEnv, wireScanResults } from './wire-scan-results.ts';

function wire() {
  const env = readEnv(scanResultEnv);
  const observer = createObserver('scan-results', env.SLUICE_STAGE);
  const sqs = createSqs();
  const deps = wireScanResults(env, sqs, observer.metrics);
  const buckets = { intake: env.INTAKE_BUCKET, library: env.LIBRARY_BUCKET };
  return sqsWorker({
    observer,
    sqs,
    schema: malwareScanResult,
    retry: env.SLUICE_LIMITS.pipeline,
    handle: async (message) => {
      const target = scannedObject(message, buckets);
      const answer = answerOf(message);
      if (!target) {
        observer.logger.warn('result of an object that is not ours', message.detail.s3ObjectDetails);
        return;
      }
      const outcome = await takeScanResult(deps, target, answer);
      observer.logger.info('scanned', { ...target, ...answer, outcome });
      if (outcome !== 'recorded') countRescan(observer.metrics, outcome);
    },
  });
}

export const handler = wire();
