import { type AccessEvent, isSensitive, type Stamp } from '../files/event.ts';
import type { FileRecord } from '../files/file.ts';
import { viaOf } from '../tenancy/access.ts';
import type { AuditLevel } from '../tenancy/policy.ts';
import type { Operation } from './operations.ts';

/** What a tenant's auditLevel keeps beside changes, which are always kept (DESIGN 3). */
const keptAt: Record<AuditLevel, readonly AccessEvent['type'][]> = {
  minimal: [],
  standard: ['access.download', 'access.refused'],
  full: ['access.download', 'access.refused', 'access.read'],
};

export const isKept = (level: AuditLevel, type: AccessEvent['type']): boolean => keptAt[level].includes(type);

export interface AccessFacts {
  readonly type: AccessEvent['type'];
  /** What was asked for, whether or not it was given. */
  readonly operation: Operation;
  readonly route: string;
  /** Of a refusal. */
  readonly code?: string;
  /** The file, where the answer was about one; else its id, where the request named one. */
  readonly file?: Pick<FileRecord, 'fileId' | 'ownerId' | 'sensitivity'>;
  readonly fileId?: string;
}

export function accessEvent(
  tenantId: string,
  { at, eventId, actor }: Stamp,
  { type, operation, route, code, file, fileId = file?.fileId }: AccessFacts,
): AccessEvent {
  const via = viaOf(actor, file?.ownerId);
  return {
    schemaVersion: 1,
    eventId,
    type,
    at,
    tenantId,
    actor,
    ...(fileId !== undefined && { fileId }),
    ...(file && { ownerId: file.ownerId }),
    data: {
      operation,
      route,
      ...(code !== undefined && { code }),
      ...(via && { via }),
      ...(file && isSensitive(file.sensitivity) && { sensitivity: file.sensitivity }),
    },
  };
}
