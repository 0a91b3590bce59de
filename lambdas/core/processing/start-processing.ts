import { move } from '../files/change.ts';
import { commitChange } from '../files/commit.ts';
import type { FileRecord } from '../files/file.ts';
import type { FileQueues, FileStore } from '../ports.ts';

export interface StartProcessingDeps {
  readonly store: Pick<FileStore, 'file' | 'commit'>;
  readonly queues: Pick<FileQueues, 'process'>;
  readonly now: () => string;
  readonly newId: () => string;
}

/** Sends a stored file to its worker; one without renditions is ready at once. Also how the sweep resumes it. */
export async function startProcessing(deps: StartProcessingDeps, stored: FileRecord): Promise<void> {
  const { tenantId, fileId, version, priority } = stored;
  if (Object.values(stored.renditions).some((rendition) => rendition.status === 'pending')) {
    await deps.queues.process({
      tenantId,
      fileId,
      version,
      kind: 'image',
      urgent: priority === 'high' || priority === 'urgent',
    });
    return;
  }
  await commitChange(deps.store, { tenantId, fileId }, (file) =>
    file?.status === 'stored' && file.version === version
      ? move(file, 'ready', { at: deps.now(), eventId: deps.newId() })
      : undefined,
  );
}
