import { createAuditSearch } from '../adapters/dynamodb/audit-search.ts';
import { createDb } from '../adapters/dynamodb/client.ts';
import { createConcurrencyStore } from '../adapters/dynamodb/concurrency-store.ts';
import { createDirectory } from '../adapters/dynamodb/directory.ts';
import { createEventLog } from '../adapters/dynamodb/event-log.ts';
import { createFileStore, getItem } from '../adapters/dynamodb/file-store.ts';
import { createListings } from '../adapters/dynamodb/listing.ts';
import { createMetricReads } from '../adapters/dynamodb/metric-reads.ts';
import { createS3 } from '../adapters/s3/client.ts';
import { createIntakeBucket } from '../adapters/s3/intake-bucket.ts';
import { createSqs } from '../adapters/sqs/file-queues.ts';
import { createQueueAdmin } from '../adapters/sqs/queue-admin.ts';
import { envNames } from '../contract/env.ts';
import { sweepMinutes } from '../contract/queues.ts';
import { keys } from '../contract/table.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { createObserver } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';
import { operationRoutes } from './operations.ts';
import { auditSchemas } from './schemas/audit.ts';
import { authEnv, wireAuth } from './wire-auth.ts';

/** Two runs of the sweep and half of one more. */
const sweepOverdueSeconds = 2.5 * sweepMinutes * 60;

function wire() {
  const env = readEnv([...authEnv, envNames.intakeBucket, envNames.s3PathStyle, envNames.queues]);
  const limits = env.SLUICE_LIMITS;
  const db = createDb(env.TABLE_NAME);
  const directory = createDirectory(db);
  const s3 = createS3({ pathStyle: env.S3_PATH_STYLE });
  const events = createEventLog(db, storeSettings(limits));
  const queues = createQueueAdmin(createSqs(), env.QUEUES);
  const routes = operationRoutes({
    auth: wireAuth(db, env),
    auditing: { audit: createAuditSearch(db), now: clock.now, keepSeconds: limits.audit.keepSeconds },
    auditSchemas: auditSchemas(limits),
    concurrency: { store: createConcurrencyStore(db), limits, sweepOverdueSeconds, now: clock.now },
    clearing: {
      ...clock,
      store: { ...createFileStore(db, storeSettings(limits)), ...createListings(db) },
      directory,
      intake: createIntakeBucket({ bucket: env.INTAKE_BUCKET, s3, putting: s3 }),
      events,
    },
    reporting: {
      metrics: createMetricReads(db),
      queues,
      tenants: { tenantExists: async (tenantId) => (await getItem(db, keys.tenant(tenantId))) !== undefined },
      now: clock.now,
    },
    queueing: { ...clock, queues, events },
  });
  return httpFunction(createObserver('operations', env.SLUICE_STAGE), routes);
}

export const handler = wire();
