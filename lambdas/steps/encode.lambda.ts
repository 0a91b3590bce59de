import { tmpdir } from 'node:os';
import { createFfmpegEncoder } from '../adapters/ffmpeg/encoder.ts';
import { streamLibrary } from '../adapters/s3/library-stream.ts';
import { createEncodeTarget, createVideoOutputs } from '../adapters/s3/video-outputs.ts';
import { envNames } from '../contract/env.ts';
import { transcodeJob } from '../contract/transcode.ts';
import type { FileRecord } from '../core/files/file.ts';
import { locationOf } from '../core/processing/process-image.ts';
import { encodeStep } from '../core/video/encode-step.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { stepFunction } from '../runtime/step-function.ts';
import { wireS3, wireStep } from './wire-step.ts';

const env = readEnv([envNames.libraryBucket, envNames.derivedBucket, envNames.ffmpegPath]);
const { limits, observer, store, transcodes, leases, leaseBounds } = wireStep('encode');
const s3 = wireS3();
const deps = {
  ...clock,
  ...{ store, transcodes, leases, leaseBounds },
  encoder: createFfmpegEncoder({
    ffmpegPath: env.FFMPEG_PATH,
    workDir: tmpdir(),
    maxDiskBytes: limits.video.encodeDiskBytes,
    maxSidePixels: limits.video.maxSidePixels,
  }),
  openOriginal: (file: FileRecord) => streamLibrary(s3, env.LIBRARY_BUCKET, locationOf(file)),
  target: createEncodeTarget(s3, env.DERIVED_BUCKET),
  outputs: createVideoOutputs(s3, env.DERIVED_BUCKET),
  bounds: limits.video,
  monotonicMs: () => performance.now(),
};

export const handler = stepFunction({
  observer,
  schema: transcodeJob,
  handle: (job) => encodeStep(deps, job),
});
