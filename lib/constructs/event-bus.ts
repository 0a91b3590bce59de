import { EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { envNames } from '../../lambdas/contract/env.ts';
import type { Bindable, ServiceFunction } from './service-function.ts';

/** The bus that every event of DESIGN 7 goes through. */
export class DomainEventBus extends Construct implements Bindable<'publish'> {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', { description: 'Sluice: what happens to files' });
  }

  bindTo(fn: ServiceFunction, access: readonly 'publish'[]): void {
    if (access.length === 0) return;
    fn.env(envNames.eventBus, this.bus.eventBusName);
    fn.allow('PublishEvents', ['events:PutEvents'], [this.bus.eventBusArn]);
  }
}
