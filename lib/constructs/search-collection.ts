import { Stack } from 'aws-cdk-lib';
import {
  CfnAccessPolicy,
  CfnCollection,
  CfnCollectionGroup,
  CfnSecurityPolicy,
} from 'aws-cdk-lib/aws-opensearchserverless';
import { Construct } from 'constructs';
import { envNames } from '../../lambdas/contract/env.ts';
import { searchIndexName } from '../../lambdas/contract/search-mapping.ts';
import type { EnvironmentConfig, OpenSearchOptions } from '../config/index.ts';
import type { Bindable, ServiceFunction } from './service-function.ts';

export type SearchCollectionAccess = 'search' | 'index';

/** What the API of the data takes. Who indexes reads as well: it finds what is left of an erased tenant. */
const permissions: Record<SearchCollectionAccess, readonly string[]> = {
  search: ['aoss:ReadDocument', 'aoss:DescribeIndex'],
  index: ['aoss:CreateIndex', 'aoss:DescribeIndex', 'aoss:ReadDocument', 'aoss:WriteDocument'],
};

/**
 * A serverless collection of OpenSearch for the files of all tenants of the stage, in a group of its own so that its
 * capacity has bounds. Its address is public and answers to nobody whose signature the policies below do not name.
 */
export class SearchCollection extends Construct implements Bindable<SearchCollectionAccess> {
  readonly collection: CfnCollection;
  private readonly collectionName: string;

  constructor(
    scope: Construct,
    id: string,
    { config, options }: { config: EnvironmentConfig; options: OpenSearchOptions },
  ) {
    super(scope, id);
    // 28 characters at most; a collection's policies find it by this name, so it must be known before it is.
    this.collectionName = `sluice-${config.stage}`;
    const group = new CfnCollectionGroup(this, 'Group', {
      name: this.collectionName,
      generation: 'NEXTGEN',
      standbyReplicas: 'ENABLED',
      capacityLimits: {
        minSearchCapacityInOcu: options.minSearchOcu,
        maxSearchCapacityInOcu: options.maxSearchOcu,
        minIndexingCapacityInOcu: 0,
        maxIndexingCapacityInOcu: options.maxIndexingOcu,
      },
    });
    const resource = [`collection/${this.collectionName}`];
    const encryption = new CfnSecurityPolicy(this, 'Encryption', {
      name: this.collectionName,
      type: 'encryption',
      policy: JSON.stringify({
        Rules: [{ ResourceType: 'collection', Resource: resource }],
        AWSOwnedKey: true,
      }),
    });
    const network = new CfnSecurityPolicy(this, 'Network', {
      name: this.collectionName,
      type: 'network',
      policy: JSON.stringify([
        { Rules: [{ ResourceType: 'collection', Resource: resource }], AllowFromPublic: true },
      ]),
    });
    this.collection = new CfnCollection(this, 'Collection', {
      name: this.collectionName,
      description: `Sluice ${config.stage}: what is searched of files`,
      type: 'SEARCH',
      collectionGroupName: group.name,
    });
    this.collection.node.addDependency(group, encryption, network);
  }

  bindTo(fn: ServiceFunction, access: readonly SearchCollectionAccess[]): void {
    if (access.length === 0) return;
    fn.env(envNames.openSearchEndpoint, this.collection.attrCollectionEndpoint);
    fn.allow('UseCollection', ['aoss:APIAccessAll'], [this.collection.attrArn]);
    new CfnAccessPolicy(fn, 'SearchData', {
      name: `${this.collectionName}-${fn.name}`,
      type: 'data',
      policy: Stack.of(fn).toJsonString([
        {
          Rules: [
            {
              ResourceType: 'index',
              Resource: [`index/${this.collectionName}/${searchIndexName}`],
              Permission: access.flatMap((kind) => permissions[kind]),
            },
          ],
          Principal: [fn.role.roleArn],
        },
      ]),
    });
  }
}
