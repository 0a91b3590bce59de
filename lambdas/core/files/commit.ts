import { errors } from '../errors.ts';
import type { FileStore } from '../ports.ts';
import type { Change } from './change.ts';
import type { FileRecord, FileRef } from './file.ts';

/**
 * How often a change is built anew because somebody else changed the file between read and write. Of n that change it
 * at once one succeeds in each round, so ten at once all do.
 */
const maxAttempts = 10;

/**
 * Reads the record, lets `build` decide, commits; repeats when somebody was faster. Undefined when `build` found
 * nothing to do: the file has moved on, which is how duplicates and late events end.
 * @throws name_conflict when the change takes a name that another file has; file_locked when others were always faster
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
  throw errors.fileLocked('Too many changes of this file at this moment. Try again in a few seconds.');
}
