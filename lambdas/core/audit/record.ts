import type { DomainEvent } from '../files/event.ts';
import type { Actor } from '../tenancy/actor.ts';
import { type Operation, type Outcome, operationOf, outcomeOf } from './operations.ts';
import type { Risk, RiskFactor } from './risk.ts';

/** Who did what, when, from where, with which outcome and how risky it looked. Never changed once written. */
export interface AuditRecord {
  /** The event's id: every event has exactly one record. */
  readonly recordId: string;
  /** When it happened. */
  readonly at: string;
  /** When the record was made; what is not sealed yet is sealed in this order. */
  readonly recordedAt: string;
  readonly tenantId: string;
  readonly actor: Actor;
  readonly type: DomainEvent['type'];
  readonly operation: Operation;
  readonly outcome: Outcome;
  readonly fileId?: string;
  readonly ownerId?: string;
  /** 0 to 1. */
  readonly risk: number;
  readonly factors: readonly RiskFactor[];
  readonly data: DomainEvent['data'];
}

export interface RecordRef {
  readonly tenantId: string;
  readonly at: string;
  readonly recordId: string;
}

export const recordOf = (event: DomainEvent, risk: Risk, recordedAt: string): AuditRecord => ({
  recordId: event.eventId,
  at: event.at,
  recordedAt,
  tenantId: event.tenantId,
  actor: event.actor,
  type: event.type,
  operation: operationOf(event),
  outcome: outcomeOf(event.type),
  ...(event.fileId !== undefined && { fileId: event.fileId }),
  ...(event.ownerId !== undefined && { ownerId: event.ownerId }),
  risk: risk.hundredths / 100,
  factors: risk.factors,
  data: event.data,
});
