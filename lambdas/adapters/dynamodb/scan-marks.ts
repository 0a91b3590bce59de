import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { type ItemKey, keys } from '../../contract/table.ts';
import type { ScanMark } from '../../core/files/file.ts';
import { keptContent } from '../../core/files/kept-content.ts';
import type { ScanMarks } from '../../core/intake/settle-rescan.ts';
import type { FileStore, VersionListing } from '../../core/ports.ts';
import type { Db } from './client.ts';
import { ifCondition } from './file-store.ts';

/**
 * The mark lies in no index and nobody waits for it: one small write that leaves revision and time of the record alone,
 * so that scanning a tenant's files again neither refuses anybody's change nor puts them first in a listing.
 */
export const createScanMarks = (db: Db, store: Pick<FileStore, 'file'> & VersionListing): ScanMarks => ({
  mark: async ({ tenantId, fileId, versionId }, mark) => {
    const write = (key: ItemKey) =>
      ifCondition(() => db.client.send(new UpdateCommand(markParams(db.table, key, versionId, mark))));
    if (await write(keys.file(tenantId, fileId))) return;
    const file = await store.file({ tenantId, fileId });
    const kept = file && (await keptContent(store, file, versionId));
    if (kept) await write(keys.version(tenantId, fileId, kept.version));
  },
});

export const markParams = (
  table: string,
  key: ItemKey,
  libraryVersionId: string,
  mark: ScanMark,
): UpdateCommandInput => ({
  TableName: table,
  Key: key,
  UpdateExpression: 'SET #scan = :mark',
  ConditionExpression: 'libraryVersionId = :bytes',
  ExpressionAttributeNames: { '#scan': 'scan' },
  ExpressionAttributeValues: { ':mark': mark, ':bytes': libraryVersionId },
});
