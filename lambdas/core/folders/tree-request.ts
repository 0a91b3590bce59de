import { errors } from '../errors.ts';
import { type NameBounds, normalizePath } from '../files/names.ts';
import type { OnTaken } from '../files/place.ts';
import type { JobRecord } from '../jobs/job.ts';
import { type StartJobDeps, startJob } from '../jobs/start-job.ts';
import type { Caller } from '../tenancy/caller.ts';
import { type FolderStore, isWithin, rootPath } from './folder.ts';

export interface TreeDeps extends StartJobDeps {
  readonly folders: Pick<FolderStore, 'folder'>;
  readonly names: NameBounds;
}

export const treeKinds = { move: 'folder.move', delete: 'folder.delete' } as const;

export interface MoveTreeParams {
  readonly path: string;
  readonly newPath: string;
  readonly onConflict: OnTaken;
}

export interface DeleteTreeParams {
  readonly path: string;
  readonly hard: boolean;
}

/**
 * Moves a folder with everything in it, as a job. Where the target exists the two become one; a file whose name is
 * taken there stays where it is, or gets a number with `rename`.
 * @throws validation_failed, not_found
 */
export async function startMove(
  deps: TreeDeps,
  caller: Caller,
  request: { readonly path: string; readonly newPath: string; readonly onConflict?: OnTaken },
): Promise<JobRecord> {
  const path = await requireFolder(deps, caller, request.path);
  const newPath = normalizePath(request.newPath, deps.names, 'newPath');
  if (isWithin(newPath, path)) {
    throw errors.invalidField('newPath', 'inside_source', 'must not be the folder itself or lie in it');
  }
  const params: MoveTreeParams = { path, newPath, onConflict: request.onConflict ?? 'reject' };
  return start(deps, caller, treeKinds.move, params);
}

/** Deletes a folder with everything in it, as a job: files into the trash, or for good. @throws those of startMove */
export async function startDelete(
  deps: TreeDeps,
  caller: Caller,
  request: { readonly path: string; readonly hard?: boolean },
): Promise<JobRecord> {
  const path = await requireFolder(deps, caller, request.path);
  const params: DeleteTreeParams = { path, hard: request.hard ?? false };
  return start(deps, caller, treeKinds.delete, params);
}

async function requireFolder(deps: TreeDeps, caller: Caller, asked: string): Promise<string> {
  const path = normalizePath(asked, deps.names);
  if (path === rootPath) {
    throw errors.invalidField('path', 'not_supported', 'the root stays; name a folder in it');
  }
  const owner = { tenantId: caller.tenantId, ownerId: caller.userId };
  if (!(await deps.folders.folder(owner, path))) throw errors.notFound('folder');
  return path;
}

const start = (deps: TreeDeps, { tenantId, userId, actor }: Caller, kind: string, params: unknown) =>
  startJob(deps, { tenantId, ownerId: userId, counted: true, actor, kind, params });
