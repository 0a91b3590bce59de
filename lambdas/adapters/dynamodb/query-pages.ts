import { QueryCommand, type QueryCommandInput, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import type { Db } from './client.ts';

interface PrefixQuery extends Pick<QueryCommandInput, 'ProjectionExpression' | 'Select'> {
  readonly pk: string;
  readonly prefix: string;
  readonly names?: Record<string, string>;
}

/** Every page of the items of one partition that begin with `prefix`, read consistently. */
export async function* queryPages(
  db: Db,
  { pk, prefix, names, ...rest }: PrefixQuery,
): AsyncGenerator<QueryCommandOutput> {
  let start: Record<string, unknown> | undefined;
  do {
    const page: QueryCommandOutput = await db.client.send(
      new QueryCommand({
        TableName: db.table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
        ConsistentRead: true,
        ...(names && { ExpressionAttributeNames: names }),
        ...rest,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    yield page;
    start = page.LastEvaluatedKey;
  } while (start);
}

/** The items of all pages, for what is little: it is held in memory together. */
export async function queryItems(db: Db, query: PrefixQuery): Promise<readonly Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for await (const { Items = [] } of queryPages(db, query)) found.push(...Items);
  return found;
}
