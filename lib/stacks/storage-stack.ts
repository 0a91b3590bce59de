import type { Construct } from 'constructs';
import { type PipelineQueueName, pipelineQueues } from '../../lambdas/contract/queues.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import { Lanes } from '../constructs/lanes.ts';
import { letCloudFrontRead, signedCookiesOf } from '../constructs/media-cookies.ts';
import { ObjectStorage } from '../constructs/object-storage.ts';
import { MetadataTable } from '../constructs/table.ts';
import { WorkerQueue } from '../constructs/worker-queue.ts';
import { SluiceStack } from './base.ts';

export type WorkerQueues = Readonly<Record<PipelineQueueName, WorkerQueue>>;

/** What holds state: table, buckets, queues. Every other stack depends on this one, and it on none. */
export class StorageStack extends SluiceStack {
  readonly table: MetadataTable;
  readonly storage: ObjectStorage;
  readonly queues: WorkerQueues;
  readonly lanes: Lanes;

  constructor(scope: Construct, config: EnvironmentConfig) {
    super(scope, 'storage', config, { description: 'Sluice: table, buckets and queues' });
    this.table = new MetadataTable(this, 'Metadata', config);
    this.queues = Object.fromEntries(
      (Object.keys(pipelineQueues) as PipelineQueueName[]).map((name) => [
        name,
        new WorkerQueue(this, name, config),
      ]),
    ) as WorkerQueues;
    this.lanes = new Lanes(this.queues);
    this.storage = new ObjectStorage(this, 'Objects', { config, intakeQueue: this.queues.intake.queue });
    if (signedCookiesOf(config)) letCloudFrontRead(this.storage);

    this.output('TableName', this.table.table.tableName, 'The one table');
    this.output('IntakeBucket', this.storage.intake.bucket.bucketName, 'Where uploads land');
    this.output('LibraryBucket', this.storage.library.bucket.bucketName, 'Inspected originals');
    this.output('DerivedBucket', this.storage.derived.bucket.bucketName, 'Renditions');
    this.output('AuditBucket', this.storage.audit.bucket.bucketName, 'Sealed audit records');
    for (const queue of Object.values(this.queues)) this.outputQueue(queue);
  }
}
