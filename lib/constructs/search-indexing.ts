import { Construct } from 'constructs';
import { envNames } from '../../lambdas/contract/env.ts';
import { indexedEventTypes } from '../../lambdas/contract/events.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import type { DomainEventBus } from './event-bus.ts';
import { EventConsumer } from './event-consumer.ts';
import { workerProfiles } from './function-profiles.ts';
import type { ObjectStorage } from './object-storage.ts';
import type { SearchCollection } from './search-collection.ts';
import { ServiceFunction } from './service-function.ts';
import type { MetadataTable } from './table.ts';

/** What keeps the search index up with the files: a consumer of the bus. */
export class SearchIndexing extends Construct {
  readonly worker: ServiceFunction;
  readonly consumer: EventConsumer;

  constructor(
    scope: Construct,
    id: string,
    props: {
      config: EnvironmentConfig;
      table: MetadataTable;
      storage: ObjectStorage;
      bus: DomainEventBus;
      /** Absent: the index is segments in the derived bucket. */
      collection?: SearchCollection;
    },
  ) {
    super(scope, id);
    const { config, table, storage, bus } = props;
    const segments = props.collection ? [] : (['readSegments', 'writeSegments', 'deleteSegments'] as const);
    this.worker = new ServiceFunction(this, 'Index', {
      config,
      entry: 'workers/index',
      ...workerProfiles.index,
    })
      .bind(table, 'get', 'getMany', 'update')
      .bind(storage.derived, 'readTexts', ...segments)
      .env(envNames.s3PathStyle, String(config.s3PathStyle));
    if (props.collection) this.worker.bind(props.collection, 'index');
    this.consumer = new EventConsumer(this, 'Events', {
      config,
      bus,
      queue: 'indexing',
      types: indexedEventTypes,
      fn: this.worker,
    });
  }
}
