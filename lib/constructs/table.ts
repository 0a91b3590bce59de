import { RemovalPolicy } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { envNames } from '../../lambdas/contract/env.ts';
import { indexes, tableKeys, timeToLiveAttribute } from '../../lambdas/contract/table.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import type { Bindable, ServiceFunction } from './service-function.ts';

export type IndexName = keyof typeof indexes;

/**
 * `items`: read and write items of any key, one by one, in a transaction or by a query of one partition.
 * `rateWindows`: count in rate windows and nothing else. `get`, `update`: single items. `stream`: the changes.
 * An index name: query that index.
 */
export type TableAccess = 'items' | 'rateWindows' | 'get' | 'update' | 'stream' | IndexName;

const itemActions = [
  'dynamodb:GetItem',
  'dynamodb:BatchGetItem',
  'dynamodb:Query',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:ConditionCheckItem',
];

/** The one table (DESIGN 4). Nobody is ever granted a Scan. */
export class MetadataTable extends Construct implements Bindable<TableAccess> {
  readonly table: TableV2;
  readonly streamArn: string;

  constructor(scope: Construct, id: string, config: EnvironmentConfig) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      partitionKey: text(tableKeys.partition),
      sortKey: text(tableKeys.sort),
      billing: Billing.onDemand(),
      timeToLiveAttribute,
      dynamoStream: StreamViewType.NEW_IMAGE,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: config.stable,
      removalPolicy: config.stable ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      globalSecondaryIndexes: Object.values(indexes).map(({ name, partition, sort, projected }) => ({
        indexName: name,
        partitionKey: text(partition),
        sortKey: text(sort),
        ...(projected.length > 0
          ? { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...projected] }
          : { projectionType: ProjectionType.KEYS_ONLY }),
      })),
    });
    if (!this.table.tableStreamArn) throw new Error('The table has no stream.');
    this.streamArn = this.table.tableStreamArn;
  }

  bindTo(fn: ServiceFunction, access: readonly TableAccess[]): void {
    const { tableArn, tableName } = this.table;
    fn.env(envNames.table, tableName);
    for (const kind of access) {
      switch (kind) {
        case 'items':
          fn.allow('Items', itemActions, [tableArn]);
          break;
        case 'get':
          fn.allow('GetItems', ['dynamodb:GetItem'], [tableArn]);
          break;
        case 'update':
          fn.allow('UpdateItems', ['dynamodb:UpdateItem'], [tableArn]);
          break;
        case 'rateWindows':
          // The keys of contract/table.ts's rateWindow, and no others. UpdateItem always names its key, so that
          // ForAllValues, which would hold without any, is exact here.
          fn.allow('CountRates', ['dynamodb:UpdateItem'], [tableArn], {
            'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['RATE#*'] },
          });
          break;
        case 'stream':
          fn.allow(
            'ReadStream',
            [
              'dynamodb:DescribeStream',
              'dynamodb:GetRecords',
              'dynamodb:GetShardIterator',
              'dynamodb:ListStreams',
            ],
            [this.streamArn],
          );
          break;
        default:
          fn.allow(
            `Query${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
            ['dynamodb:Query'],
            [`${tableArn}/index/${indexes[kind].name}`],
          );
      }
    }
  }
}

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });
