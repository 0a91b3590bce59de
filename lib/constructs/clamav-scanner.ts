import { Duration, Size } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { definitionsLookMinutes, publicDefinitions } from '../../lambdas/contract/definitions.ts';
import { envNames } from '../../lambdas/contract/env.ts';
import { scanLanes } from '../../lambdas/contract/queues.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import { ClamavLayer } from './clamav-layer.ts';
import { DefinitionsBucket } from './definitions-bucket.ts';
import { workerProfiles } from './function-profiles.ts';
import { type Lanes, ScanLanes, workOn } from './lanes.ts';
import type { ObjectStorage } from './object-storage.ts';
import { ServiceFunction } from './service-function.ts';
import type { MetadataTable } from './table.ts';
import { WorkerQueue } from './worker-queue.ts';

/**
 * Room of the worker: the object (2 GiB), what clamscan unpacks of it (4 GiB) and definitions twice, at their change. As
 * much as Lambda offers.
 */
const scanDisk = Size.mebibytes(10_240);
/** Of the updater: the published definitions, and what differences make of them. */
const definitionsDisk = Size.mebibytes(2_048);

export interface ClamavScannerProps {
  readonly config: EnvironmentConfig;
  readonly table: MetadataTable;
  readonly storage: ObjectStorage;
  readonly queues: Readonly<Record<'purge' | 'bulk', WorkerQueue>>;
  readonly lanes: Lanes;
}

/** Malware scans by clamscan in a function of its own, and the function that keeps its definitions fresh. */
export class ClamavScanner extends Construct {
  readonly lanes: ScanLanes;
  readonly scan: ServiceFunction;
  readonly definitions: ServiceFunction;

  constructor(scope: Construct, id: string, props: ClamavScannerProps) {
    super(scope, id);
    const { config, table, storage, queues } = props;
    const bucket = new DefinitionsBucket(this, 'DefinitionsBucket', {
      config,
      accessLogs: storage.accessLogs,
    });
    // The local engine's functions find the programs where the person installed them: in PATH.
    const layers = config.stage === 'local' ? [] : [new ClamavLayer(this, 'Layer')];
    const worker = (name: 'scan' | 'definitions', ephemeralStorage: Size): ServiceFunction =>
      this.worker(name, config, layers, ephemeralStorage);

    const [normal, urgent] = scanLanes;
    this.lanes = new ScanLanes([
      new WorkerQueue(this, normal, config),
      new WorkerQueue(this, urgent, config),
    ]);
    this.scan = worker('scan', scanDisk)
      .bind(table, 'get', 'query', 'put', 'update', 'delete', 'transact')
      .bind(storage.intake, 'readVersions', 'seeMissing')
      .bind(storage.library, 'readVersions', 'seeMissing')
      .bind(bucket, 'read')
      .bind(props.lanes, 'send', 'inspect')
      .bind(queues.purge, 'send');
    workOn(this.scan, this.lanes.queues);

    this.definitions = worker('definitions', definitionsDisk)
      .bind(table, 'getMany', 'byOwner', 'put')
      .bind(bucket, 'read', 'write')
      .bind(queues.bulk, 'send')
      .env(envNames.definitionsSource, JSON.stringify(config.definitions ?? publicDefinitions));
    const look = Duration.minutes(definitionsLookMinutes);
    new Rule(this, 'Schedule', {
      description: 'Looks whether it is time for new virus definitions',
      schedule: Schedule.rate(look),
      // The next run does what a failed one left.
      targets: [new LambdaFunction(this.definitions.lambda, { retryAttempts: 0, maxEventAge: look })],
    });
    this.definitions.lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: look });
  }

  private worker(
    name: 'scan' | 'definitions',
    config: EnvironmentConfig,
    layers: readonly ILayerVersion[],
    ephemeralStorage: Size,
  ): ServiceFunction {
    return new ServiceFunction(this, name.charAt(0).toUpperCase() + name.slice(1), {
      ...{ config, layers, ephemeralStorage },
      entry: `workers/${name}`,
      // It puts off what is beyond a tenant's share.
      ...(name === 'scan' && { sendsToItself: true }),
      ...workerProfiles[name],
    }).env(envNames.s3PathStyle, String(config.s3PathStyle));
  }
}
