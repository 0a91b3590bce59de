import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/index.ts';
import { Pipeline } from '../constructs/pipeline.ts';
import { Reconciliation } from '../constructs/reconciliation.ts';
import { SluiceStack } from './base.ts';
import type { EventsStack } from './events-stack.ts';
import type { IdentityStack } from './identity-stack.ts';
import type { StorageStack } from './storage-stack.ts';

export interface ProcessingStackProps {
  readonly storage: StorageStack;
  readonly events: EventsStack;
  /** Absent with another issuer than Cognito. */
  readonly identity: IdentityStack | undefined;
}

/** The workers behind the queues, and the sweep. */
export class ProcessingStack extends SluiceStack {
  readonly pipeline: Pipeline;
  readonly reconciliation: Reconciliation;

  constructor(
    scope: Construct,
    config: EnvironmentConfig,
    { storage, events, identity }: ProcessingStackProps,
  ) {
    super(scope, 'processing', config, { description: 'Sluice: workers and sweep' });
    this.pipeline = new Pipeline(this, 'Pipeline', {
      config,
      table: storage.table,
      storage: storage.storage,
      queues: storage.queues,
      bus: events.bus,
      ...(identity && { directory: identity.directory }),
    });
    this.reconciliation = new Reconciliation(this, 'Reconciliation', {
      config,
      table: storage.table,
      bulk: storage.queues.bulk,
    });

    this.output(
      'SweepFunctionName',
      this.pipeline.workers.sweep.lambda.functionName,
      'Invoke it to sweep at once',
    );
  }
}
