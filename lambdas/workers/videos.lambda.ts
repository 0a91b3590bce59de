import { createDb } from '../adapters/dynamodb/client.ts';
import { createEncoderLeases } from '../adapters/dynamodb/encoder-leases.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createTranscodeBudget } from '../adapters/dynamodb/transcode-budget.ts';
import { createTranscodeStore } from '../adapters/dynamodb/transcode-store.ts';
import { createExecutions, createSfn } from '../adapters/sfn/executions.ts';
import { createSqs } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { processMessage } from '../contract/messages.ts';
import { metricNames } from '../contract/metrics.ts';
import { giveUpOnTranscode, startTranscode } from '../core/video/start-transcode.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';
import { sqsWorker } from '../runtime/sqs-worker.ts';
import { wireTurns } from './wire-turns.ts';

const env = readEnv([
  envNames.stage,
  envNames.limits,
  envNames.table,
  envNames.fairLanes,
  envNames.transcodeMachine,
]);
const limits = env.SLUICE_LIMITS;
const observer = createObserver('videos', env.SLUICE_STAGE);
const sqs = createSqs();
const db = createDb(env.TABLE_NAME);
const deps = {
  ...clock,
  store: createFileStore(db, storeSettings(limits)),
  transcodes: createTranscodeStore(db),
  budget: createTranscodeBudget(db, storeSettings(limits)),
  leases: createEncoderLeases(db, clock.now),
  executions: createExecutions(createSfn(), env.TRANSCODE_STATE_MACHINE_ARN),
  bounds: limits.video,
  resendSeconds: limits.pipeline.resendSeconds,
};

/** Starts executions of the workflow and is done: what encodes has no function waiting for it. */
export const handler = sqsWorker({
  observer,
  sqs,
  schema: processMessage,
  retry: limits.pipeline,
  turns: wireTurns({ env, db, sqs, observer }),
  handle: async (message) => {
    const outcome = await startTranscode(deps, message);
    observer.logger.info('transcode', { ...message, outcome });
  },
  giveUp: async (message) => {
    await giveUpOnTranscode(deps, message);
    observer.metrics.addMetric(metricNames.processingFailed, 'Count', 1);
  },
});
