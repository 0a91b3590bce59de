import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { envNames } from '../../lambdas/contract/env.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import type { DomainEventBus } from './event-bus.ts';
import { EventConsumer } from './event-consumer.ts';
import { workerProfiles } from './function-profiles.ts';
import type { ObjectStorage } from './object-storage.ts';
import { type Bindable, ServiceFunction } from './service-function.ts';
import type { MetadataTable } from './table.ts';
import type { WorkerQueue } from './worker-queue.ts';

export interface AuditTrailProps {
  readonly config: EnvironmentConfig;
  readonly table: MetadataTable;
  readonly storage: ObjectStorage;
  readonly bus: DomainEventBus;
}

/** What is not sealed yet is what one minute recorded, and the minute that is under way. */
const sealMinutes = 1;

/**
 * Every event of the bus becomes an audit record with its risk; every minute the sealer links the new ones of each
 * tenant into its hash chain, signs the head and writes them to the audit bucket (DESIGN 7).
 */
export class AuditTrail extends Construct {
  readonly queue: WorkerQueue;
  readonly audit: ServiceFunction;
  readonly seal: ServiceFunction;
  readonly signingKey: SigningKey;
  readonly securityTopic: SecurityTopic;

  constructor(scope: Construct, id: string, { config, table, storage, bus }: AuditTrailProps) {
    super(scope, id);
    this.signingKey = new SigningKey(this, 'Heads', config);
    this.securityTopic = new SecurityTopic(this, 'Security', config);

    this.audit = new ServiceFunction(this, 'Audit', {
      config,
      entry: 'workers/audit',
      ...workerProfiles.audit,
    })
      .bind(table, 'get', 'put', 'update', 'auditRecords')
      .bind(this.securityTopic, 'publish');
    this.queue = new EventConsumer(this, 'Events', { config, bus, queue: 'audit', fn: this.audit }).queue;

    this.seal = new ServiceFunction(this, 'Seal', { config, entry: 'workers/seal', ...workerProfiles.seal })
      .bind(table, 'get', 'getMany', 'put', 'update', 'byDue', 'auditRecords')
      .bind(storage.audit, 'putObjects')
      .bind(this.signingKey, 'sign')
      .env(envNames.s3PathStyle, String(config.s3PathStyle));
    const maxEventAge = Duration.minutes(sealMinutes);
    new Rule(this, 'SealSchedule', {
      description: 'Runs the sealer',
      schedule: Schedule.rate(Duration.minutes(sealMinutes)),
      // The next run does what a failed one left.
      targets: [new LambdaFunction(this.seal.lambda, { retryAttempts: 0, maxEventAge })],
    });
    this.seal.lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge });
  }
}

/**
 * Signs the heads of the hash chains. It outlives a stable stage: who keeps sealed records needs its public half, which
 * KMS gives out only as long as the key exists. Keys of this kind are not rotated; each head names the one it has.
 */
export class SigningKey extends Construct implements Bindable<'sign'> {
  readonly key: Key;

  constructor(scope: Construct, id: string, config: EnvironmentConfig) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: `Sluice ${config.stage}: signs the audit`,
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: config.stable ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }

  bindTo(fn: ServiceFunction, access: readonly 'sign'[]): void {
    if (access.length === 0) return;
    fn.env(envNames.auditKey, this.key.keyArn);
    fn.allow('SignHeads', ['kms:Sign'], [this.key.keyArn]);
  }
}

/** Security alerts, apart from the operators' alarms: they are for other people, and tell of tenants and users. */
export class SecurityTopic extends Construct implements Bindable<'publish'> {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, config: EnvironmentConfig) {
    super(scope, id);
    this.topic = new Topic(this, 'Alerts', {
      displayName: `Sluice ${config.stage}: security`,
      enforceSSL: true,
    });
    const email = config.observability?.securityEmail;
    if (email) this.topic.addSubscription(new EmailSubscription(email));
  }

  bindTo(fn: ServiceFunction, access: readonly 'publish'[]): void {
    if (access.length === 0) return;
    fn.env(envNames.securityTopic, this.topic.topicArn);
    fn.allow('PublishSecurityAlerts', ['sns:Publish'], [this.topic.topicArn]);
  }
}
