import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { type EventType, eventSource } from '../../lambdas/contract/events.ts';
import type { EventQueueName } from '../../lambdas/contract/queues.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import type { DomainEventBus } from './event-bus.ts';
import type { ServiceFunction } from './service-function.ts';
import { WorkerQueue } from './worker-queue.ts';

/**
 * One consumer of the bus: a rule that takes events of Sluice (all, or those of `types`), a queue of its own behind it, so that a consumer
 * that fails holds up nobody else, and the function that drains the queue. What EventBridge cannot deliver within a
 * day goes to the queue's dead letters in the same shape as what the consumer could not take.
 */
export class EventConsumer extends Construct {
  readonly queue: WorkerQueue;

  constructor(
    scope: Construct,
    id: string,
    props: {
      config: EnvironmentConfig;
      bus: DomainEventBus;
      queue: EventQueueName;
      types?: readonly EventType[];
      fn: ServiceFunction;
    },
  ) {
    super(scope, id);
    this.queue = new WorkerQueue(this, props.queue, props.config);
    new Rule(this, 'Rule', {
      description: `Events to the queue ${props.queue}`,
      eventBus: props.bus.bus,
      eventPattern: { source: [eventSource], ...(props.types && { detailType: [...props.types] }) },
      targets: [new SqsQueue(this.queue.queue, { deadLetterQueue: this.queue.deadLetters })],
    });
    this.queue.deliverTo(props.fn, Duration.seconds(props.config.eventBatchSeconds));
  }
}
