import { createDb } from '../adapters/dynamodb/client.ts';
import { createFileStore } from '../adapters/dynamodb/file-store.ts';
import { createFolderStore } from '../adapters/dynamodb/folder-store.ts';
import { createJobStore } from '../adapters/dynamodb/job-store.ts';
import { createSqs, jobQueue } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { createObserver } from '../runtime/observe.ts';
import { jobStoreSettings, storeSettings } from '../runtime/settings.ts';
import { folderRoutes } from './folders.ts';
import { folderSchemas } from './schemas/folders.ts';
import { authEnv, wireAuth } from './wire-auth.ts';

function wire() {
  const env = readEnv([...authEnv, envNames.bulkQueue]);
  const limits = env.SLUICE_LIMITS;
  const db = createDb(env.TABLE_NAME);
  const routes = folderRoutes({
    ...clock,
    auth: wireAuth(db, env),
    folders: createFolderStore(db, storeSettings(limits)),
    files: createFileStore(db, storeSettings(limits)),
    jobs: createJobStore(db, jobStoreSettings(limits)),
    queue: jobQueue(createSqs(), env.BULK_QUEUE_URL),
    bounds: limits.jobs,
    names: limits.names,
    schemas: folderSchemas(limits),
  });
  return httpFunction(createObserver('folders', env.SLUICE_STAGE), routes);
}

export const handler = wire();
