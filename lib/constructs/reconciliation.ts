import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/index.ts';
import { workerProfiles } from './function-profiles.ts';
import { ServiceFunction } from './service-function.ts';
import type { MetadataTable } from './table.ts';
import type { WorkerQueue } from './worker-queue.ts';

/** Once a day, in the quiet hours of most: counting costs about one read unit a file. */
const dailyAtUtc = { hour: '3', minute: '20' };

/** Starts the daily job of every tenant that proves its counters against the stored items. */
export class Reconciliation extends Construct {
  readonly fn: ServiceFunction;

  constructor(
    scope: Construct,
    id: string,
    props: { config: EnvironmentConfig; table: MetadataTable; bulk: WorkerQueue },
  ) {
    super(scope, id);
    this.fn = new ServiceFunction(this, 'Reconcile', {
      config: props.config,
      entry: 'workers/reconcile',
      ...workerProfiles.reconcile,
    })
      .bind(props.table, 'getMany', 'byOwner', 'put')
      .bind(props.bulk, 'send');
    new Rule(this, 'Daily', {
      description: 'Starts the reconciliation of every tenant',
      schedule: Schedule.cron(dailyAtUtc),
      // A run that ended half way would start jobs a second time; what it missed comes tomorrow.
      targets: [new LambdaFunction(this.fn.lambda, { retryAttempts: 0, maxEventAge: Duration.hours(1) })],
    });
    this.fn.lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.hours(1) });
  }
}
