import type { FileTarget } from '../files/alter.ts';
import { type AnnotateDeps, adjustTags, setTags } from '../files/annotate.ts';
import { moveFile, type OnTaken } from '../files/place.ts';
import type { RequestedOperation } from '../files/process.ts';
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
  | FileChange
  | { readonly action: 'process'; readonly operations: readonly RequestedOperation[] };

/** What one step does to each of its files. */
export type FileChange =
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

/** `stillIn`: only to files that lie in this folder when their turn comes. */
export function fileAction(deps: ActionDeps, asked: FileChange, stillIn?: string): FileAction {
  const target = (fileId: string): FileTarget => ({ fileId, stillIn });
  switch (asked.action) {
    case 'move':
      return moving(deps, asked, target);
    case 'delete':
      return asked.hard ? purging(deps, target) : deleting(deps, target);
    case 'restore':
      return {
        need: 'manage',
        apply: (caller, fileId) => restoreFile(deps, caller, target(fileId), asked),
        isDone: (file) => file !== undefined && holdsName(file.status),
      };
    case 'tag':
      return {
        need: 'write',
        apply: (caller, fileId) =>
          asked.tags
            ? setTags(deps, caller, target(fileId), { tags: asked.tags })
            : adjustTags(deps, caller, target(fileId), asked),
        isDone: () => false,
      };
  }
}

type TargetOf = (fileId: string) => FileTarget;

const moving = (
  deps: ActionDeps,
  to: { newPath: string; onConflict?: OnTaken },
  target: TargetOf,
): FileAction => ({
  need: 'manage',
  apply: (caller, fileId) => moveFile(deps, caller, target(fileId), to),
  isDone: (file) => file?.path === to.newPath && holdsName(file.status),
});

const deleting = (deps: ActionDeps, target: TargetOf): FileAction => ({
  need: 'manage',
  apply: (caller, fileId) => deleteFile(deps, caller, target(fileId)),
  isDone: (file) => file === undefined || file.status === 'deleted' || file.status === 'purged',
});

const purging = (deps: ActionDeps, target: TargetOf): FileAction => ({
  need: 'manage',
  apply: (caller, fileId) => purgeFile(deps, caller, target(fileId)),
  isDone: (file) => file === undefined || file.status === 'purged',
});
