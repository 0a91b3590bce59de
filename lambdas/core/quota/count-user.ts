import { accounted } from '../files/change.ts';
import type { FileRecord } from '../files/file.ts';
import type { Usage } from '../tenancy/quota.ts';
import { addUsage, noUsage } from './drift.ts';
import type { Counter, ReconcileStore } from './ports.ts';

/** A count of everything that a user's quota counts, as far as it has come; small, so that a job can keep it. */
export interface UserWalk {
  readonly userId: string;
  /** Of the counter when the walk began. */
  readonly revision: number;
  readonly sum: Usage;
  readonly cursor?: string;
}

export type WalkStep =
  | { readonly kind: 'unfinished'; readonly walk: UserWalk }
  /** Something was counted meanwhile: what the walk has seen is of no one moment. */
  | { readonly kind: 'moved' }
  | { readonly kind: 'counted'; readonly counter: Counter; readonly actual: Usage };

export interface WrongVersions {
  readonly file: FileRecord;
  readonly bytes: number;
}

export async function beginWalk(store: ReconcileStore, tenantId: string, userId: string): Promise<UserWalk> {
  const { revision } = await store.counter({ tenantId, userId });
  return { userId, revision, sum: noUsage };
}

/**
 * Counts one page more. Every change of what is counted moves the counter's revision in its own transaction, so an
 * unchanged revision from before the first page to after the last says that the sum is of one moment: exact, but for
 * files that the listing does not show yet, which a second pass later tells from real drift.
 */
export async function continueWalk(
  store: ReconcileStore,
  tenantId: string,
  walk: UserWalk,
  onWrongVersions: (wrong: WrongVersions) => Promise<void>,
): Promise<WalkStep> {
  const { userId } = walk;
  const page = await store.ownedRecords(tenantId, userId, walk.cursor);
  let sum = walk.sum;
  for (const file of page.items) {
    const bytes = await versionsBytesOf(store, file);
    if (bytes !== (file.versionsBytes ?? 0)) await onWrongVersions({ file, bytes });
    sum = addUsage(sum, accounted({ ...file, versionsBytes: bytes }));
  }
  const openUploads = page.nextCursor === undefined ? await store.heldSlots(tenantId, userId) : 0;
  const counter = await store.counter({ tenantId, userId });
  if (counter.revision !== walk.revision) return { kind: 'moved' };
  if (page.nextCursor !== undefined) {
    return { kind: 'unfinished', walk: { ...walk, sum, cursor: page.nextCursor } };
  }
  return { kind: 'counted', counter, actual: { ...sum, openUploads } };
}

/** Only content that was replaced at least once can have left versions; those of a purged file are being deleted. */
const versionsBytesOf = async (store: ReconcileStore, file: FileRecord): Promise<number> => {
  const known = file.versionsBytes ?? 0;
  if (file.isReplacement || file.accounting === 'none') return known;
  return file.version > 1 || known > 0 ? store.keptVersionBytes(file) : known;
};
