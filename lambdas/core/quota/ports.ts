import type { TenantEvent } from '../files/event.ts';
import type { FileRecord, FileRef } from '../files/file.ts';
import type { Page } from '../ports.ts';
import type { Usage } from '../tenancy/quota.ts';

/** The counter of one user, or of the whole tenant. */
export interface CounterRef {
  readonly tenantId: string;
  readonly userId?: string;
}

export interface Counter extends Usage {
  /** Counts the counter's changes; 0 before the first. */
  readonly revision: number;
}

/** A folder's counts as kept; `revision` counts their changes. */
export interface FolderCounts {
  readonly files: number;
  readonly folders: number;
  readonly revision: number;
}

export interface FolderRef {
  readonly tenantId: string;
  readonly ownerId: string;
  readonly path: string;
}

/** What reconciliation reads and repairs. Every read is strongly consistent unless it says "listing". */
export interface ReconcileStore {
  /** Everybody whose uploads a counter of their own counts: users, also removed ones, and machine clients. */
  owners(tenantId: string, limit: number, cursor?: string): Promise<Page<string>>;
  counter(ref: CounterRef): Promise<Counter>;
  /** One counter for each user that has one. */
  userCounters(tenantId: string, userIds: readonly string[]): Promise<readonly Counter[]>;
  /** Listing of everything an owner's quota counts, each read consistently: files and open replacements. */
  ownedRecords(tenantId: string, ownerId: string, cursor?: string): Promise<Page<FileRecord>>;
  /** Bytes of the kept versions of a file. */
  keptVersionBytes(ref: FileRef): Promise<number>;
  /** Bytes of contents that count for fewer of the tenant's files than have them. */
  unpaidBytes(tenantId: string): Promise<number>;
  /** Sessions of the user that hold a slot: listed, then read consistently. */
  heldSlots(tenantId: string, userId: string): Promise<number>;
  folder(ref: FolderRef): Promise<FolderCounts | undefined>;
  /** What a folder should count: name claims and sub-folders. */
  folderContents(ref: FolderRef): Promise<Pick<FolderCounts, 'files' | 'folders'>>;
  /** The first sub-folder of `path` whose name sorts after `after`. */
  nextSubFolder(ref: FolderRef, after: string | undefined): Promise<string | undefined>;

  /** Writes the numbers and the event in one transaction; false when the counter changed since it was read. */
  repairCounter(ref: CounterRef, seen: Counter, actual: Usage, event: TenantEvent): Promise<boolean>;
  repairVersionsBytes(file: FileRecord, bytes: number, event: TenantEvent): Promise<boolean>;
  repairFolder(
    ref: FolderRef,
    seen: FolderCounts,
    actual: Pick<FolderCounts, 'files' | 'folders'>,
    event: TenantEvent,
  ): Promise<boolean>;
}
