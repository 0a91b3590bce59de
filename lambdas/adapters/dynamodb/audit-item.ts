import { type ItemKey, indexKeys, keys, sealShards, timeToLiveAttribute } from '../../contract/table.ts';
import type { AuditRecord, RecordRef } from '../../core/audit/record.ts';
import { shardOf } from './due-index.ts';

type Item = Record<string, unknown>;

/** Every field that a record can have: what else an item carries is no part of what is sealed. */
const recordFields = [
  'recordId',
  'at',
  'recordedAt',
  'tenantId',
  'actor',
  'type',
  'operation',
  'outcome',
  'fileId',
  'ownerId',
  'risk',
  'factors',
  'data',
] as const satisfies readonly (keyof AuditRecord)[];

export const recordKey = ({ tenantId, at, recordId }: RecordRef): ItemKey =>
  keys.auditRecord(tenantId, at, recordId);

/** In the index of what is due until it is sealed. */
export const recordItem = (record: AuditRecord, keepSeconds: number): Item => ({
  ...recordKey(record),
  kind: 'auditRecord',
  ...record,
  // All records of a tenant in one shard, so that a page of it holds few tenants.
  duePk: indexKeys.unsealed(shardOf(record.tenantId, sealShards)),
  dueSk: `${record.recordedAt}#${record.recordId}`,
  [timeToLiveAttribute]: Math.floor(Date.parse(record.at) / 1000) + keepSeconds,
});

export const recordOfItem = (item: Item): AuditRecord =>
  Object.fromEntries(
    recordFields.filter((name) => item[name] !== undefined).map((name) => [name, item[name]]),
  ) as unknown as AuditRecord;

/** From the keys alone, which is all that the index has. */
export function refOfKeys({ pk, sk }: ItemKey): RecordRef | undefined {
  const tenantId = /^AUDIT#(.+)#\d{4}-\d{2}-\d{2}$/.exec(pk)?.[1];
  const [, at, recordId] = sk.split('#');
  return tenantId && at && recordId ? { tenantId, at, recordId } : undefined;
}
