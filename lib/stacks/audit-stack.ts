import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/index.ts';
import { AuditTrail } from '../constructs/audit-trail.ts';
import { SluiceStack } from './base.ts';
import type { EventsStack } from './events-stack.ts';
import type { StorageStack } from './storage-stack.ts';

/** Who did what: the records, their seal and the alerts. */
export class AuditStack extends SluiceStack {
  readonly trail: AuditTrail;

  constructor(scope: Construct, config: EnvironmentConfig, storage: StorageStack, events: EventsStack) {
    super(scope, 'audit', config, { description: 'Sluice: audit, sealer and security alerts' });
    this.trail = new AuditTrail(this, 'Trail', {
      config,
      table: storage.table,
      storage: storage.storage,
      bus: events.bus,
    });

    this.outputQueue(this.trail.queue);
    this.output('SealFunctionName', this.trail.seal.lambda.functionName, 'Invoke it to seal at once');
    this.output('AuditKeyArn', this.trail.signingKey.key.keyArn, 'Signs the heads of the audit');
    this.output(
      'SecurityTopicArn',
      this.trail.securityTopic.topic.topicArn,
      'Subscribe to it who watches over security',
    );
  }
}
