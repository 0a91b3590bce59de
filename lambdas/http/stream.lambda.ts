import { createDb } from '../adapters/dynamodb/client.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createLinkKeys } from '../adapters/kms/link-keys.ts';
import { createMediaCookies } from '../adapters/kms/media-cookies.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createDownloadSigner } from '../adapters/s3/download-signer.ts';
import { signerCredentials } from '../adapters/s3/signer-credentials.ts';
import { createStreamPackages } from '../adapters/s3/stream-packages.ts';
import { envNames } from '../contract/env.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { createObserver } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';
import { streamSchemas } from './schemas/stream.ts';
import { streamRoutes } from './stream.ts';
import { authEnv, wireAuth } from './wire-auth.ts';

function wire() {
  const env = readEnv([
    ...authEnv,
    envNames.derivedBucket,
    envNames.downloadSignerRole,
    envNames.linkKey,
    envNames.mediaCookies,
    envNames.s3PathStyle,
  ]);
  const limits = env.SLUICE_LIMITS;
  const { video, variants, rates } = limits;
  const pathStyle = env.S3_PATH_STYLE;
  const db = createDb(env.TABLE_NAME);
  const credentials = signerCredentials(env.DOWNLOAD_SIGNER_ROLE_ARN, 'stream');
  const routes = streamRoutes({
    auth: wireAuth(db, env),
    store: createFileStore(db, storeSettings(limits)),
    links: { keys: createLinkKeys(env.LINK_KEY_ARN), now: clock.now, maxSeconds: video.streamSeconds },
    entrySeconds: video.streamSeconds,
    stream: {
      packages: createStreamPackages(createS3({ pathStyle }), env.DERIVED_BUCKET),
      signer: createDownloadSigner({
        s3: createS3({ pathStyle, credentials }),
        buckets: { derived: env.DERIVED_BUCKET },
        credentials,
      }),
      urlSeconds: video.streamUrlSeconds,
      cookies: env.MEDIA_COOKIES && createMediaCookies(env.MEDIA_COOKIES),
      now: clock.now,
    },
    bounds: { ...rates, ...variants },
    schemas: streamSchemas(limits),
  });
  return httpFunction(createObserver('stream', env.SLUICE_STAGE), routes);
}

export const handler = wire();
