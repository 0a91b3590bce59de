import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import middy from '@middy/core';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { createDb } from '../adapters/dynamodb/client.ts';
import { markPublished } from '../adapters/dynamodb/sweep-store.ts';
import { createEventBus } from '../adapters/eventbridge/event-bus.ts';
import { envNames } from '../contract/env.ts';
import { eventSchema } from '../contract/events.ts';
import { metricNames } from '../contract/metrics.ts';
import { sortKeyPrefix } from '../contract/table.ts';
import type { DomainEvent } from '../core/files/event.ts';
import { readEnv } from '../runtime/env.ts';
import { createObserver } from '../runtime/observe.ts';
import { publishMetrics } from '../runtime/publish-metrics.ts';
import { publishEvents } from './publish.ts';

function wire() {
  const env = readEnv([envNames.stage, envNames.table, envNames.eventBus]);
  const { logger, metrics } = createObserver('publish', env.SLUICE_STAGE);
  const db = createDb(env.TABLE_NAME);
  const bus = createEventBus(env.EVENT_BUS_NAME);
  return middy<DynamoDBStreamEvent, void>()
    .use(injectLambdaContext(logger, { clearState: true }))
    .use(publishMetrics(metrics))
    .handler(async (stream: DynamoDBStreamEvent): Promise<void> => {
      const events = stream.Records.flatMap(({ eventName, dynamodb }) => {
        const image = dynamodb?.NewImage;
        if (eventName !== 'INSERT' || !image?.sk?.S?.startsWith(sortKeyPrefix.event)) return [];
        const parsed = eventSchema.safeParse(unmarshall(image as Parameters<typeof unmarshall>[0]));
        if (!parsed.success) logger.error('not an event', { sk: image.sk.S, error: parsed.error });
        return parsed.success ? [parsed.data as DomainEvent] : [];
      });
      const failed = await publishEvents(
        { bus, markPublished: (event) => markPublished(db, event), logger },
        events,
      );
      metrics.addMetric(metricNames.eventsPublished, 'Count', events.length - failed);
      metrics.addMetric(metricNames.eventsPublishFailed, 'Count', failed);
      // What failed stays in the table as due: the sweep publishes it. A poison record must not stop the shard.
    });
}

export const handler = wire();
