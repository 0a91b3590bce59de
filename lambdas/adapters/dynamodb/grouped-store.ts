import { keys } from '../../contract/table.ts';
import type { Change } from '../../core/files/change.ts';
import type { FileRecord, FileRef } from '../../core/files/file.ts';
import type { CommitOutcome, FileStore } from '../../core/ports.ts';
import { together } from '../together.ts';
import type { Db } from './client.ts';
import { commitAll } from './commit-all.ts';
import { fileOf } from './file-item.ts';
import { createFileStore, getItems } from './file-store.ts';
import type { ReserveSettings } from './reserve.ts';

/**
 * The file store for many files at a time: a use case that runs for each of them at once reads and commits as it
 * would alone, and costs a share of a request. One BatchGetItem reads 100 files; one transaction moves 24.
 */
export function createGroupedStore(db: Db, settings: ReserveSettings): FileStore {
  const single = createFileStore(db, settings);
  const file = together<FileRef, FileRecord | undefined>(async (refs) => {
    const items = await getItems(db, uniqueKeys(refs));
    const files = new Map(items.map((item) => [`${item.pk}`, fileOf(item)]));
    return refs.map(({ tenantId, fileId }) => files.get(keys.file(tenantId, fileId).pk));
  });
  return {
    ...single,
    file: (ref) => (ref.uploadId === undefined ? file(ref) : single.file(ref)),
    commit: together<Change, CommitOutcome>(commitAll(db, settings)),
  };
}

/** DynamoDB refuses a BatchGetItem that names a key twice. */
const uniqueKeys = (refs: readonly FileRef[]) =>
  [
    ...new Map(refs.map(({ tenantId, fileId }) => [`${tenantId}/${fileId}`, keys.file(tenantId, fileId)])),
  ].map(([, key]) => key);
