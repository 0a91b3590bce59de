import { type ItemKey, indexKeys, keys, sealShards, timeToLiveAttribute } from '../../contract/table.ts';
import type { AuditRecord, RecordRef } from '../../core/audit/record.ts';

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
  duePk: indexKeys.unsealed(shardOf(record.tenantId)),
  dueSk: `${record.recordedAt}#${record.recordId}`,
  [timeToLiveAttribute]: Math.floor(Date.parse(record.at) / 1000) + keepSeconds,
});

export const recordOfItem = (item: Item): AuditRecord =>
  Object.fromEntries(
    recordFields.filter((name) => item[name] !== undefined).map((name) => [name, item[name]]),
  ) as unknown as AuditRecord;

/** From the keys alone, which is all that the index has. */
export function refOfKeys({ pk, sk }: Item): RecordRef | undefined {
  const tenantId = /^AUDIT#(.+)#\d{4}-\d{2}-\d{2}$/.exec(String(pk))?.[1];
  const [, at, recordId] = String(sk).split('#');
  return tenantId && at && recordId ? { tenantId, at, recordId } : undefined;
}

/** All records of a tenant in one shard, so that a page of it holds few tenants. */
function shardOf(tenantId: string): number {
  let hash = 0;
  for (const character of tenantId) hash = (hash * 31 + character.charCodeAt(0)) % 65_521;
  return hash % sealShards;
}
