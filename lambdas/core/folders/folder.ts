import type { TenantEvent } from '../files/event.ts';
import type { Page } from '../ports.ts';

/** Whose tree of folders it is: a path is absolute within its owner's space. */
export interface FolderOwner {
  readonly tenantId: string;
  readonly ownerId: string;
}

/**
 * A folder with the counts of what lies directly in it. It exists by itself, so it stays when it becomes empty; the
 * root always exists. A folder and a file may have the same name: they are told apart by the calls that name them.
 */
export interface Folder {
  readonly path: string;
  readonly files: number;
  readonly folders: number;
  readonly createdAt: string;
}

/** Every read is strongly consistent. */
export interface FolderStore {
  folder(owner: FolderOwner, path: string): Promise<Folder | undefined>;
  /** By name. */
  subFolders(
    owner: FolderOwner,
    path: string,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<Folder>>;
  /** The first sub-folder of `path`, or the first whose name comes after `name`. */
  subFolderAfter(owner: FolderOwner, path: string, name: string | undefined): Promise<Folder | undefined>;
  /** Who has a name directly in the folder, by name: the truth about what lies in it, also of unfinished uploads. */
  namesIn(
    owner: FolderOwner,
    path: string,
    page: { readonly limit: number; readonly after?: string },
  ): Promise<readonly { readonly fileId: string; readonly filename: string }[]>;
  /** With every missing parent. */
  ensureFolder(owner: FolderOwner, path: string, at: string): Promise<void>;
  /** With every missing parent, and the event; false where it exists. */
  createFolder(owner: FolderOwner, path: string, event: TenantEvent): Promise<boolean>;
  /** False, and it stays, where something is in it. */
  removeFolder(owner: FolderOwner, path: string): Promise<boolean>;
}

export const rootPath = '/';

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Of every folder but the root. */
export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || rootPath;

export const isWithin = (path: string, folder: string): boolean =>
  path === folder || folder === rootPath || path.startsWith(`${folder}/`);

/** Where something in `from` lies when `from` has become `to`. */
export const rebased = (path: string, from: string, to: string): string =>
  `${to === rootPath ? '' : to}${path.slice(from.length)}` || rootPath;

export interface FolderView extends Folder {
  readonly name: string;
}

export const folderView = ({ path, files, folders, createdAt }: Folder): FolderView => ({
  path,
  name: nameOf(path),
  files,
  folders,
  createdAt,
});
