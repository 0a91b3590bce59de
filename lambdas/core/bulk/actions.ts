import { type AnnotateDeps, adjustTags, setTags } from '../files/annotate.ts';
import { moveFile, type OnTaken } from '../files/place.ts';
import { type PurgeDeps, purgeFile } from '../files/purge.ts';
import { holdsName } from '../files/status.ts';
import { deleteFile, type RestoreDeps, restoreFile } from '../files/trash.ts';
import type { FileAction } from './file-action.ts';

/** What the use cases of the single calls need. */
export type ActionDeps = PurgeDeps & RestoreDeps & AnnotateDeps & TagBounds;

export interface TagBounds {
  readonly tagsMax: number;
}

export type BulkAction =
  /** `newPath` in its normal form. */
  | { readonly action: 'move'; readonly newPath: string; readonly onConflict?: OnTaken }
  | { readonly action: 'delete'; readonly hard?: boolean }
  | { readonly action: 'restore'; readonly onConflict?: OnTaken }
  | {
      readonly action: 'tag';
      /** All of them, or what comes and goes. */
      readonly tags?: readonly string[];
      readonly add?: readonly string[];
      readonly remove?: readonly string[];
    };

export function fileAction(deps: ActionDeps, asked: BulkAction): FileAction {
  switch (asked.action) {
    case 'move':
      return moving(deps, asked);
    case 'delete':
      return asked.hard ? purging(deps) : deleting(deps);
    case 'restore':
      return {
        need: 'manage',
        apply: (caller, fileId) => restoreFile(deps, caller, { fileId }, asked),
        isDone: (file) => file !== undefined && holdsName(file.status),
      };
    case 'tag':
      return {
        need: 'write',
        apply: (caller, fileId) =>
          asked.tags
            ? setTags(deps, caller, { fileId }, { tags: asked.tags })
            : adjustTags(deps, caller, { fileId }, asked),
        isDone: () => false,
      };
  }
}

const moving = (deps: ActionDeps, to: { newPath: string; onConflict?: OnTaken }): FileAction => ({
  need: 'manage',
  apply: (caller, fileId) => moveFile(deps, caller, { fileId }, to),
  isDone: (file) => file?.path === to.newPath && holdsName(file.status),
});

const deleting = (deps: ActionDeps): FileAction => ({
  need: 'manage',
  apply: (caller, fileId) => deleteFile(deps, caller, { fileId }),
  isDone: (file) => file === undefined || file.status === 'deleted' || file.status === 'purged',
});

const purging = (deps: ActionDeps): FileAction => ({
  need: 'manage',
  apply: (caller, fileId) => purgeFile(deps, caller, { fileId }),
  isDone: (file) => file === undefined || file.status === 'purged',
});
