import type { S3Client } from '@aws-sdk/client-s3';
import type { SearchIndex } from '../core/search/ports.ts';
import { createSegmentIndex, type SegmentIndexOptions } from '../core/search/segment-index.ts';
import type { Db } from './dynamodb/client.ts';
import { createOpenSearch, createOpenSearchIndex } from './opensearch/search-index.ts';
import { createSegmentObjects } from './search-segments/segment-objects.ts';
import { createSegmentStore } from './search-segments/segment-store.ts';

interface SearchIndexOptions extends Omit<SegmentIndexOptions, 'store'> {
  readonly db: Db;
  readonly s3: S3Client;
  readonly newId: () => string;
  readonly derivedBucket: string;
  /** Of the stage's OpenSearch collection, where it has one. */
  readonly openSearchEndpoint: string | undefined;
}

/** The index that the stage is configured for: the same one for who writes it and who asks it. */
export function createSearchIndex(options: SearchIndexOptions): SearchIndex {
  const { db, s3, derivedBucket, openSearchEndpoint, now, newId } = options;
  if (openSearchEndpoint !== undefined) return createOpenSearchIndex(createOpenSearch(openSearchEndpoint));
  const objects = createSegmentObjects(s3, derivedBucket);
  return createSegmentIndex({ ...options, store: createSegmentStore({ now, newId, db, objects }) });
}
