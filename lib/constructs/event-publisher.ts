import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { sortKeyPrefix, tableKeys } from '../../lambdas/contract/table.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import type { DomainEventBus } from './event-bus.ts';
import { workerProfiles } from './function-profiles.ts';
import { acknowledge } from './nag.ts';
import { ServiceFunction } from './service-function.ts';
import type { MetadataTable } from './table.ts';

/** PutEvents takes 10 entries; a batch is a few of those. */
const batchSize = 50;
/** Batches of one shard at a time. Order holds per file, whose events share a partition key. */
const parallelBatches = 4;
/**
 * For runs that end without an answer (time, memory); halving the batch finds the record that does it. What a run
 * could not publish it leaves to the sweep and reports no failure, so that one bad record never holds the stream.
 */
const retryAttempts = 5;
const failureDays = 14;

/** Outbox to bus: the table's stream, filtered to new event items, published in the order of each file. */
export class EventPublisher extends Construct {
  readonly fn: ServiceFunction;
  readonly failures: Queue;

  constructor(
    scope: Construct,
    id: string,
    props: { config: EnvironmentConfig; table: MetadataTable; bus: DomainEventBus },
  ) {
    super(scope, id);
    this.fn = new ServiceFunction(this, 'Publish', {
      config: props.config,
      entry: 'workers/publish',
      ...workerProfiles.publish,
    })
      .bind(props.table, 'update', 'stream')
      .bind(props.bus, 'publish');

    this.failures = new Queue(this, 'Failures', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(failureDays),
    });
    acknowledge(
      this.failures,
      'AwsSolutions-SQS3',
      'This is the dead-letter queue, of a stream instead of a queue.',
    );
    this.fn.allow('KeepFailures', ['sqs:SendMessage'], [this.failures.queueArn]);
    new EventSourceMapping(this.fn, 'FromTable', {
      target: this.fn.lambda,
      eventSourceArn: props.table.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize,
      parallelizationFactor: parallelBatches,
      bisectBatchOnError: true,
      retryAttempts,
      // Not SqsDlq, which also grants to look at the queue.
      onFailure: { bind: () => ({ destination: this.failures.queueArn }) },
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { [tableKeys.sort]: { S: FilterRule.beginsWith(sortKeyPrefix.event) } } },
        }),
      ],
    });
  }
}
