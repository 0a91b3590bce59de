import { createDb } from '../adapters/dynamodb/client.ts';
import { createEncoderLeases } from '../adapters/dynamodb/encoder-leases.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createTranscodeStore } from '../adapters/dynamodb/transcode-store.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { readLibraryRange } from '../adapters/s3/library-reader.ts';
import { envNames } from '../contract/env.ts';
import type { StepName } from '../contract/transcode.ts';
import type { LibraryLocation } from '../core/files/shared-content.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';

/** One range, or one part of an output. */
const bytesTimeoutMs = 60_000;

/** What every step of the transcode is made of. */
export function wireStep(name: StepName) {
  const env = readEnv([envNames.stage, envNames.limits, envNames.table]);
  const limits = env.SLUICE_LIMITS;
  const db = createDb(env.TABLE_NAME);
  return {
    ...{ db, limits },
    observer: createObserver(name, env.SLUICE_STAGE),
    store: createFileStore(db, storeSettings(limits)),
    transcodes: createTranscodeStore(db),
    leases: createEncoderLeases(db, clock.now),
    leaseBounds: { encodersMax: limits.video.encodersMax, tenantShare: limits.pipeline.tenantShare },
  };
}

/** For steps that move bytes. */
export function wireS3() {
  return createS3({
    pathStyle: readEnv([envNames.s3PathStyle]).S3_PATH_STYLE,
    requestTimeoutMs: bytesTimeoutMs,
  });
}

/** Ranges of originals. */
export function wireOriginals(s3: ReturnType<typeof createS3>) {
  const bucket = readEnv([envNames.libraryBucket]).LIBRARY_BUCKET;
  return {
    readRange: (location: LibraryLocation, from: number, length: number): Promise<Uint8Array> =>
      readLibraryRange(s3, bucket, location, from, length),
  };
}
