import { copyClip } from '../adapters/mediabunny/copy-clip.ts';
import { createProber, proberLimits } from '../adapters/mediainfo/prober.ts';
import { createEncodedObjects } from '../adapters/s3/encoded-objects.ts';
import { createVideoOutputs } from '../adapters/s3/video-outputs.ts';
import { envNames } from '../contract/env.ts';
import { transcodeJob } from '../contract/transcode.ts';
import { verifyStep } from '../core/video/verify-step.ts';
import { readEnv } from '../runtime/env.ts';
import { stepFunction } from '../runtime/step-function.ts';
import { wireS3, wireStep } from './wire-step.ts';

const bucket = readEnv([envNames.derivedBucket]).DERIVED_BUCKET;
const { observer, store, transcodes } = wireStep('verify');
const s3 = wireS3();
const deps = {
  ...{ store, transcodes },
  objects: createEncodedObjects(s3, bucket),
  outputs: createVideoOutputs(s3, bucket),
  prober: createProber(),
  copyClip,
  bounds: proberLimits,
};

export const handler = stepFunction({
  observer,
  schema: transcodeJob,
  handle: (job) => verifyStep(deps, job),
});
