import type * as z from 'zod';
import { createDb } from '../adapters/dynamodb/client.ts';
import { createSearchReads } from '../adapters/dynamodb/search-reads.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createTextObjects } from '../adapters/s3/text-objects.ts';
import { createSearchIndex } from '../adapters/search-index.ts';
import { createSqs } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { indexingMessage } from '../contract/messages.ts';
import { type IndexTask, indexTasks } from '../core/search/index-files.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { sqsBatchWorker } from '../runtime/sqs-batch-worker.ts';

function taskOf(message: z.infer<typeof indexingMessage>): readonly IndexTask[] {
  if (!('detail' in message)) return [message];
  const { type, tenantId, fileId, data } = message.detail;
  if (type === 'tenant.erased') return [{ erasedTenantId: String(data.erasedTenantId) }];
  return fileId ? [{ tenantId, fileId }] : [];
}

function wire() {
  const env = readEnv([
    envNames.stage,
    envNames.limits,
    envNames.table,
    envNames.derivedBucket,
    envNames.openSearchEndpoint,
    envNames.s3PathStyle,
  ]);
  const limits = env.SLUICE_LIMITS;
  const db = createDb(env.TABLE_NAME);
  const s3 = createS3({ pathStyle: env.S3_PATH_STYLE });
  const deps = {
    index: createSearchIndex({
      ...clock,
      db,
      s3,
      derivedBucket: env.DERIVED_BUCKET,
      openSearchEndpoint: env.OPENSEARCH_ENDPOINT,
      bounds: limits.search,
      // It asks nothing, so it keeps nothing.
      keepBytes: 0,
    }),
    files: createSearchReads(db).files,
    text: createTextObjects(s3, env.DERIVED_BUCKET),
    textMaxCharacters: limits.search.textMaxCharacters,
  };
  return sqsBatchWorker({
    observer: createObserver('index', env.SLUICE_STAGE),
    sqs: createSqs(),
    schema: indexingMessage,
    retry: limits.pipeline,
    handle: (messages) => indexTasks(deps, messages.flatMap(taskOf)),
  });
}

export const handler = wire();
