import { type DomainEvent, type TenantEvent, tenantEvent } from '../files/event.ts';
import type { Sensitivity } from '../files/file.ts';
import { systemActor } from '../tenancy/actor.ts';
import { operationOf } from './operations.ts';
import { type AuditRecord, type RecordRef, recordOf } from './record.ts';
import { assessRisk, hourIn, type Risk } from './risk.ts';

export interface AuditStore {
  /** `alerted`: what the record gave cause for has been done. */
  find(ref: RecordRef): Promise<{ readonly record: AuditRecord; readonly alerted: boolean } | undefined>;
  /** Counts one operation of the user and returns how many there were in the hour up to `at`, this one included. */
  countOperation(tenantId: string, userId: string, at: string): Promise<number>;
  /** Whether the event is the first from this country of a user who has come from another one before. */
  isNewCountry(
    tenantId: string,
    userId: string,
    country: string,
    event: Pick<DomainEvent, 'eventId' | 'at'>,
  ): Promise<boolean>;
  /** Writes the record unless it is there. */
  add(record: AuditRecord): Promise<void>;
  markAlerted(ref: RecordRef): Promise<void>;
  /** Of the tenant's policy; undefined for a tenant that is being erased or gone, whose users nobody remembers. */
  timeZone(tenantId: string): Promise<string | undefined>;
}

export interface AuditDeps {
  readonly store: AuditStore;
  readonly events: { record(event: TenantEvent): Promise<void> };
  /** Tells the people who watch over security; at least once for each alert. */
  readonly alert: (event: TenantEvent) => Promise<void>;
  readonly now: () => string;
  readonly alertAboveHundredths: number;
}

export type AuditOutcome = 'repeated' | 'recorded' | 'alerted';

/**
 * Makes the record of an event, once, however often the event arrives, and raises the alert that it gives cause for.
 * A crash after the operation was counted and before its record was written counts it twice for an hour: the score
 * may then be too high, never too low.
 */
export async function auditEvent(deps: AuditDeps, event: DomainEvent): Promise<AuditOutcome> {
  const { tenantId, at, eventId: recordId } = event;
  const known = await deps.store.find({ tenantId, at, recordId });
  const record = known?.record ?? recordOf(event, await riskOf(deps.store, event), deps.now());
  if (!known) await deps.store.add(record);
  const isRisky =
    record.factors.includes('malware_found') || Math.round(record.risk * 100) > deps.alertAboveHundredths;
  // An alert about an alert would never end.
  if (known?.alerted || !isRisky || record.type === 'security.alert') return known ? 'repeated' : 'recorded';
  const alert = alertOf(record);
  await deps.events.record(alert);
  await deps.alert(alert);
  await deps.store.markAlerted(record);
  return 'alerted';
}

async function riskOf(store: AuditStore, event: DomainEvent): Promise<Risk> {
  const { tenantId, at, eventId, actor, data } = event;
  const { country } = actor;
  const timeZone = actor.kind === 'system' ? undefined : await store.timeZone(tenantId);
  // Events that are still on their way must not bring back what the erasure of a tenant removed.
  const userId = timeZone === undefined ? undefined : actor.userId;
  const [operationsLastHour, isNewCountry] = await Promise.all([
    userId === undefined ? 0 : store.countOperation(tenantId, userId, at),
    userId === undefined || country === undefined
      ? false
      : store.isNewCountry(tenantId, userId, country, { eventId, at }),
  ]);
  return assessRisk({
    operation: operationOf(event),
    ...(timeZone !== undefined && { localHour: hourIn(timeZone, at) }),
    operationsLastHour,
    isNewCountry,
    isMalware: data.reason === 'malware_found',
    ...(data.sensitivity !== undefined && { sensitivity: data.sensitivity as Sensitivity }),
  });
}

/** Its id and time follow from the record's, so that raising it again writes the same event. */
const alertOf = ({ tenantId, recordId, at, type, operation, risk, factors, actor, fileId }: AuditRecord) =>
  tenantEvent(
    tenantId,
    'security.alert',
    { at, eventId: `${recordId}-alert`, actor: systemActor },
    {
      recordId,
      about: type,
      operation,
      risk,
      factors: factors.join(','),
      ...(actor.userId !== undefined && { userId: actor.userId }),
      ...(fileId !== undefined && { fileId }),
    },
  );
