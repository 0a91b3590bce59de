import { DeleteCommand, QueryCommand, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import { type ItemKey, keys, sortKeyPrefix } from '../../contract/table.ts';
import type { FileRecord } from '../../core/files/file.ts';
import type { Db } from './client.ts';

/**
 * Removes what lies beside the record of a file that is gone for good: its kept versions, its shares, results of
 * scans, texts and what is left of a replacement. Its events stay, and its sessions go by their own time. Repeating it is harmless.
 */
export async function removeBeside(db: Db, file: FileRecord): Promise<void> {
  const { tenantId, fileId } = file;
  const { pk } = keys.file(tenantId, fileId);
  const beside = [
    ...(await keysBelow(db, pk, sortKeyPrefix.version)),
    ...(await keysBelow(db, pk, sortKeyPrefix.share)),
    ...(await keysBelow(db, pk, sortKeyPrefix.scan)),
    ...(await keysBelow(db, pk, sortKeyPrefix.text)),
    keys.replacement(tenantId, fileId),
  ];
  for (const Key of beside) await db.client.send(new DeleteCommand({ TableName: db.table, Key }));
}

async function keysBelow(db: Db, pk: string, prefix: string): Promise<readonly ItemKey[]> {
  const found: ItemKey[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page: QueryCommandOutput = await db.client.send(
      new QueryCommand({
        TableName: db.table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
        ProjectionExpression: 'pk, sk',
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    found.push(...(page.Items ?? []).map(({ sk }) => ({ pk, sk: String(sk) })));
    start = page.LastEvaluatedKey;
  } while (start);
  return found;
}
