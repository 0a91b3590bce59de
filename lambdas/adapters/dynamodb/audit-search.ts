import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { keys, sortKeyPrefix } from '../../contract/table.ts';
import type { AuditFilters, AuditQuery, AuditSearch, FoundRecord } from '../../core/audit/search.ts';
import { errors } from '../../core/errors.ts';
import type { Page } from '../../core/ports.ts';
import { recordOfItem } from './audit-item.ts';
import type { Db } from './client.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { getItem } from './file-store.ts';

type Item = Record<string, unknown>;

/** A page ends after so many items or days were read, whatever it found: bounds the cost of sparse filters. */
const maxItemsRead = 5_000;
const maxDaysRead = 31;
/** A filter leaves little of what is read, so more is read at once. */
const filteredPageItems = 500;
/** In a cursor: from the day's newest record on. */
const wholeDay = '-';

export const createAuditSearch = (db: Db): AuditSearch => ({
  knows: async (tenantId) =>
    [await getItem(db, keys.tenant(tenantId)), await getItem(db, keys.auditHead(tenantId))].some(Boolean),
  search: (query) => search(db, query),
});

/** One Query a day, the newest first. */
async function search(db: Db, query: AuditQuery): Promise<Page<FoundRecord>> {
  const found: Item[] = [];
  const wanted = query.limit + 1;
  const firstDay = dayOf(query.from);
  let { day, start } = startOf(query);
  let read = 0;
  for (let days = 0; day >= firstDay; days += 1) {
    if (days === maxDaysRead || read >= maxItemsRead)
      return page(query, found, encodeCursor([day, wholeDay]));
    do {
      const answer = await db.client.send(new QueryCommand(searchParams(db.table, query, day, start)));
      found.push(...(answer.Items ?? []));
      read += answer.ScannedCount ?? 0;
      start = answer.LastEvaluatedKey;
      if (found.length >= wanted) return page(query, found, undefined);
      if (start && read >= maxItemsRead) return page(query, found, encodeCursor([day, String(start.sk)]));
    } while (start);
    day = dayBefore(day);
  }
  return page(query, found, undefined);
}

function page({ limit }: AuditQuery, found: readonly Item[], resume: string | undefined): Page<FoundRecord> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const nextCursor =
    found.length > limit && last ? encodeCursor([dayOf(String(last.at)), String(last.sk)]) : resume;
  return {
    items: items.map((item) => ({
      ...recordOfItem(item),
      ...(typeof item.seq === 'number' && { seq: item.seq }),
    })),
    ...(nextCursor && { nextCursor }),
  };
}

const dayOf = (iso: string): string => iso.slice(0, 10);
const dayBefore = (day: string): string => dayOf(new Date(Date.parse(day) - 86_400_000).toISOString());

const lowest = ({ from }: AuditQuery): string => `${sortKeyPrefix.auditRecord}${from}`;
/** '~' sorts behind every id. */
const highest = ({ to }: AuditQuery): string => `${sortKeyPrefix.auditRecord}${to}#~`;

/** @throws cursor_invalid for one that leads out of what is searched */
function startOf(query: AuditQuery): { day: string; start: Item | undefined } {
  if (!query.cursor) return { day: dayOf(query.to), start: undefined };
  const [day, sk] = decodeCursor(query.cursor, 2) as [string, string];
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day));
  if (!isDay || day > dayOf(query.to) || day < dayOf(query.from)) throw errors.cursorInvalid();
  if (sk === wholeDay) return { day, start: undefined };
  // DynamoDB refuses to start outside of what the condition selects.
  if (sk < lowest(query) || sk > highest(query)) throw errors.cursorInvalid();
  return { day, start: { pk: keys.auditRecord(query.tenantId, day, '').pk, sk } };
}

/** Attribute that each filter compares. */
const equals = {
  userId: 'actor.userId',
  fileId: 'fileId',
  type: 'type',
  operation: 'operation',
  outcome: 'outcome',
} as const satisfies Partial<Record<keyof AuditFilters, string>>;

export function searchParams(
  table: string,
  query: AuditQuery,
  day: string,
  start: Item | undefined,
): QueryCommandInput {
  const names: Record<string, string> = {};
  const values: Item = {
    ':pk': keys.auditRecord(query.tenantId, day, '').pk,
    ':lowest': lowest(query),
    ':highest': highest(query),
  };
  const filters: string[] = [];
  for (const [filter, path] of Object.entries(equals)) {
    const value = query[filter as keyof typeof equals];
    if (value === undefined) continue;
    const parts = path.split('.');
    for (const part of parts) names[`#${part}`] = part;
    values[`:${filter}`] = value;
    filters.push(`${parts.map((part) => `#${part}`).join('.')} = :${filter}`);
  }
  if (query.minRisk !== undefined) {
    names['#risk'] = 'risk';
    values[':minRisk'] = query.minRisk;
    filters.push('#risk >= :minRisk');
  }
  return {
    TableName: table,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :lowest AND :highest',
    ExpressionAttributeValues: values,
    ...(filters.length > 0 && {
      FilterExpression: filters.join(' AND '),
      ExpressionAttributeNames: names,
    }),
    ConsistentRead: true,
    ScanIndexForward: false,
    Limit: filters.length > 0 ? Math.max(query.limit + 1, filteredPageItems) : query.limit + 1,
    ...(start && { ExclusiveStartKey: start }),
  };
}
