import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type ItemKey, indexes } from '../../contract/table.ts';
import type { Db } from './client.ts';

/** Spreads items over the shards of the index; the same id always gets the same shard. */
export function shardOf(id: string, shards: number): number {
  let hash = 0;
  for (const character of id) hash = (hash * 31 + character.charCodeAt(0)) % 65_521;
  return hash % shards;
}

/** Keys of what one shard of the index by due time holds up to `until`, soonest first, page by page. */
export async function* dueKeyPages(
  db: Db,
  shard: string,
  until: string,
  pageItems: number,
): AsyncGenerator<readonly ItemKey[]> {
  let start: Record<string, unknown> | undefined;
  do {
    const page = await db.client.send(
      new QueryCommand({
        TableName: db.table,
        IndexName: indexes.byDue.name,
        KeyConditionExpression: 'duePk = :shard AND dueSk <= :until',
        // '~' sorts behind every id, so that an item due at exactly `until` is taken too.
        ExpressionAttributeValues: { ':shard': shard, ':until': `${until}#~` },
        Limit: pageItems,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    yield (page.Items ?? []).map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
    start = page.LastEvaluatedKey;
  } while (start);
}
