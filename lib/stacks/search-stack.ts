import type { Construct } from 'constructs';
import type { EnvironmentConfig, OpenSearchOptions } from '../config/index.ts';
import { SearchCollection } from '../constructs/search-collection.ts';
import { SluiceStack } from './base.ts';

/** Search by OpenSearch Serverless. A stack of its own: most stages do without, and the local engine has none. */
export class SearchStack extends SluiceStack {
  readonly collection: SearchCollection;

  constructor(scope: Construct, config: EnvironmentConfig, options: OpenSearchOptions) {
    super(scope, 'search', config, { description: 'Sluice: search by OpenSearch Serverless' });
    this.collection = new SearchCollection(this, 'Search', { config, options });
    this.output(
      'SearchEndpoint',
      this.collection.collection.attrCollectionEndpoint,
      'Where the collection is',
    );
  }
}
