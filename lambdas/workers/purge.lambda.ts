import { createDb } from '../adapters/dynamodb/client.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createObjectRemover } from '../adapters/s3/object-remover.ts';
import { createSqs } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { purgeMessage } from '../contract/messages.ts';
import { removeBytes } from '../core/files/purge.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';
import { sqsWorker } from '../runtime/sqs-worker.ts';

function wire() {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.intakeBucket,
    envNames.libraryBucket,
    envNames.derivedBucket,
    envNames.s3PathStyle,
  ]);
  const limits = env.SLUICE_LIMITS;
  const observer = createObserver('purge', env.SLUICE_STAGE);
  const deps = {
    store: createFileStore(createDb(env.TABLE_NAME), storeSettings(limits)),
    objects: createObjectRemover({
      s3: createS3({ pathStyle: env.S3_PATH_STYLE }),
      buckets: { intake: env.INTAKE_BUCKET, library: env.LIBRARY_BUCKET, derived: env.DERIVED_BUCKET },
    }),
  };
  return sqsWorker({
    observer,
    sqs: createSqs(),
    schema: purgeMessage,
    retry: limits.pipeline,
    handle: async (message) => {
      const removed = await removeBytes(deps, message);
      observer.logger.info('purged', { fileId: message.fileId, removed });
    },
  });
}

export const handler = wire();
