import type { Construct } from 'constructs';
import { talliedEventTypes } from '../../lambdas/contract/events.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import { DomainEventBus } from '../constructs/event-bus.ts';
import { EventConsumer } from '../constructs/event-consumer.ts';
import { EventPublisher } from '../constructs/event-publisher.ts';
import { workerProfiles } from '../constructs/function-profiles.ts';
import { ServiceFunction } from '../constructs/service-function.ts';
import { SluiceStack } from './base.ts';
import type { StorageStack } from './storage-stack.ts';

/** The event bus, the publisher that carries the table's outbox to it, and what counts the events. */
export class EventsStack extends SluiceStack {
  readonly bus: DomainEventBus;
  readonly publisher: EventPublisher;
  readonly tally: EventConsumer;
  readonly tallyWorker: ServiceFunction;

  constructor(scope: Construct, config: EnvironmentConfig, storage: StorageStack) {
    super(scope, 'events', config, { description: 'Sluice: event bus and outbox' });
    this.bus = new DomainEventBus(this, 'Events');
    this.publisher = new EventPublisher(this, 'Outbox', { config, table: storage.table, bus: this.bus });

    this.tallyWorker = new ServiceFunction(this, 'TallyWorker', {
      config,
      entry: 'workers/tally',
      ...workerProfiles.tally,
    }).bind(storage.table, 'getMany', 'query', 'transact');
    this.tally = new EventConsumer(this, 'Tally', {
      config,
      bus: this.bus,
      queue: 'tally',
      types: talliedEventTypes,
      fn: this.tallyWorker,
    });

    this.outputQueue(this.tally.queue);
    this.output('EventBusName', this.bus.bus.eventBusName, 'Bus of all file events');
    this.output('PublishDlqUrl', this.publisher.failures.queueUrl, 'Stream batches that were not published');
  }
}
