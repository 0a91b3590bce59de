import { beforeEach, describe, expect, it } from 'vitest';
import { type AuditDeps, auditEvent } from '../../../lambdas/core/audit/audit-event.ts';
import type { AuditRecord } from '../../../lambdas/core/audit/record.ts';
import type { DomainEvent, TenantEvent } from '../../../lambdas/core/files/event.ts';

let records: Map<string, AuditRecord>;
let alerted: Set<string>;
let written: TenantEvent[];
let published: TenantEvent[];
let counted: number;
let deps: AuditDeps;
let operationsLastHour: number;
let isNewCountry: boolean;

beforeEach(() => {
  [records, alerted, written, published] = [new Map(), new Set(), [], []];
  [counted, operationsLastHour, isNewCountry] = [0, 1, false];
  deps = {
    store: {
      find: async ({ recordId }) => {
        const record = records.get(recordId);
        return record && { record, alerted: alerted.has(recordId) };
      },
      countOperation: async () => {
        counted += 1;
        return operationsLastHour;
      },
      isNewCountry: async () => isNewCountry,
      add: async (record) => void records.set(record.recordId, record),
      markAlerted: async ({ recordId }) => void alerted.add(recordId),
      timeZone: async () => 'Europe/Berlin',
    },
    events: { record: async (event) => void written.push(event) },
    alert: async (event) => void published.push(event),
    now: () => '2026-11-20T12:00:05.000Z',
    alertAboveHundredths: 70,
  };
});

const event = (over: Partial<DomainEvent> = {}): DomainEvent =>
  ({
    schemaVersion: 1,
    eventId: 'E1',
    type: 'file.deleted',
    at: '2026-11-20T12:00:00.000Z',
    tenantId: 'acme',
    fileId: 'F1',
    ownerId: 'alice',
    actor: { kind: 'user', userId: 'alice', address: '192.0.2.1', country: 'DE', requestId: 'Q' },
    data: { size: 10 },
    ...over,
  }) as DomainEvent;

describe('the audit record of an event', () => {
  it('of a tenant that is being erased is made, and its user is not remembered', async () => {
    deps = { ...deps, store: { ...deps.store, timeZone: async () => undefined } };
    expect(await auditEvent(deps, event())).toBe('recorded');
    expect(counted).toBe(0);
  });

  it('says who did what, when, from where, with which outcome and risk', async () => {
    await auditEvent(deps, event());

    expect([...records.values()]).toEqual([
      {
        recordId: 'E1',
        at: '2026-11-20T12:00:00.000Z',
        recordedAt: '2026-11-20T12:00:05.000Z',
        tenantId: 'acme',
        actor: { kind: 'user', userId: 'alice', address: '192.0.2.1', country: 'DE', requestId: 'Q' },
        type: 'file.deleted',
        operation: 'delete',
        outcome: 'success',
        fileId: 'F1',
        ownerId: 'alice',
        risk: 0.3,
        factors: [],
        data: { size: 10 },
      },
    ]);
  });

  it('is made and counted once, however often the event arrives', async () => {
    expect(await auditEvent(deps, event())).toBe('recorded');
    expect(await auditEvent(deps, event())).toBe('repeated');
    expect(counted).toBe(1);
  });

  it("weighs the hour of the tenant's own day", async () => {
    await auditEvent(deps, event({ at: '2026-11-20T21:30:00.000Z' }));
    expect(records.get('E1')?.factors).toEqual(['unusual_hour']);
  });

  it('of what nobody did has nobody to weigh', async () => {
    await auditEvent(deps, event({ actor: { kind: 'system' }, at: '2026-11-20T02:00:00.000Z' }));
    expect(records.get('E1')).toMatchObject({ risk: 0.3, factors: [] });
    expect(counted).toBe(0);
  });
});

describe('a security alert', () => {
  const risky = { data: { size: 10, sensitivity: 'restricted' } };

  it('is raised above 0.7, as an event and to the topic', async () => {
    isNewCountry = true;
    expect(await auditEvent(deps, event(risky))).toBe('alerted');

    expect(published).toEqual(written);
    expect(written).toEqual([
      expect.objectContaining({
        type: 'security.alert',
        tenantId: 'acme',
        actor: { kind: 'system' },
        data: expect.objectContaining({ recordId: 'E1', userId: 'alice', risk: 0.8, operation: 'delete' }),
      }),
    ]);
  });

  it.each(['file.rejected', 'file.withdrawn'] as const)(
    'is raised for every malware, at %s, whoever brought it and whatever the threshold',
    async (type) => {
      const found = event({ type, actor: { kind: 'system' }, data: { size: 10, reason: 'malware_found' } });
      expect(await auditEvent({ ...deps, alertAboveHundredths: 100 }, found)).toBe('alerted');
      expect(written[0]?.data).toMatchObject({ about: type, risk: 1, factors: 'malware_found' });
    },
  );

  it('is not raised at 0.7', async () => {
    operationsLastHour = 101;
    await auditEvent(deps, event({ data: { sensitivity: 'confidential' }, at: '2026-11-20T23:00:00.000Z' }));

    expect(records.get('E1')?.risk).toBe(0.7);
    expect(written).toEqual([]);
  });

  it('is raised for each record once, also when the first attempt broke off', async () => {
    isNewCountry = true;
    const { alert } = deps;
    let attempts = 0;
    const broken: AuditDeps = {
      ...deps,
      alert: async (raised) => {
        attempts += 1;
        if (attempts === 1) throw new Error('SNS is away');
        await alert(raised);
      },
    };
    await expect(auditEvent(broken, event(risky))).rejects.toThrow('SNS is away');
    expect(await auditEvent(broken, event(risky))).toBe('alerted');
    expect(await auditEvent(broken, event(risky))).toBe('repeated');

    expect(published).toHaveLength(1);
    expect(new Set(written.map(({ eventId }) => eventId)).size).toBe(1);
    expect(counted).toBe(1);
  });

  it('never raises another one', async () => {
    const low = { ...deps, alertAboveHundredths: 1 };
    expect(await auditEvent(low, event({ type: 'security.alert', actor: { kind: 'system' } } as never))).toBe(
      'recorded',
    );
    expect(written).toEqual([]);
  });
});
