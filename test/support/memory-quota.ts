import { accounted } from '../../lambdas/core/files/change.ts';
import type { TenantEvent } from '../../lambdas/core/files/event.ts';
import type { Accounting, FileRecord } from '../../lambdas/core/files/file.ts';
import { addUsage, noUsage } from '../../lambdas/core/quota/drift.ts';
import type { Counter, CounterRef, FolderCounts, ReconcileStore } from '../../lambdas/core/quota/ports.ts';
import type { Usage } from '../../lambdas/core/tenancy/quota.ts';
import { file as fileOf } from './domain.ts';

type Numbers = { -readonly [K in keyof Counter]: Counter[K] };

const zero = (): Numbers => ({ ...noUsage, revision: 0 });
const pageFiles = 3;

/**
 * A faithful model of the items that quota counts: every method of traffic is one transaction, every read of the store
 * one moment, and listings show a file only some time after it came to be.
 */
export class MemoryQuota {
  readonly files = new Map<string, FileRecord>();
  readonly versions = new Map<string, number>();
  readonly slots = new Map<string, string>();
  readonly counters = new Map<string, Numbers>();
  readonly names = new Map<string, Set<string>>();
  readonly folders = new Map<string, { -readonly [K in keyof FolderCounts]: FolderCounts[K] }>();
  readonly events: TenantEvent[] = [];
  /** Bytes that files share and that the tenant's counter does not count again. */
  unpaid = 0;
  readonly #listedAt = new Map<string, number>();
  readonly userList: readonly string[];
  /** Called before each read or write: lets other things happen. */
  readonly #pause: () => Promise<void>;
  readonly #now: () => number;
  readonly #lagMs: () => number;

  constructor(
    users: readonly string[],
    pause: () => Promise<void>,
    clock: { now: () => number; lagMs: () => number },
  ) {
    this.userList = users;
    this.#pause = pause;
    this.#now = clock.now;
    this.#lagMs = clock.lagMs;
    for (const user of users) this.folder(user, '/');
  }

  counter(userId = 'tenant'): Numbers {
    const counter = this.counters.get(userId) ?? zero();
    this.counters.set(userId, counter);
    return counter;
  }

  folder(user: string, path: string) {
    const key = `${user}:${path}`;
    const folder = this.folders.get(key) ?? { files: 0, folders: 0, revision: 0 };
    if (!this.folders.has(key)) {
      this.folders.set(key, folder);
      this.names.set(key, new Set());
    }
    return folder;
  }

  #count(userId: string, delta: Partial<Usage>): void {
    if (Object.values(delta).every((value) => value === 0)) return;
    for (const of of [userId, 'tenant']) {
      const counter = this.counter(of);
      Object.assign(counter, addUsage(counter, delta), { revision: counter.revision + 1 });
    }
  }

  share(bytes: number): void {
    this.unpaid += bytes;
    const counter = this.counter();
    counter.committedBytes -= bytes;
    counter.revision += 1;
  }

  reserve(ownerId: string, fileId: string, size: number, path: string): void {
    const file = fileOf({ fileId, ownerId, size, path, accounting: 'reserved' });
    this.files.set(fileId, file);
    this.slots.set(fileId, ownerId);
    this.#listedAt.set(fileId, this.#now() + this.#lagMs());
    this.#count(ownerId, { ...accounted(file), openUploads: 1 });
    this.folder(ownerId, path);
    this.#name(ownerId, path, fileId, 'add');
  }

  account(fileId: string, accounting: Accounting): void {
    const before = this.files.get(fileId) as FileRecord;
    if (before.accounting === 'none' || before.accounting === accounting) return;
    const after = { ...before, accounting, revision: before.revision + 1 };
    this.files.set(fileId, after);
    const [was, is] = [accounted(before), accounted(after)];
    const openUploads = this.slots.delete(fileId) ? -1 : 0;
    this.#count(before.ownerId, {
      committedBytes: is.committedBytes - was.committedBytes,
      committedFiles: is.committedFiles - was.committedFiles,
      reservedBytes: is.reservedBytes - was.reservedBytes,
      reservedFiles: is.reservedFiles - was.reservedFiles,
      openUploads,
    });
    if (accounting === 'none') this.#name(before.ownerId, before.path, fileId, 'delete');
  }

  #name(owner: string, path: string, name: string, act: 'add' | 'delete'): void {
    const key = `${owner}:${path}`;
    this.names.get(key)?.[act](name);
    const folder = this.folder(owner, path);
    folder.files += act === 'add' ? 1 : -1;
    folder.revision += 1;
  }

  /** What the counters should say. */
  truth(userId?: string): Usage {
    const files = [...this.files.values()].filter((file) => !userId || file.ownerId === userId);
    const slots = [...this.slots.values()].filter((owner) => !userId || owner === userId);
    const sum = files.reduce(
      (usage, file) =>
        addUsage(usage, accounted({ ...file, versionsBytes: this.versions.get(file.fileId) ?? 0 })),
      noUsage,
    );
    const committedBytes = sum.committedBytes - (userId ? 0 : this.unpaid);
    return { ...sum, committedBytes, openUploads: slots.length };
  }

  kept(userId?: string): Usage {
    const { revision: _, ...usage } = this.counter(userId);
    return usage;
  }

  readonly store: ReconcileStore = {
    owners: async (_tenant, limit, cursor) => {
      await this.#pause();
      const left = [...this.userList].sort().filter((id) => cursor === undefined || id > cursor);
      const items = left.slice(0, limit);
      return { items, ...(left.length > limit && { nextCursor: items.at(-1) as string }) };
    },
    counter: async ({ userId }) => {
      await this.#pause();
      return { ...this.counter(userId) };
    },
    userCounters: async (_tenant, userIds) => {
      const found: Counter[] = [];
      for (const userId of userIds) {
        await this.#pause();
        found.push({ ...this.counter(userId) });
      }
      return found;
    },
    unpaidBytes: async () => {
      await this.#pause();
      return this.unpaid;
    },
    ownedRecords: async (_tenant, ownerId, cursor) => {
      await this.#pause();
      const listed = [...this.files.values()]
        .filter(({ ownerId: owner, fileId }) => owner === ownerId && this.#isListed(fileId))
        .map(({ fileId }) => fileId)
        .sort()
        .filter((fileId) => cursor === undefined || fileId > cursor);
      const page = listed.slice(0, pageFiles);
      await this.#pause();
      return {
        items: page.map((fileId) => this.files.get(fileId) as FileRecord),
        ...(listed.length > pageFiles && { nextCursor: page.at(-1) as string }),
      };
    },
    keptVersionBytes: async ({ fileId }) => {
      await this.#pause();
      return this.versions.get(fileId) ?? 0;
    },
    heldSlots: async (_tenant, userId) => {
      await this.#pause();
      return [...this.slots].filter(([id, owner]) => owner === userId && this.#isListed(id)).length;
    },
    folder: async ({ ownerId, path }) => {
      await this.#pause();
      const folder = this.folders.get(`${ownerId}:${path}`);
      return folder && { ...folder };
    },
    folderContents: async ({ ownerId, path }) => {
      await this.#pause();
      const files = this.names.get(`${ownerId}:${path}`)?.size ?? 0;
      await this.#pause();
      return { files, folders: this.#below(ownerId, path).length };
    },
    nextSubFolder: async ({ ownerId, path }, after) => {
      await this.#pause();
      const name = this.#below(ownerId, path).find((below) => after === undefined || below > after);
      return name === undefined ? undefined : `${path === '/' ? '' : path}/${name}`;
    },
    repairCounter: async ({ userId }: CounterRef, seen, actual, event) => {
      await this.#pause();
      const counter = this.counter(userId);
      if (counter.revision !== seen.revision) return false;
      Object.assign(counter, actual, { revision: counter.revision + 1 });
      if (userId !== undefined) this.counter().revision += 1;
      this.events.push(event);
      return true;
    },
    repairVersionsBytes: async (file, bytes, event) => {
      await this.#pause();
      const kept = this.files.get(file.fileId);
      if (kept?.revision !== file.revision) return false;
      this.files.set(file.fileId, { ...kept, versionsBytes: bytes, revision: kept.revision + 1 });
      this.events.push(event);
      return true;
    },
    repairFolder: async ({ ownerId, path }, seen, actual, event) => {
      await this.#pause();
      const folder = this.folder(ownerId, path);
      if (folder.revision !== seen.revision) return false;
      Object.assign(folder, actual, { revision: folder.revision + 1 });
      this.events.push(event);
      return true;
    },
  };

  #isListed(fileId: string): boolean {
    return (this.#listedAt.get(fileId) ?? 0) <= this.#now();
  }

  #below(owner: string, path: string): string[] {
    const prefix = `${owner}:${path === '/' ? '' : path}/`;
    return [...this.folders.keys()]
      .filter((key) => key.startsWith(prefix) && key !== prefix && !key.slice(prefix.length).includes('/'))
      .map((key) => key.slice(prefix.length))
      .sort();
  }
}
