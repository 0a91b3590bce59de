import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { AnnotateDeps } from '../../lambdas/core/files/annotate.ts';
import { accounted } from '../../lambdas/core/files/change.ts';
import type { FileRecord } from '../../lambdas/core/files/file.ts';
import type { PurgeDeps } from '../../lambdas/core/files/purge.ts';
import { holdsName } from '../../lambdas/core/files/status.ts';
import type { RestoreDeps } from '../../lambdas/core/files/trash.ts';
import { file } from './domain.ts';
import { World } from './world.ts';

/** Files that are there already, over the model of the table, and what a caller needs to change them. */
export class Shelf extends World {
  readonly purged: string[] = [];

  /** A stored file of alice's unless said otherwise, with its name and its place in the counters. */
  put(over: Partial<FileRecord> = {}): FileRecord {
    const placed = file({
      status: 'ready',
      accounting: 'used',
      storedAt: this.at,
      libraryKey: 'K',
      libraryVersionId: 'V',
      ...over,
    });
    const { tenantId, fileId, ownerId, path, filename } = placed;
    this.table.files.set(`${tenantId}/${fileId}`, placed);
    if (holdsName(placed.status)) this.table.names.set(`${tenantId}/${ownerId}${path}/${filename}`, fileId);
    for (const of of [tenantId, `${tenantId}/${ownerId}`]) {
      const was = this.table.counter(of);
      const adds = accounted(placed);
      this.table.counters.set(of, {
        committedBytes: was.committedBytes + adds.committedBytes,
        committedFiles: was.committedFiles + adds.committedFiles,
        reservedBytes: was.reservedBytes + adds.reservedBytes,
        reservedFiles: was.reservedFiles + adds.reservedFiles,
        openUploads: was.openUploads,
      });
    }
    return placed;
  }

  /** The file as it is now. */
  get(fileId = 'F1'): FileRecord {
    const found = this.table.files.get(`acme/${fileId}`);
    if (!found) throw new Error(`there is no file ${fileId}`);
    return found;
  }

  get changing(): AnnotateDeps & RestoreDeps & PurgeDeps {
    const { store, queues, now, newId, resendSeconds } = this.dispatching;
    return {
      store,
      queues: {
        ...this.sweeping.queues,
        ...queues,
        purge: async ({ fileId }) => void this.purged.push(fileId),
      },
      now,
      newId,
      resendSeconds,
      names: defaultLimits.names,
      annotationsMaxBytes: defaultLimits.names.annotationsMaxBytes,
    };
  }
}
