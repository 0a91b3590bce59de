import { holdsName } from '../../lambdas/core/files/status.ts';
import {
  type Folder,
  type FolderStore,
  isWithin,
  nameOf,
  parentOf,
} from '../../lambdas/core/folders/folder.ts';
import { startOfTime } from './domain.ts';
import type { MemoryStore } from './memory-store.ts';

/** Folders of one owner over the model of the files: what lies in them is counted from the files themselves. */
export class MemoryFolders {
  readonly made = new Set<string>(['/']);
  readonly #table: MemoryStore;
  readonly #ownerId: string;

  constructor(table: MemoryStore, ownerId = 'alice') {
    this.#table = table;
    this.#ownerId = ownerId;
  }

  #named() {
    return [...this.#table.files.values()].filter(
      (file) => file.ownerId === this.#ownerId && holdsName(file.status),
    );
  }

  /** Those that were made, and those that a file brought with it. */
  #paths(): string[] {
    for (const { path } of this.#named()) {
      for (let at = path; at !== '/'; at = parentOf(at)) this.made.add(at);
    }
    return [...this.made].sort();
  }

  #folder(path: string): Folder {
    const files = this.#named().filter((file) => file.path === path).length;
    return { path, files, folders: this.#below(path).length, createdAt: startOfTime };
  }

  #below = (path: string): string[] =>
    this.#paths().filter((candidate) => candidate !== '/' && parentOf(candidate) === path);

  readonly port: FolderStore = {
    folder: async (_owner, path) => (this.#paths().includes(path) ? this.#folder(path) : undefined),
    subFolders: async (_owner, path) => ({ items: this.#below(path).map((below) => this.#folder(below)) }),
    subFolderAfter: async (_owner, path, name) => {
      const next = this.#below(path).find((below) => name === undefined || nameOf(below) > name);
      return next === undefined ? undefined : this.#folder(next);
    },
    namesIn: async (_owner, path, { limit, after }) =>
      this.#named()
        .filter((file) => file.path === path && (after === undefined || file.filename > after))
        .sort((one, other) => (one.filename < other.filename ? -1 : 1))
        .slice(0, limit)
        .map(({ fileId, filename }) => ({ fileId, filename })),
    ensureFolder: async (_owner, path) => {
      for (let at = path; at !== '/'; at = parentOf(at)) this.made.add(at);
    },
    createFolder: async (owner, path, event) => {
      if (this.#paths().includes(path)) return false;
      await this.port.ensureFolder(owner, path, event.at);
      return true;
    },
    removeFolder: async (_owner, path) => {
      const { files, folders } = this.#folder(path);
      return files === 0 && folders === 0 && this.made.delete(path);
    },
  };

  within = (path: string): string[] => this.#paths().filter((candidate) => isWithin(candidate, path));
}
