import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type EnvName, envNames } from '../../lambdas/contract/env.ts';
import {
  type LaneQueueName,
  type PipelineQueueName,
  type QueueName,
  type QueueSpec,
  queues,
  visibilityPerTimeout,
} from '../../lambdas/contract/queues.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import { workerProfiles } from './function-profiles.ts';
import type { Bindable, ServiceFunction } from './service-function.ts';

/**
 * Of the queues that functions send to one by one; only the bus feeds the others of events, and lanes come in pairs
 * (lanes.ts).
 */
const queueEnv: Record<Exclude<PipelineQueueName, LaneQueueName> | 'indexing', EnvName> = {
  intake: envNames.intakeQueue,
  completion: envNames.completionQueue,
  bulk: envNames.bulkQueue,
  purge: envNames.purgeQueue,
  indexing: envNames.indexingQueue,
};

/** A message that has failed this long is kept for a person: the longest that SQS offers. */
const deadLetterDays = 14;
const messageDays = 4;

/** One queue of contract/queues.ts with its own dead-letter queue; TLS only, encrypted at rest. */
export class WorkerQueue extends Construct implements Bindable<'send'> {
  readonly name: QueueName;
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly spec: QueueSpec;
  private readonly batchSize: number;

  constructor(scope: Construct, name: QueueName, config: EnvironmentConfig) {
    super(scope, `${name.charAt(0).toUpperCase()}${name.slice(1)}Queue`);
    this.name = name;
    this.spec = queues[name];
    this.batchSize = config.batchSizes?.[name] ?? this.spec.batchSize;
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(deadLetterDays),
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(messageDays),
      visibilityTimeout: Duration.seconds(
        visibilityPerTimeout * workerProfiles[this.spec.consumer].timeoutSeconds,
      ),
      // The consumer gives up at its last receive, which it knows from the same limit.
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: config.limits.pipeline.maxReceives },
    });
  }

  bindTo(fn: ServiceFunction, access: readonly 'send'[]): void {
    if (access.length === 0) return;
    if (!isFedByFunctions(this.name)) throw new Error(`No function sends to queue ${this.name} alone.`);
    fn.env(queueEnv[this.name], this.queue.queueUrl);
    fn.allow(`Send${this.node.id}`, ['sqs:SendMessage'], [this.queue.queueArn]);
  }

  /**
   * Makes `fn` the consumer: a failed message comes back alone (partial batch response). With `batchWindow` Lambda
   * waits that long for a batch to fill.
   */
  deliverTo(fn: ServiceFunction, batchWindow?: Duration): void {
    fn.allow(
      `Receive${this.node.id}`,
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      [this.queue.queueArn],
    );
    new EventSourceMapping(fn, `From${this.node.id}`, {
      target: fn.lambda,
      eventSourceArn: this.queue.queueArn,
      batchSize: this.batchSize,
      maxConcurrency: this.spec.maxConcurrency,
      reportBatchItemFailures: true,
      ...(batchWindow && { maxBatchingWindow: batchWindow }),
    });
  }
}

const isFedByFunctions = (name: QueueName): name is keyof typeof queueEnv => name in queueEnv;
