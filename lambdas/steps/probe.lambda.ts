import { createProber, proberLimits } from '../adapters/mediainfo/prober.ts';
import { transcodeJob } from '../contract/transcode.ts';
import { probeStep } from '../core/video/probe-step.ts';
import { stepFunction } from '../runtime/step-function.ts';
import { wireOriginals, wireS3, wireStep } from './wire-step.ts';

const { observer, store, transcodes } = wireStep('probe');
const deps = {
  ...{ store, transcodes },
  library: wireOriginals(wireS3()),
  prober: createProber(),
  bounds: proberLimits,
};

export const handler = stepFunction({
  observer,
  schema: transcodeJob,
  handle: (job) => probeStep(deps, job),
});
