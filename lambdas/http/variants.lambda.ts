import { createDb } from '../adapters/dynamodb/client.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createLinkedFiles } from '../adapters/dynamodb/linked-files.ts';
import { createLinkKeys } from '../adapters/kms/link-keys.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createDownloadSigner } from '../adapters/s3/download-signer.ts';
import { readLibraryObject } from '../adapters/s3/library-reader.ts';
import { signerCredentials } from '../adapters/s3/signer-credentials.ts';
import { createVariantBucket } from '../adapters/s3/variant-bucket.ts';
import { createVariantMaker } from '../adapters/sharp/variant-maker.ts';
import { envNames } from '../contract/env.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { createObserver } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';
import { variantSchemas } from './schemas/variants.ts';
import { variantRoutes } from './variants.ts';
import { authEnv, wireAuth } from './wire-auth.ts';

function wire() {
  const env = readEnv([
    ...authEnv,
    envNames.libraryBucket,
    envNames.derivedBucket,
    envNames.downloadSignerRole,
    envNames.linkKey,
    envNames.s3PathStyle,
  ]);
  const limits = env.SLUICE_LIMITS;
  const { variants: bounds, pipeline, upload, rates } = limits;
  const pathStyle = env.S3_PATH_STYLE;
  const db = createDb(env.TABLE_NAME);
  const store = createFileStore(db, storeSettings(limits));
  const auth = wireAuth(db, env);
  const s3 = createS3({ pathStyle });
  const credentials = signerCredentials(env.DOWNLOAD_SIGNER_ROLE_ARN, 'variants');
  const variantBounds = { ...bounds, maxBytes: pipeline.imageMaxBytes };
  const links = {
    keys: createLinkKeys(env.LINK_KEY_ARN),
    now: clock.now,
    maxSeconds: upload.urlSeconds.max,
  };
  const routes = variantRoutes({
    auth,
    store,
    variants: {
      store,
      variants: createVariantBucket(s3, env.DERIVED_BUCKET),
      library: { read: (location) => readLibraryObject(s3, env.LIBRARY_BUCKET, location) },
      maker: createVariantMaker(bounds),
      signer: createDownloadSigner({
        s3: createS3({ pathStyle, credentials }),
        buckets: { library: env.LIBRARY_BUCKET, derived: env.DERIVED_BUCKET },
        credentials,
      }),
      rates: auth.rates,
      now: clock.now,
      bounds: variantBounds,
      perTenantAndMinute: bounds.perTenantAndMinute,
      urlSeconds: bounds.urlSeconds,
    },
    linking: { bounds: variantBounds, links, linkSeconds: upload.urlSeconds },
    opening: { links, files: createLinkedFiles(db), defaults: limits },
    bounds: { ...rates, ...bounds },
    schemas: variantSchemas(limits),
  });
  return httpFunction(createObserver('variants', env.SLUICE_STAGE), routes);
}

export const handler = wire();
