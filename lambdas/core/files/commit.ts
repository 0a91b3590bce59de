import { errors } from '../errors.ts';
import type { FileStore } from '../ports.ts';
import type { Change } from './change.ts';
import type { FileRecord, FileRef } from './file.ts';

/** How often a change is built anew because somebody else changed the file between read and write. */
const maxAttempts = 5;

/**
 * Reads the record, lets `build` decide, commits; repeats when somebody was faster. Undefined when `build` found
 * nothing to do: the file has moved on, which is how duplicates and late events end.
 * @throws name_conflict when the change takes a name that another file has
 */
export async function commitChange(
  store: Pick<FileStore, 'file' | 'commit'>,
  ref: FileRef & { readonly uploadId?: string },
  build: (file: FileRecord | undefined) => Change | undefined | Promise<Change | undefined>,
): Promise<FileRecord | undefined> {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const change = await build(await store.file(ref));
    if (!change) return undefined;
    const outcome = await store.commit(change);
    if (outcome === 'committed') return change.after;
    if (outcome === 'name_taken') throw errors.nameConflict(change.after.path, change.after.filename);
  }
  throw new Error(`file ${ref.fileId} kept changing during ${maxAttempts} attempts`);
}
