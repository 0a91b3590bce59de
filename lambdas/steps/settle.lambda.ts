import * as z from 'zod';
import { createAudioReader } from '../adapters/audio/audio-reader.ts';
import { createTranscodeBudget } from '../adapters/dynamodb/transcode-budget.ts';
import { createVideoOutputs } from '../adapters/s3/video-outputs.ts';
import { createImageProcessor } from '../adapters/sharp/image-processor.ts';
import { createSqs, deadLetters } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { metricNames } from '../contract/metrics.ts';
import { transcodeJob } from '../contract/transcode.ts';
import { judgeFailure } from '../core/video/mediaconvert-failure.ts';
import { settleTranscode } from '../core/video/settle.ts';
import { clock } from '../runtime/clock.ts';
import { countTranscoded } from '../runtime/count-transcoded.ts';
import { readEnv } from '../runtime/env.ts';
import { storeSettings } from '../runtime/settings.ts';
import { stepFunction } from '../runtime/step-function.ts';
import { wireDerived } from '../workers/wire-derived.ts';
import { wireOriginals, wireS3, wireStep } from './wire-step.ts';

const env = readEnv([envNames.derivedBucket, envNames.videosDeadLetters]);
const { db, limits, observer, store, transcodes, leases } = wireStep('settle');
const s3 = wireS3();
const deps = {
  ...clock,
  ...{ store, transcodes, leases },
  budget: createTranscodeBudget(db, storeSettings(limits)),
  library: wireOriginals(s3),
  bounds: limits.inspection,
  audio: createAudioReader(),
  images: createImageProcessor(),
  derived: wireDerived(s3, db, env.DERIVED_BUCKET),
  outputs: createVideoOutputs(s3, env.DERIVED_BUCKET),
  deadLetters: deadLetters(createSqs(), env.VIDEOS_DEAD_LETTERS_URL),
  resendSeconds: limits.pipeline.resendSeconds,
};

/** `failure`: what a step threw after its last attempt, as the workflow has caught it. */
const settlement = transcodeJob.extend({
  failure: z.object({ Error: z.string(), Cause: z.string().default('') }).optional(),
});

export const handler = stepFunction({
  observer,
  schema: settlement,
  handle: async ({ failure, ...job }) => {
    const judged = failure && (await judgeFailure(deps, job, failure));
    const failed = judged === 'failed';
    if (failed) observer.logger.error('transcode failed', { failure: failure?.Error });
    const settled = await settleTranscode(deps, { ...job, ...(failed && { failed: true }) });
    countTranscoded(observer.metrics, settled);
    if (settled.outcome === 'failed') observer.metrics.addMetric(metricNames.processingFailed, 'Count', 1);
    return { ...settled, ...(judged === 'refused' && { refused: true }) };
  },
});
