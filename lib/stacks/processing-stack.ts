import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/index.ts';
import { ClamavScanner } from '../constructs/clamav-scanner.ts';
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
  /** Where the stage scans by clamav. */
  readonly clamav: ClamavScanner | undefined;
  readonly pipeline: Pipeline;
  readonly reconciliation: Reconciliation;

  constructor(
    scope: Construct,
    config: EnvironmentConfig,
    { storage, events, identity }: ProcessingStackProps,
  ) {
    super(scope, 'processing', config, { description: 'Sluice: workers and sweep' });
    this.clamav =
      config.scanner === 'clamav'
        ? new ClamavScanner(this, 'Clamav', {
            config,
            table: storage.table,
            storage: storage.storage,
            queues: storage.queues,
          })
        : undefined;
    this.pipeline = new Pipeline(this, 'Pipeline', {
      config,
      table: storage.table,
      storage: storage.storage,
      queues: storage.queues,
      bus: events.bus,
      ...(this.clamav && { scanQueue: this.clamav.queue }),
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
    if (this.clamav) {
      this.outputQueue(this.clamav.queue);
      this.output(
        'DefinitionsFunctionName',
        this.clamav.definitions.lambda.functionName,
        'Invoke it to look for new virus definitions at once',
      );
    }
  }
}
