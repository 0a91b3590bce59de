import { mediaGroup } from '../content/mime-types.ts';
import { viaOf } from '../tenancy/access.ts';
import { type Actor, systemActor } from '../tenancy/actor.ts';
import type { FileRecord, Sensitivity } from './file.ts';
import type { Status } from './status.ts';

/** Something that happened: a line of a timeline, of the audit, and what the bus announces (DESIGN 7). */
interface EventBase {
  readonly schemaVersion: 1;
  readonly eventId: string;
  readonly at: string;
  readonly tenantId: string;
  readonly actor: Actor;
  readonly data: Readonly<Record<string, string | number | boolean>>;
}

export interface FileEvent extends EventBase {
  readonly type: FileEventType;
  readonly fileId: string;
  readonly ownerId: string;
}

/** Who looked at what, or was refused. It concerns a file or none, and is no line of a file's timeline. */
export interface AccessEvent extends EventBase {
  readonly type: 'access.download' | 'access.read' | 'access.refused';
  readonly fileId?: string;
  readonly ownerId?: string;
}

export interface TenantEvent extends EventBase {
  readonly type: TenantEventType;
  readonly fileId?: undefined;
  readonly ownerId?: undefined;
}

export type TenantEventType =
  | 'quota.low'
  | 'security.alert'
  | 'tenant.created'
  | 'tenant.changed'
  | 'tenant.erased'
  | 'user.created'
  | 'user.changed'
  | 'user.removed'
  | 'client.created'
  | 'client.removed'
  | 'folder.created'
  | 'folder.moved'
  | 'folder.deleted'
  | 'uploads.cleared'
  | 'queue.redriven'
  | 'counters.repaired';

export type DomainEvent = FileEvent | TenantEvent | AccessEvent;

/** Of the moves of a file every one but the one to `inspecting` is announced: inspection's outcome is. */
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
  deleted: 'file.deleted',
  purged: 'file.purged',
} as const satisfies Partial<Record<Status, string>>;

export type FileEventType =
  | (typeof eventOfStatus)[keyof typeof eventOfStatus]
  | 'file.withdrawn'
  | 'file.restored'
  | 'file.shared'
  | 'file.moved'
  | 'file.changed';

/** When, by whom and under which id something happens. */
export interface Stamp {
  readonly at: string;
  readonly eventId: string;
  readonly actor: Actor;
}

export interface EventFacts extends Omit<Stamp, 'actor'> {
  /** Absent: a worker or a schedule, nobody asked. */
  readonly actor?: Actor;
  /** Where the file's status does not tell what happened. */
  readonly type?: FileEventType;
  readonly data?: FileEvent['data'];
}

const bySensitivity: readonly Sensitivity[] = ['public', 'internal', 'confidential', 'restricted'];

const graver = (a: Sensitivity, b: Sensitivity): Sensitivity =>
  bySensitivity.indexOf(a) > bySensitivity.indexOf(b) ? a : b;

/** Worth telling the audit, which weighs it. */
export const isSensitive = (sensitivity: Sensitivity): boolean =>
  bySensitivity.indexOf(sensitivity) >= bySensitivity.indexOf('confidential');

/**
 * `was`: how sensitive the file was before. The graver of the two counts: making it less sensitive is no way to do
 * something to it unnoticed.
 */
export function eventOf(
  file: FileRecord,
  facts: EventFacts,
  was: Sensitivity = file.sensitivity,
): FileEvent | undefined {
  const type = facts.type ?? (file.status === 'inspecting' ? undefined : eventOfStatus[file.status]);
  if (!type) return undefined;
  const actor = facts.actor ?? systemActor;
  const via = viaOf(actor, file.ownerId);
  const sensitivity = graver(was, file.sensitivity);
  return {
    schemaVersion: 1,
    eventId: facts.eventId,
    type,
    at: facts.at,
    tenantId: file.tenantId,
    fileId: file.fileId,
    ownerId: file.ownerId,
    actor,
    data: {
      size: file.size,
      type: mediaGroup(file.mimeType),
      ...(file.country && { country: file.country }),
      ...(via && { via }),
      ...(file.isReplacement && { replaces: file.version - 1 }),
      ...(file.reason && { reason: file.reason }),
      ...(isSensitive(sensitivity) && { sensitivity }),
      ...facts.data,
    },
  };
}

export const tenantEvent = (
  tenantId: string,
  type: TenantEventType,
  { at, eventId, actor }: Stamp,
  data: TenantEvent['data'] = {},
): TenantEvent => ({ schemaVersion: 1, eventId, type, at, tenantId, actor, data });
