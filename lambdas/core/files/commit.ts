import type { FileStore } from '../ports.ts';
import type { Change } from './change.ts';
import type { FileRecord, FileRef } from './file.ts';

/** How often a change is built anew because somebody else changed the file between read and write. */
const maxAttempts = 5;

/**
 * Reads the file, lets `build` decide, commits; repeats when somebody was faster. Undefined when `build` found
 * nothing to do: the file has moved on, which is how duplicates and late events end.
 */
export async function commitChange(
  store: Pick<FileStore, 'file' | 'commit'>,
  ref: FileRef,
  build: (file: FileRecord | undefined) => Change | undefined | Promise<Change | undefined>,
): Promise<FileRecord | undefined> {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const change = await build(await store.file(ref));
    if (!change) return undefined;
    if (await store.commit(change)) return change.after;
  }
  throw new Error(`file ${ref.fileId} kept changing during ${maxAttempts} attempts`);
}
