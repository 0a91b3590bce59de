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
import { auditPartition, indexes, tableKeys, timeToLiveAttribute } from '../../lambdas/contract/table.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import type { Bindable, ServiceFunction } from './service-function.ts';

export type IndexName = keyof typeof indexes;

/**
 * Beside the kinds of `itemActions`: `rateWindows`, count in rate windows and nothing else; `laneSlots`, take and release
 * slots of lanes and nothing else; `accessEvents`, write
 * events that are lines of no file's timeline and nothing else; `clients`, read machine
 * clients by their id and nothing else; `auditRecords`, that what is written may be the audit's, which is denied to
 * everybody else; `stream`, the changes; an index name, query that index.
 */
export type TableAccess =
  | keyof typeof itemActions
  | 'rateWindows'
  | 'laneSlots'
  | 'accessEvents'
  | 'clients'
  | 'auditRecords'
  | 'stream'
  | IndexName;

/** What a function may do with items of any key, by the calls that its adapters make. */
const itemActions = {
  get: ['dynamodb:GetItem'],
  getMany: ['dynamodb:BatchGetItem'],
  /** Items of one partition of the table itself. */
  query: ['dynamodb:Query'],
  put: ['dynamodb:PutItem'],
  update: ['dynamodb:UpdateItem'],
  delete: ['dynamodb:DeleteItem'],
  writeMany: ['dynamodb:BatchWriteItem'],
  /** Conditions on items that a transaction does not write. */
  check: ['dynamodb:ConditionCheckItem'],
  /** The steps of a transaction that reserves or changes a file: DynamoDB asks for the right to each of them. */
  transact: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
} as const;

const readActions = new Set<string>([
  ...[...itemActions.get, ...itemActions.getMany, ...itemActions.query, ...itemActions.check],
]);

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
    const onItems = access.flatMap((kind) => (isItemAccess(kind) ? itemActions[kind] : []));
    if (onItems.length > 0) fn.allow('Items', [...new Set(onItems)], [tableArn]);
    const writes = onItems.filter((action) => !readActions.has(action));
    if (writes.length > 0 && !access.includes('auditRecords')) {
      // Whoever takes over a function that moves files can still not rewrite what is waiting for its seal.
      fn.deny('LeaveTheAudit', [...new Set(writes)], [tableArn], {
        'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': [`${auditPartition}*`] },
      });
    }
    for (const kind of access) {
      if (isItemAccess(kind) || kind === 'auditRecords') continue;
      switch (kind) {
        case 'rateWindows':
          // The keys of contract/table.ts's rateWindow, and no others. UpdateItem always names its key, so that
          // ForAllValues, which would hold without any, is exact here.
          fn.allow('CountRates', ['dynamodb:UpdateItem'], [tableArn], {
            'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['RATE#*'] },
          });
          break;
        case 'laneSlots':
          // The keys of contract/table.ts's laneSlots, and no others; UpdateItem always names its key.
          fn.allow('TakeTurns', ['dynamodb:UpdateItem'], [tableArn], {
            'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['TENANT#*#LANE#*'] },
          });
          break;
        case 'accessEvents':
          // The keys of contract/table.ts's tenantEvent, and no others; PutItem always names its key.
          fn.allow('RecordAccess', ['dynamodb:PutItem'], [tableArn], {
            'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['TENANT#*#EVENTS#*'] },
          });
          break;
        case 'clients':
          // The keys of contract/table.ts's clientTenant, and no others; GetItem always names its key.
          fn.allow('ReadClients', ['dynamodb:GetItem'], [tableArn], {
            'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['CLIENT#*'] },
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

const isItemAccess = (kind: TableAccess): kind is keyof typeof itemActions => kind in itemActions;

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });
