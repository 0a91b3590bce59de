import { createDb } from '../adapters/dynamodb/client.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createSweepStore } from '../adapters/dynamodb/sweep-store.ts';
import { createWithdrawalStore } from '../adapters/dynamodb/withdrawal-store.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createObjectRemover } from '../adapters/s3/object-remover.ts';
import { createWithdrawnContent } from '../adapters/s3/withdrawn-content.ts';
import { createSqs } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { purgeMessage } from '../contract/messages.ts';
import { removeBytes } from '../core/files/purge.ts';
import { removeWithdrawn } from '../core/files/remove-withdrawn.ts';
import { clock } from '../runtime/clock.ts';
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
    envNames.objectLock,
    envNames.s3PathStyle,
  ]);
  const limits = env.SLUICE_LIMITS;
  const observer = createObserver('purge', env.SLUICE_STAGE);
  const db = createDb(env.TABLE_NAME);
  const store = {
    ...createFileStore(db, storeSettings(limits)),
    ...createSweepStore(db, limits.pipeline.sweepPageItems),
    ...createWithdrawalStore(db),
  };
  const s3 = createS3({ pathStyle: env.S3_PATH_STYLE });
  const buckets = { intake: env.INTAKE_BUCKET, library: env.LIBRARY_BUCKET, derived: env.DERIVED_BUCKET };
  const locks = env.OBJECT_LOCK !== undefined;
  const purging = { ...clock, store, objects: createObjectRemover({ s3, locks, buckets }) };
  const withdrawing = { store, objects: createWithdrawnContent({ s3, buckets }) };
  return sqsWorker({
    observer,
    sqs: createSqs(),
    schema: purgeMessage,
    retry: limits.pipeline,
    handle: async (message) => {
      const withdrawn = await removeWithdrawn(withdrawing, message);
      if (withdrawn > 0) {
        observer.logger.warn('removed withdrawn contents', { fileId: message.fileId, withdrawn });
        return;
      }
      const outcome = await removeBytes(purging, message);
      const tell = outcome === 'locked' ? 'warn' : 'info';
      observer.logger[tell]('purged', { fileId: message.fileId, outcome });
    },
  });
}

export const handler = wire();
