import { createDb } from '../adapters/dynamodb/client.ts';
import { createQuotaWatch } from '../adapters/dynamodb/quota-watch.ts';
import { createTallyStore } from '../adapters/dynamodb/tally-store.ts';
import { createSqs } from '../adapters/sqs/file-queues.ts';
import { envNames } from '../contract/env.ts';
import { deliveredEvent } from '../contract/events.ts';
import type { DomainEvent } from '../core/files/event.ts';
import { tally } from '../core/metrics/tally.ts';
import { clock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { storeSettings } from '../runtime/settings.ts';
import { sqsBatchWorker } from '../runtime/sqs-batch-worker.ts';

function wire() {
  const env = readEnv([envNames.stage, envNames.limits, envNames.table]);
  const limits = env.SLUICE_LIMITS;
  const db = createDb(env.TABLE_NAME);
  const settings = storeSettings(limits);
  const deps = {
    ...clock,
    store: createTallyStore(db, { ...settings, now: clock.now }),
    quotas: createQuotaWatch(db, settings),
    limits,
  };
  return sqsBatchWorker({
    observer: createObserver('tally', env.SLUICE_STAGE),
    sqs: createSqs(),
    schema: deliveredEvent,
    retry: limits.pipeline,
    handle: async (messages) => {
      // One bus delivers from one region.
      const region = messages[0]?.region ?? '';
      await tally(
        { ...deps, region },
        messages.map(({ detail }) => detail as DomainEvent),
      );
    },
  });
}

export const handler = wire();
