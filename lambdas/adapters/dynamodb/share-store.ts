import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import { keys, sortKeyPrefix } from '../../contract/table.ts';
import type { FileRef } from '../../core/files/file.ts';
import type { ShareListing } from '../../core/files/shares.ts';
import type { Share } from '../../core/tenancy/access.ts';
import type { Db } from './client.ts';
import { shareOf } from './file-item.ts';

export const createShareListing = (db: Db): ShareListing => ({ shares: (ref) => sharesOf(db, ref) });

/** One page in general: a share is some 300 bytes, a page 1 MB, and a file has a bounded number of them. */
async function sharesOf(db: Db, { tenantId, fileId }: FileRef): Promise<readonly Share[]> {
  const { pk } = keys.file(tenantId, fileId);
  const found: Share[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page: QueryCommandOutput = await db.client.send(
      new QueryCommand({
        TableName: db.table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :share)',
        ExpressionAttributeValues: { ':pk': pk, ':share': sortKeyPrefix.share },
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    found.push(...(page.Items ?? []).map(shareOf));
    start = page.LastEvaluatedKey;
  } while (start);
  return found;
}
