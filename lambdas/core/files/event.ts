import type { FileRecord } from './file.ts';
import type { Status } from './status.ts';

/** One thing that happened to a file: its timeline, and what the bus announces (DESIGN 7). */
export interface FileEvent {
  readonly schemaVersion: 1;
  readonly eventId: string;
  readonly type: FileEventType;
  readonly at: string;
  readonly tenantId: string;
  readonly fileId: string;
  readonly ownerId: string;
  readonly data: Readonly<Record<string, string | number | boolean>>;
}

/** Every status but `inspecting` is announced: inspection's outcome is. */
const eventOfStatus = {
  uploading: 'file.initiated',
  uploaded: 'file.uploaded',
  held: 'file.held',
  stored: 'file.stored',
  rejected: 'file.rejected',
  processing: 'file.processing',
  ready: 'file.ready',
  failed: 'file.failed',
  expired: 'file.expired',
  aborted: 'file.aborted',
  purged: 'file.purged',
} as const satisfies Partial<Record<Status, string>>;

export type FileEventType = (typeof eventOfStatus)[keyof typeof eventOfStatus];

export function eventOf(
  file: FileRecord,
  facts: { eventId: string; at: string; data?: FileEvent['data'] },
): FileEvent | undefined {
  if (file.status === 'inspecting') return undefined;
  return {
    schemaVersion: 1,
    eventId: facts.eventId,
    type: eventOfStatus[file.status],
    at: facts.at,
    tenantId: file.tenantId,
    fileId: file.fileId,
    ownerId: file.ownerId,
    data: { size: file.size, ...(file.reason && { reason: file.reason }), ...facts.data },
  };
}
