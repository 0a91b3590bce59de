import { createTenancyStore } from '../adapters/dynamodb/tenancy-store.ts';
import { createTranscodeBudget } from '../adapters/dynamodb/transcode-budget.ts';
import { envNames } from '../contract/env.ts';
import { derivedVersionPrefix } from '../contract/storage-keys.ts';
import { transcodeJob } from '../contract/transcode.ts';
import { locationOf } from '../core/processing/process-image.ts';
import { type Admitted, admit } from '../core/video/admit.ts';
import { mediaConvertSettings } from '../core/video/mediaconvert-job.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { storeSettings } from '../runtime/settings.ts';
import { stepFunction } from '../runtime/step-function.ts';
import { wireStep } from './wire-step.ts';

const env = readEnv([envNames.videoEncoder, envNames.encoderVCpus]);
const { db, limits, observer, store, transcodes, leases, leaseBounds } = wireStep('admit');
const deps = {
  ...clock,
  ...{ store, transcodes, leases, leaseBounds },
  budget: createTranscodeBudget(db, storeSettings(limits)),
  tenants: createTenancyStore(db, storeSettings(limits)),
  defaults: limits,
  encoder: env.VIDEO_ENCODER,
  vCpus: env.ENCODER_VCPUS,
  bounds: limits.video,
};

const settings = env.VIDEO_ENCODER === 'mediaconvert' ? mediaConvertPlaces() : undefined;

/** Where MediaConvert reads and writes. */
function mediaConvertPlaces() {
  const { LIBRARY_BUCKET, DERIVED_BUCKET } = readEnv([envNames.libraryBucket, envNames.derivedBucket]);
  return ({ file, plan, probe }: Admitted) =>
    mediaConvertSettings({
      ...{ plan, probe },
      inputUri: `s3://${LIBRARY_BUCKET}/${locationOf(file).key}`,
      folderUri: `s3://${DERIVED_BUCKET}/${derivedVersionPrefix(file, 'videos')}`,
    });
}

export const handler = stepFunction({
  observer,
  schema: transcodeJob,
  handle: async (job) => {
    const admission = await admit(deps, job);
    if (admission.outcome !== 'admitted') return admission;
    // The history of an execution shows what goes through it: ids, and no more of the file than MediaConvert has to know.
    const { outcome, encoder } = admission;
    return { outcome, encoder, ...(encoder === 'mediaconvert' && { settings: settings?.(admission) }) };
  },
});
