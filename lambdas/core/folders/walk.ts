import { type Folder, type FolderOwner, type FolderStore, nameOf, parentOf } from './folder.ts';

/**
 * A tree is walked from a path alone, so that a job can stop anywhere and go on from the path that it kept. What
 * comes or goes meanwhile changes nothing for the rest of the walk.
 */
type WalkStore = Pick<FolderStore, 'subFolderAfter'>;

/** The folder that comes after `path`, parents before what is in them; undefined behind the last one. */
export async function nextDownwards(
  folders: WalkStore,
  owner: FolderOwner,
  root: string,
  path: string,
): Promise<Folder | undefined> {
  const child = await folders.subFolderAfter(owner, path, undefined);
  if (child) return child;
  for (let at = path; at !== root; at = parentOf(at)) {
    const sibling = await folders.subFolderAfter(owner, parentOf(at), nameOf(at));
    if (sibling) return sibling;
  }
  return undefined;
}

/** The folder that comes after `path` (at first: undefined), parents after what is in them; the last one is the root. */
export async function nextUpwards(
  folders: WalkStore,
  owner: FolderOwner,
  root: string,
  path: string | undefined,
): Promise<string | undefined> {
  if (path === root) return undefined;
  if (path === undefined) return deepestIn(folders, owner, root);
  const sibling = await folders.subFolderAfter(owner, parentOf(path), nameOf(path));
  return sibling ? deepestIn(folders, owner, sibling.path, sibling.folders) : parentOf(path);
}

async function deepestIn(
  folders: WalkStore,
  owner: FolderOwner,
  path: string,
  known?: number,
): Promise<string> {
  if (known === 0) return path;
  const child = await folders.subFolderAfter(owner, path, undefined);
  return child ? deepestIn(folders, owner, child.path, child.folders) : path;
}
