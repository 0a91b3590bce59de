import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/index.ts';
import { Pipeline } from '../constructs/pipeline.ts';
import { SluiceStack } from './base.ts';
import type { EventsStack } from './events-stack.ts';
import type { StorageStack } from './storage-stack.ts';

/** The workers behind the queues, and the sweep. */
export class ProcessingStack extends SluiceStack {
  readonly pipeline: Pipeline;

  constructor(scope: Construct, config: EnvironmentConfig, storage: StorageStack, events: EventsStack) {
    super(scope, 'processing', config, { description: 'Sluice: workers and sweep' });
    this.pipeline = new Pipeline(this, 'Pipeline', {
      config,
      table: storage.table,
      storage: storage.storage,
      queues: storage.queues,
      bus: events.bus,
    });

    this.output(
      'SweepFunctionName',
      this.pipeline.workers.sweep.lambda.functionName,
      'Invoke it to sweep at once',
    );
  }
}
