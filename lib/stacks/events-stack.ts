import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/index.ts';
import { DomainEventBus } from '../constructs/event-bus.ts';
import { EventPublisher } from '../constructs/event-publisher.ts';
import { SluiceStack } from './base.ts';
import type { StorageStack } from './storage-stack.ts';

/** The event bus, and the publisher that carries the table's outbox to it. */
export class EventsStack extends SluiceStack {
  readonly bus: DomainEventBus;
  readonly publisher: EventPublisher;

  constructor(scope: Construct, config: EnvironmentConfig, storage: StorageStack) {
    super(scope, 'events', config, { description: 'Sluice: event bus and outbox' });
    this.bus = new DomainEventBus(this, 'Events');
    this.publisher = new EventPublisher(this, 'Outbox', { config, table: storage.table, bus: this.bus });

    this.output('EventBusName', this.bus.bus.eventBusName, 'Bus of all file events');
    this.output('PublishDlqUrl', this.publisher.failures.queueUrl, 'Stream batches that were not published');
  }
}
