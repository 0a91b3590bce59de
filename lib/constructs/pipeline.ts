import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { envNames } from '../../lambdas/contract/env.ts';
import {
  inspectLanes,
  type PipelineQueueName,
  pipelineQueues,
  processingLanes,
  sweepMinutes,
} from '../../lambdas/contract/queues.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import type { DomainEventBus } from './event-bus.ts';
import { workerProfiles } from './function-profiles.ts';
import { type Lanes, type ScanLanes, workOn } from './lanes.ts';
import { acknowledge } from './nag.ts';
import type { ObjectStorage } from './object-storage.ts';
import { ServiceFunction } from './service-function.ts';
import type { SharpLayer } from './sharp-layer.ts';
import { SignerRole } from './signer-role.ts';
import type { MetadataTable } from './table.ts';
import type { TranscodeWorkflow } from './transcode-workflow.ts';
import type { UserDirectory } from './user-directory.ts';
import type { WorkerQueue } from './worker-queue.ts';

export interface PipelineProps {
  readonly config: EnvironmentConfig;
  readonly table: MetadataTable;
  readonly storage: ObjectStorage;
  readonly queues: Readonly<Record<PipelineQueueName, WorkerQueue>>;
  readonly lanes: Lanes;
  readonly bus: DomainEventBus;
  readonly sharp: SharpLayer;
  readonly transcodes: TranscodeWorkflow;
  /** Of the scanner that is a worker of Sluice's own. */
  readonly scanLanes?: ScanLanes;
  /** Absent with another issuer than Cognito. */
  readonly directory?: UserDirectory;
}

export type PipelineWorker =
  | 'dispatch'
  | 'inspect'
  | 'images'
  | 'documents'
  | 'videos'
  | 'other'
  | 'complete'
  | 'bulk'
  | 'purge'
  | 'sweep';

/** Those that come in pairs are worked on together. */
const singleQueues = [
  'intake',
  'completion',
  'bulk',
  'purge',
] as const satisfies readonly PipelineQueueName[];

/**
 * A job, or a large copy, asks for its own next slice: it ends by its attempts, or with its last part. A lane puts off what is
 * beyond a tenant's share: that ends when the tenant's other files are done.
 */
const sendsToItself = (name: PipelineWorker): boolean =>
  name === 'bulk' || name === 'inspect' || name in processingLanes;

/** From the bytes' landing to the renditions (DESIGN 2), and the sweep that finishes what a crash left. */
export class Pipeline extends Construct {
  readonly workers: Readonly<Record<PipelineWorker, ServiceFunction>>;

  constructor(scope: Construct, id: string, props: PipelineProps) {
    super(scope, id);
    const { table, storage, queues, lanes, config } = props;
    const s3PathStyle = String(config.s3PathStyle);

    const dispatch = this.worker('dispatch', config)
      .bind(table, 'get', 'put', 'update')
      .bind(lanes, 'inspect')
      .bind(storage.intake, 'listVersions', 'deleteVersions');

    // Its matcher runs where files are inspected, also when what is stored is scanned again.
    const scansHere = config.scanner === 'local-signatures' ? (['readVersions'] as const) : [];
    const inspect = this.worker('inspect', config)
      .bind(table, 'get', 'getMany', 'query', 'transact')
      .bind(storage.intake, 'readVersions', 'seeMissing', 'deleteVersions')
      .bind(
        storage.library,
        ...scansHere,
        'writeObjects',
        'listParts',
        'abortUploads',
        'listVersions',
        'deleteVersions',
      )
      .bind(lanes, 'send', 'inspect')
      .bind(queues.purge, 'send')
      .env(envNames.scanner, config.scanner);
    if (props.scanLanes) inspect.bind(props.scanLanes, 'send');
    if (config.blockedSha256) inspect.env(envNames.blockedHashes, config.blockedSha256.join(','));
    if (config.objectLock) inspect.bind(storage.library, 'retainVersions', 'holdVersions');

    if (config.scanner === 'guardduty') {
      inspect.allow('AskGuardDuty', ['guardduty:SendObjectMalwareScan'], ['*']);
      acknowledge(
        inspect.role,
        'AwsSolutions-IAM5[Resource::*]',
        'SendObjectMalwareScan knows no resources: it scans, by the role of its plan, objects of buckets that have one.',
      );
    }

    const [images, documents, other] = (['images', 'documents', 'other'] as const).map((name) =>
      this.worker(name, config, name === 'other' ? [] : [props.sharp])
        .bind(table, 'get', 'put', 'laneSlots')
        .bind(storage.library, 'readVersions')
        .bind(storage.derived, 'writeObjects', 'deleteObjects'),
    ) as [ServiceFunction, ServiceFunction, ServiceFunction];

    const videos = this.worker('videos', config)
      .bind(table, 'get', 'put', 'update', 'laneSlots')
      .bind(props.transcodes, 'start', 'see');

    const complete = this.worker('complete', config)
      .bind(table, 'get', 'update')
      .bind(storage.intake, 'listParts');
    complete.bind(SignerRole.forUploads(complete, storage), 'assume');

    const bulk = this.worker('bulk', config)
      .bind(table, 'get', 'getMany', 'query', 'transact', 'writeMany', 'byOwner', 'byFolder', 'byStatus')
      .bind(queues.bulk, 'send')
      .bind(queues.purge, 'send')
      .bind(lanes, 'send', 'inspect')
      .bind(storage.library, 'listUploads', 'abortUploads', 'listVersions', 'deleteVersions')
      .bind(storage.intake, 'listUploads', 'abortUploads', 'listVersions', 'deleteVersions')
      .bind(storage.derived, 'listObjects', 'deleteObjects')
      .bind(storage.tenantKeys, 'retire');
    // Of a tenant that is erased.
    if (props.directory) bulk.bind(props.directory, 'removeAccounts');

    const purge = this.worker('purge', config)
      .bind(table, 'get', 'query', 'update', 'delete')
      .bind(storage.library, 'listVersions', 'deleteVersions', 'tagVersions')
      .bind(storage.intake, 'listVersions', 'deleteVersions')
      .bind(storage.derived, 'listObjects', 'deleteObjects');

    const sweep = this.worker('sweep', config)
      .bind(table, 'get', 'getMany', 'transact', 'byDue')
      .bind(storage.intake, 'listParts', 'listUploads', 'abortUploads', 'listVersions', 'deleteVersions')
      .bind(lanes, 'send', 'inspect')
      .bind(queues.bulk, 'send')
      .bind(queues.purge, 'send')
      .bind(queues.completion, 'send')
      .bind(props.bus, 'publish');
    this.schedule(sweep);

    this.workers = { dispatch, inspect, images, documents, videos, other, complete, bulk, purge, sweep };
    if (config.objectLock) {
      for (const worker of [inspect, bulk, purge]) worker.env(envNames.objectLock, config.objectLock);
    }
    for (const worker of Object.values(this.workers)) worker.env(envNames.s3PathStyle, s3PathStyle);
    for (const [name, lanes] of Object.entries({ inspect: inspectLanes, ...processingLanes })) {
      workOn(
        this.workers[name as PipelineWorker],
        lanes.map((lane) => queues[lane]),
      );
    }
    for (const name of singleQueues) queues[name].deliverTo(this.workers[pipelineQueues[name].consumer]);
  }

  private worker(
    name: PipelineWorker,
    config: EnvironmentConfig,
    layers: SharpLayer[] = [],
  ): ServiceFunction {
    return new ServiceFunction(this, name.charAt(0).toUpperCase() + name.slice(1), {
      config,
      entry: `workers/${name}`,
      layers,
      ...workerProfiles[name],
      ...(name === 'sweep' && config.reserveSweep && { reservedConcurrency: 1 }),
      sendsToItself: sendsToItself(name),
    });
  }

  private schedule(sweep: ServiceFunction): void {
    new Rule(this, 'SweepSchedule', {
      description: 'Runs the sweep',
      schedule: Schedule.rate(Duration.minutes(sweepMinutes)),
      // The next run does what a failed one left: nothing is retried, nothing queues up.
      targets: [
        new LambdaFunction(sweep.lambda, { retryAttempts: 0, maxEventAge: Duration.minutes(sweepMinutes) }),
      ],
    });
    sweep.lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(sweepMinutes) });
  }
}
