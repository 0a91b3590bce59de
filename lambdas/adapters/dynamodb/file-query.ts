import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { indexes, keys } from '../../contract/table.ts';
import { below } from '../../core/files/list.ts';
import { defaultStatuses, type FileFilter, type FileQuery } from '../../core/files/list-plan.ts';

type Item = Record<string, unknown>;

/** A filter leaves little of what is read, so more is read at once. */
const filteredPageItems = 500;

export const indexOf = {
  owner: indexes.byOwner,
  folder: indexes.byFolder,
  updated: indexes.byUpdated,
  size: indexes.bySize,
  status: indexes.byStatus,
} as const;

/** A place in the order of an index: the value of its sort key and the file. */
export interface Position {
  readonly sort: string;
  readonly fileId: string;
}

/** '~' sorts behind every id, so that the last moment of a span is in it. */
const endOf = (moment: string): string => `${moment}#~`;
const endOfTime = '9999';

function keyCondition(
  index: FileQuery['index'],
  partition: string,
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
) {
  const { partition: partitionName, sort } = indexOf[index];
  const spans = from !== undefined || to !== undefined;
  return {
    conditions: `#partition = :partition${spans ? ' AND #sort BETWEEN :from AND :to' : ''}`,
    names: { '#partition': partitionName, ...(spans && { '#sort': sort }) },
    values: {
      ':partition': partition,
      ...(spans && { ':from': from ?? '0', ':to': to === undefined ? endOfTime : endOf(to) }),
    },
  };
}

/** Whether the index sorts by createdAt, so that a span of time is a span of its keys. */
const byTime = ({ index }: FileQuery): boolean => index === 'owner' || index === 'status';

/**
 * One page of one partition. User text is in values only, never in an expression. `again`: an earlier page left too
 * little, as where somebody has just put thousands of files into the trash.
 */
export function listParams(
  table: string,
  query: FileQuery,
  partition: string,
  from: Position | undefined,
  again = false,
): QueryCommandInput {
  const index = indexOf[query.index];
  const key = keyCondition(query.index, partition, byTime(query) ? query : {});
  const filter = index.projected.length === 0 ? noFilter : filterExpression(query);
  const wanted = query.offset + query.limit + 1;
  const sparse = again || isSparse(query);
  return {
    TableName: table,
    IndexName: index.name,
    KeyConditionExpression: key.conditions,
    ...(filter.conditions.length > 0 && { FilterExpression: filter.conditions.join(' AND ') }),
    ExpressionAttributeNames: { ...key.names, ...filter.names },
    ExpressionAttributeValues: { ...key.values, ...filter.values },
    ScanIndexForward: !query.descending,
    Limit: sparse ? Math.max(wanted, filteredPageItems) : wanted,
    ...(from && {
      ExclusiveStartKey: {
        ...keys.file(query.tenantId, from.fileId),
        [index.partition]: partition,
        [index.sort]: from.sort,
      },
    }),
  };
}

/** What a folder shows is in its index and nothing else is; elsewhere the trash lies among the rest, and is little. */
const everyStatus = ({ statuses }: FileFilter): boolean =>
  defaultStatuses.every((status) => statuses.includes(status));

const isSparse = (query: FileQuery): boolean =>
  query.type !== undefined ||
  query.category !== undefined ||
  query.tag !== undefined ||
  (query.index !== 'status' && !everyStatus(query)) ||
  (query.index !== 'folder' && query.path !== undefined) ||
  (!byTime(query) && (query.from !== undefined || query.to !== undefined));

interface Filter {
  readonly conditions: readonly string[];
  readonly names: Readonly<Record<string, string>>;
  readonly values: Item;
}

const noFilter: Filter = { conditions: [], names: {}, values: {} };

function filterExpression(query: FileQuery): Filter {
  const conditions: string[] = [];
  const names: Record<string, string> = {};
  const values: Item = {};
  const needsStatus = query.index === 'owner' || (query.index === 'folder' && !everyStatus(query));
  if (needsStatus) {
    names['#status'] = 'status';
    query.statuses.forEach((status, position) => {
      values[`:status${position}`] = status;
    });
    conditions.push(`#status IN (${query.statuses.map((_, position) => `:status${position}`).join(', ')})`);
  }
  if (query.path && query.index !== 'folder') {
    names['#path'] = 'path';
    values[':folder'] = query.path.folder;
    if (query.path.recursive) {
      values[':below'] = below(query.path.folder);
      conditions.push('(#path = :folder OR begins_with(#path, :below))');
    } else conditions.push('#path = :folder');
  }
  if (query.type) {
    const whole = query.type.includes('/');
    values[':type'] = whole ? query.type : `${query.type}/`;
    conditions.push(whole ? 'mimeType = :type' : 'begins_with(mimeType, :type)');
  }
  if (query.category) {
    names['#summary'] = 'summary';
    values[':category'] = query.category;
    conditions.push('#summary.category = :category');
  }
  if (query.tag) {
    names['#tags'] = 'tags';
    values[':tag'] = query.tag;
    conditions.push('contains(#tags, :tag)');
  }
  if (query.index === 'folder' && (query.from !== undefined || query.to !== undefined)) {
    names['#summary'] = 'summary';
    values[':createdFrom'] = query.from ?? '0';
    values[':createdTo'] = query.to ?? endOfTime;
    conditions.push('#summary.createdAt BETWEEN :createdFrom AND :createdTo');
  }
  return { conditions, names, values };
}
