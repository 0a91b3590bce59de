import { errors } from '../errors.ts';
import { tenantEvent } from '../files/event.ts';
import { type NameBounds, normalizePath } from '../files/names.ts';
import { type StampDeps, stamp } from '../tenancy/actor.ts';
import type { Caller } from '../tenancy/caller.ts';
import { type FolderStore, type FolderView, folderView, rootPath } from './folder.ts';

export interface CreateFolderDeps extends StampDeps {
  readonly folders: Pick<FolderStore, 'createFolder'>;
  readonly names: NameBounds;
}

/** An empty folder with every parent that is missing. @throws validation_failed, name_conflict */
export async function createFolder(
  deps: CreateFolderDeps,
  caller: Caller,
  request: { readonly path: string },
): Promise<FolderView> {
  const path = normalizePath(request.path, deps.names);
  const owner = { tenantId: caller.tenantId, ownerId: caller.userId };
  const made = stamp(deps, caller.actor);
  const event = tenantEvent(caller.tenantId, 'folder.created', made);
  if (path === rootPath || !(await deps.folders.createFolder(owner, path, event))) {
    throw errors.folderExists(path);
  }
  return folderView({ path, files: 0, folders: 0, createdAt: made.at });
}
