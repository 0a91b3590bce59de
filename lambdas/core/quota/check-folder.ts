import { type Drift, driftOf, sameDrift } from './drift.ts';
import type { FolderCounts, FolderRef, ReconcileStore } from './ports.ts';

export type FolderCheck =
  | { readonly kind: 'right' | 'gone' }
  | {
      readonly kind: 'wrong';
      readonly seen: FolderCounts;
      readonly actual: Pick<FolderCounts, 'files' | 'folders'>;
      readonly drift: readonly Drift[];
    }
  | { readonly kind: 'busy' };

/** Two passes must agree; a few more for folders in which people work at that moment. */
const maxPasses = 5;

/**
 * Compares a folder's counts with the names in it. They are counted over several reads, so a pass says something only
 * when the counts did not change meanwhile; and since a file renamed within the folder changes no count but may be
 * seen twice or not at all, two passes must find the same to be wrong.
 */
export async function checkFolder(store: ReconcileStore, ref: FolderRef): Promise<FolderCheck> {
  let before: readonly Drift[] | undefined;
  for (let pass = 1; pass <= maxPasses; pass += 1) {
    const first = await store.folder(ref);
    const actual = await store.folderContents(ref);
    const seen = await store.folder(ref);
    if (!first || !seen) {
      // The root has no item before its first count.
      return { kind: 'gone' };
    }
    if (first.revision !== seen.revision) continue;
    const drift = driftOf({ files: seen.files, folders: seen.folders }, actual);
    if (drift.length === 0) return { kind: 'right' };
    if (before && sameDrift(before, drift)) return { kind: 'wrong', seen, actual, drift };
    before = drift;
  }
  return { kind: 'busy' };
}

/** The folder that comes after `path` when each is followed by what is in it; undefined after the last. */
export async function nextFolder(store: ReconcileStore, ref: FolderRef): Promise<string | undefined> {
  const below = await store.nextSubFolder(ref, undefined);
  if (below !== undefined) return below;
  for (let path = ref.path; path !== '/'; path = parentOf(path)) {
    const beside = await store.nextSubFolder({ ...ref, path: parentOf(path) }, nameOf(path));
    if (beside !== undefined) return beside;
  }
  return undefined;
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
