import { errors } from '../errors.ts';
import { type NameBounds, normalizePath } from '../files/names.ts';
import type { Caller } from '../tenancy/caller.ts';
import { type FolderStore, type FolderView, folderView, rootPath } from './folder.ts';

export interface BrowseRequest {
  readonly path?: string;
  /** Somebody else's folders, for admins of the tenant. */
  readonly owner?: string;
  readonly limit: number;
  readonly cursor?: string;
}

export interface FolderListing {
  readonly path: string;
  readonly files: number;
  readonly folders: readonly FolderView[];
  readonly nextCursor?: string;
}

/** A folder's sub-folders by name, with their counts. @throws not_found, validation_failed, cursor_invalid */
export async function browseFolder(
  deps: { readonly folders: Pick<FolderStore, 'folder' | 'subFolders'>; readonly names: NameBounds },
  caller: Caller,
  request: BrowseRequest,
): Promise<FolderListing> {
  const path = normalizePath(request.path ?? rootPath, deps.names);
  const ownerId = request.owner ?? caller.userId;
  // Whether somebody else has such a folder is not for a colleague to know.
  if (ownerId !== caller.userId && caller.user.role === 'user') throw errors.notFound('folder');
  const owner = { tenantId: caller.tenantId, ownerId };
  const [folder, page] = await Promise.all([
    deps.folders.folder(owner, path),
    deps.folders.subFolders(owner, path, {
      limit: request.limit,
      ...(request.cursor !== undefined && { cursor: request.cursor }),
    }),
  ]);
  if (!folder && path !== rootPath) throw errors.notFound('folder');
  return {
    path,
    files: folder?.files ?? 0,
    folders: page.items.map(folderView),
    ...(page.nextCursor && { nextCursor: page.nextCursor }),
  };
}
