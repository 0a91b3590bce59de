import type { FileRecord, FileRef, Withdrawal } from '../../lambdas/core/files/file.ts';
import { type RemoveWithdrawnDeps, removeWithdrawn } from '../../lambdas/core/files/remove-withdrawn.ts';
import { isDueForItself } from '../../lambdas/core/files/withdraw.ts';
import { type RescanDeps, type RescanRequest, rescan } from '../../lambdas/core/intake/rescan.ts';
import type { Scanner } from '../../lambdas/core/intake/scanner.ts';
import type { ScanMarks } from '../../lambdas/core/intake/settle-rescan.ts';
import type { FileStore, VersionListing } from '../../lambdas/core/ports.ts';
import { initiateUpload } from '../../lambdas/core/uploads/initiate.ts';
import { caller } from './domain.ts';
import { answers, intercept, orAgain, World } from './world.ts';

/** The world of an upload, and in it the scanner that looks at what is stored. */
export class RescanWorld extends World {
  readonly rescans: RescanRequest[] = [];
  /** What it answers about what is stored already. */
  found: keyof typeof answers = 'clean';
  /** Library versions whose bytes were kept from everybody instead of deleted. */
  readonly closed: string[] = [];
  readonly deletedRenditions: string[] = [];

  /** Uploads of the same name and of these sizes, one replacing the other; the id of their file. */
  async stored(...sizes: number[]): Promise<string> {
    let fileId = '';
    for (const size of sizes) {
      const upload = await initiateUpload(this.uploads, caller(), {
        ...{ path: '/', filename: 'data.bin', mimeType: 'application/octet-stream', size },
        onConflict: 'replace',
      });
      this.s3.put({ tenantId: 'acme', ...upload }, new Uint8Array(size));
      await this.deliver();
      fileId = upload.fileId;
    }
    return fileId;
  }

  file(fileId: string): FileRecord {
    const found = this.table.files.get(`acme/${fileId}`);
    if (!found) throw new Error(`there is no file ${fileId}`);
    return found;
  }

  readonly #marks: ScanMarks = {
    mark: async ({ tenantId, fileId, versionId }, scan) => {
      const [key, file] = [`${tenantId}/${fileId}`, this.table.files.get(`${tenantId}/${fileId}`)];
      if (file?.libraryVersionId === versionId) this.table.files.set(key, { ...file, scan });
      for (const [of, kept] of this.table.versions) {
        if (kept.libraryVersionId === versionId) this.table.versions.set(of, { ...kept, scan });
      }
    },
  };

  get rescanning(): RescanDeps {
    const { queues, breaker, store, contents, now, newId } = this.inspecting;
    const scanner: Scanner = { engine: 'test', scan: async () => answers[this.found] };
    const queued = { rescan: async (message: RescanRequest) => void this.rescans.push(message) };
    return {
      ...{ breaker, contents, now, newId, resendSeconds: 900 },
      scanner: intercept('scanner', scanner, () => this.around),
      store: store as FileStore & VersionListing,
      marks: intercept('marks', this.#marks, () => this.around),
      queues: {
        ...intercept('rescans', queued, () => this.around),
        process: (message) => queues.process(message),
        purge: (message) => this.sweeping.queues.purge(message),
      },
    };
  }

  get removing(): RemoveWithdrawnDeps {
    const objects: RemoveWithdrawnDeps['objects'] = {
      withdraw: async (_file, { left }, { keep }) => {
        if (!left || left.shared) return;
        if (keep) this.closed.push(left.versionId);
        else this.s3.removeKey(left.key);
        this.deletedRenditions.push(...left.renditions);
      },
    };
    const saveWithdrawals = async (
      read: FileRecord,
      withdrawals: readonly Withdrawal[],
    ): Promise<boolean> => {
      const key = `${read.tenantId}/${read.fileId}`;
      const now = this.table.files.get(key);
      if (!now || now.revision !== read.revision) return false;
      const { dueAt, resends: _, ...rest } = now;
      const due = isDueForItself(now.status) && dueAt !== undefined ? { dueAt } : {};
      this.table.files.set(key, { ...rest, ...due, withdrawals, revision: now.revision + 1 });
      return true;
    };
    return {
      store: {
        file: (ref) => this.rescanning.store.file(ref),
        ...intercept('withdrawals', { saveWithdrawals }, () => this.around),
      },
      objects: intercept('objects', objects, () => this.around),
    };
  }

  /** What the worker of the queue `purge` does. */
  removeBytes(message: FileRef): Promise<unknown> {
    return removeWithdrawn(this.removing, message);
  }

  override async deliver(): Promise<void> {
    for (let round = 0; round < 50; round += 1) {
      await super.deliver();
      const [rescans, purges] = [this.rescans.splice(0), this.messages.purge.splice(0)];
      if (rescans.length + purges.length === 0) return;
      for (const message of rescans) {
        await orAgain(
          () => rescan(this.rescanning, message),
          () => this.rescans.push(message),
        );
      }
      for (const message of purges) {
        await orAgain(
          () => this.removeBytes(message),
          () => this.messages.purge.push(message),
        );
      }
    }
    throw new Error('messages keep coming');
  }
}
