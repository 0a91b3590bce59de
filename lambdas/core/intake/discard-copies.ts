import type { FileRecord } from '../files/file.ts';
import type { InspectDeps } from './inspect.ts';

/** Removes whatever runs have copied to the library of a version that comes to nothing. */
export async function discardCopies(
  { store, library }: Pick<InspectDeps, 'store' | 'library'>,
  record: FileRecord,
): Promise<void> {
  const { tenantId, fileId, isReplacement, copying } = record;
  if (copying) await library.abandonCopy(copying);
  // Keys go by the date of the file.
  const file = isReplacement ? await store.file({ tenantId, fileId }) : record;
  if (file) await library.discard({ ...record, createdAt: file.createdAt });
}
