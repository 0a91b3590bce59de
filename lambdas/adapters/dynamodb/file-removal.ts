import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { type ItemKey, keys, sortKeyPrefix } from '../../contract/table.ts';
import type { FileRecord } from '../../core/files/file.ts';
import type { Db } from './client.ts';
import { queryItems } from './query-pages.ts';

/**
 * Removes what lies beside the record of a file that is gone for good: its kept versions, its shares, results of
 * scans, texts, transcodes and what is left of a replacement. Its events stay, and its sessions go by their own time.
 * Repeating it is harmless.
 */
export async function removeBeside(db: Db, file: FileRecord): Promise<void> {
  const { tenantId, fileId } = file;
  const { pk } = keys.file(tenantId, fileId);
  const beside = [
    ...(await keysBelow(db, pk, sortKeyPrefix.version)),
    ...(await keysBelow(db, pk, sortKeyPrefix.share)),
    ...(await keysBelow(db, pk, sortKeyPrefix.scan)),
    ...(await keysBelow(db, pk, sortKeyPrefix.text)),
    ...(await keysBelow(db, pk, sortKeyPrefix.transcode)),
    keys.replacement(tenantId, fileId),
  ];
  for (const Key of beside) await db.client.send(new DeleteCommand({ TableName: db.table, Key }));
}

async function keysBelow(db: Db, pk: string, prefix: string): Promise<readonly ItemKey[]> {
  const items = await queryItems(db, { pk, prefix, ProjectionExpression: 'pk, sk' });
  return items.map(({ sk }) => ({ pk, sk: String(sk) }));
}
