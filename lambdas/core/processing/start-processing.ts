import { move } from '../files/change.ts';
import { commitChange } from '../files/commit.ts';
import type { FileRecord } from '../files/file.ts';
import type { FileQueues, FileStore } from '../ports.ts';
import { pendingOf } from './deliver.ts';
import { workerFor } from './workers.ts';

export interface StartProcessingDeps {
  readonly store: Pick<FileStore, 'file' | 'commit'>;
  readonly queues: Pick<FileQueues, 'process'>;
  readonly now: () => string;
  readonly newId: () => string;
}

/**
 * Sends a stored file to its worker; one that has none, or that was processed already, is ready at once. Also how the
 * sweep resumes it.
 */
export async function startProcessing(deps: StartProcessingDeps, stored: FileRecord): Promise<void> {
  const { tenantId, fileId, version } = stored;
  const worker = workerFor(stored.mimeType);
  if (worker && (stored.status === 'processing' || isUnprocessed(stored))) {
    await deps.queues.process({ tenantId, fileId, version, worker, priority: stored.priority });
    return;
  }
  await commitChange(deps.store, { tenantId, fileId }, (file) =>
    file?.status === 'stored' && file.version === version
      ? move(file, 'ready', { at: deps.now(), eventId: deps.newId() })
      : undefined,
  );
}

/** A content that was restored brings back what had been made of it, and is not processed once more. */
const isUnprocessed = (file: FileRecord): boolean =>
  pendingOf(file).length > 0 || (file.media === undefined && Object.keys(file.renditions).length === 0);
