import type { FileStore } from '../ports.ts';
import type { FileRecord, FileRef, Withdrawal } from './file.ts';

export interface RemoveWithdrawnDeps {
  readonly store: Pick<FileStore, 'file'> & {
    /** Notes what has become of the withdrawn contents; false where somebody changed the file since it was read. */
    saveWithdrawals(file: FileRecord, withdrawals: readonly Withdrawal[]): Promise<boolean>;
  };
  readonly objects: {
    /**
     * Removes the bytes of a content and what was derived from it. With `keep`, and where S3 refuses to delete the
     * version (Object Lock), its bytes stay and nobody can read them. Repeating it is harmless.
     */
    withdraw(file: FileRecord, withdrawal: Withdrawal, options: { readonly keep: boolean }): Promise<void>;
  };
}

/** How often the file may change at the very moment when this is noted, as it does while its renditions are made. */
const maxAttempts = 10;

/**
 * Removes the bytes of contents that were withdrawn, and answers how many there were. Under a legal hold they stay, as
 * evidence that nobody can read. Doing it twice is the same as once.
 * @throws Error where the file keeps changing, for the message to come again
 */
export async function removeWithdrawn(deps: RemoveWithdrawnDeps, ref: FileRef): Promise<number> {
  const removed = new Set<string>();
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const file = await deps.store.file(ref);
    // The bytes of a purged file go all together.
    if (!file?.withdrawals || file.status === 'purged') return removed.size;
    const open = file.withdrawals.filter(({ left }) => left !== undefined);
    if (open.length === 0) return removed.size;
    for (const withdrawal of open) {
      const versionId = withdrawal.left?.versionId ?? '';
      if (removed.has(versionId)) continue;
      await deps.objects.withdraw(file, withdrawal, { keep: file.legalHold !== undefined });
      removed.add(versionId);
    }
    const closed = file.withdrawals.map(({ left: _, ...rest }) => rest);
    if (await deps.store.saveWithdrawals(file, closed)) return removed.size;
  }
  throw new Error(`file ${ref.fileId} keeps changing while its withdrawn bytes are removed`);
}
