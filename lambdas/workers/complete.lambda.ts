import { createDb } from '../adapters/dynamodb/client.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createIntakeBucket } from '../adapters/s3/intake-bucket.ts';
import { signerCredentials } from '../adapters/s3/signer-credentials.ts';
import { createSqs } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { completeMessage } from '../contract/messages.ts';
import { completeClaimed } from '../core/uploads/complete.ts';
import { sha256 } from '../runtime/digest.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';
import { sqsWorker } from '../runtime/sqs-worker.ts';

/** S3 may take minutes to put 10,000 parts together. */
const completeTimeoutMs = 4 * 60 * 1000;

function wire() {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.intakeBucket,
    envNames.uploadSignerRole,
    envNames.s3PathStyle,
  ]);
  const limits = env.SLUICE_LIMITS;
  const observer = createObserver('complete', env.SLUICE_STAGE);
  const pathStyle = env.S3_PATH_STYLE;
  const credentials = signerCredentials(env.UPLOAD_SIGNER_ROLE_ARN, 'complete');
  const store = createFileStore(createDb(env.TABLE_NAME), storeSettings(limits));
  const intake = createIntakeBucket({
    bucket: env.INTAKE_BUCKET,
    s3: createS3({ pathStyle }),
    putting: createS3({ pathStyle, credentials, requestTimeoutMs: completeTimeoutMs }),
  });
  return sqsWorker({
    observer,
    sqs: createSqs(),
    schema: completeMessage,
    retry: limits.pipeline,
    handle: async (message) => {
      const session = await store.session(message);
      if (session?.phase !== 'completing') return;
      const refused = await completeClaimed({ store, intake, digest: sha256 }, session);
      observer.logger.info('completed', { ...message, ...(refused && { refused }) });
    },
  });
}

export const handler = wire();
