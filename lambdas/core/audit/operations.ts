import type { DomainEvent, FileEventType, TenantEventType } from '../files/event.ts';

/** What the risk score weighs, and what the audit is searched by. */
export const operations = ['upload', 'download', 'delete', 'share', 'sensitive_access', 'other'] as const;
export type Operation = (typeof operations)[number];

export const outcomes = ['success', 'refused', 'failed'] as const;
export type Outcome = (typeof outcomes)[number];

/** Total, so that a new event cannot be forgotten. An access says by itself what was wanted. */
const operationOfType: Record<FileEventType | TenantEventType, Operation> = {
  'file.initiated': 'upload',
  'file.uploaded': 'upload',
  'file.held': 'upload',
  'file.stored': 'upload',
  'file.rejected': 'upload',
  'file.withdrawn': 'other',
  'file.expired': 'upload',
  'file.aborted': 'upload',
  'file.processing': 'other',
  'file.ready': 'other',
  'file.failed': 'other',
  'file.deleted': 'delete',
  'file.restored': 'other',
  'file.purged': 'delete',
  'file.shared': 'share',
  'file.moved': 'other',
  'file.changed': 'other',
  'quota.low': 'other',
  'security.alert': 'other',
  'tenant.created': 'other',
  'tenant.changed': 'other',
  'tenant.erased': 'delete',
  'user.created': 'other',
  'user.changed': 'other',
  'user.removed': 'delete',
  'client.created': 'other',
  'client.removed': 'delete',
  'folder.created': 'other',
  'folder.moved': 'other',
  'folder.deleted': 'delete',
  'uploads.cleared': 'other',
  'queue.redriven': 'other',
  'counters.repaired': 'other',
};

const outcomeOfType: Partial<Record<DomainEvent['type'], Outcome>> = {
  'access.refused': 'refused',
  'file.rejected': 'refused',
  'file.withdrawn': 'refused',
  'file.failed': 'failed',
  'file.expired': 'failed',
};

const isOperation = (name: unknown): name is Operation => operations.includes(name as Operation);

/**
 * What the event is to the audit. An admin who sees, downloads or changes somebody else's file makes a sensitive
 * access; deleting and sharing stay what they are, so that a search for deletions finds all of them. Making a file
 * public opens it to more people than any share.
 */
export function operationOf({ type, data }: Pick<DomainEvent, 'type' | 'data'>): Operation {
  const wanted = isAccess(type) ? asked(data.operation) : operationOfType[type];
  if (type === 'file.changed' && data.isPublic === true) return 'share';
  return data.via === 'admin' && (wanted === 'other' || wanted === 'download') ? 'sensitive_access' : wanted;
}

const isAccess = (type: DomainEvent['type']): type is Extract<DomainEvent['type'], `access.${string}`> =>
  type.startsWith('access.');

const asked = (operation: unknown): Operation => (isOperation(operation) ? operation : 'other');

export const outcomeOf = (type: DomainEvent['type']): Outcome => outcomeOfType[type] ?? 'success';
