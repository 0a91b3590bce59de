import type { DomainEvent } from '../../lambdas/core/files/event.ts';
import { addNumbers } from '../../lambdas/core/metrics/numbers.ts';
import type { Gauge, TallyDeps } from '../../lambdas/core/metrics/tally.ts';
import { type WindowNumbers, windowId } from '../../lambdas/core/metrics/windows.ts';
import type { QuotaStep } from '../../lambdas/core/quota/low.ts';

export const event = (type: DomainEvent['type'], over: Partial<DomainEvent> = {}): DomainEvent =>
  ({
    schemaVersion: 1,
    eventId: `E-${type}`,
    type,
    at: '2026-11-21T03:20:00.000Z',
    tenantId: 'acme',
    fileId: 'F1',
    ownerId: 'alice',
    actor: { kind: 'system' },
    data: { size: 100, type: 'image' },
    ...over,
  }) as DomainEvent;

/** A tally whose store holds everything in memory. */
export class Tallying {
  readonly windows = new Map<string, WindowNumbers>();
  readonly counted = new Set<string>();
  readonly peaks = new Map<string, number>();
  readonly forgotten: string[] = [];
  readonly steps: QuotaStep[] = [];
  readonly transactions: number[] = [];
  open: Record<string, number> = {};

  readonly deps: TallyDeps = {
    region: 'eu-west-1',
    now: () => '2026-11-21T03:30:00.000Z',
    newId: () => 'NEW',
    limits: {} as TallyDeps['limits'],
    quotas: {
      facts: async () => [],
      note: async (_of, step) => void this.steps.push(step),
    },
    store: {
      count: async (eventIds, sums) => {
        this.transactions.push(eventIds.length + sums.length);
        const known = new Set(eventIds.filter((id) => this.counted.has(id)));
        if (known.size > 0) return known;
        for (const id of eventIds) this.counted.add(id);
        for (const sum of sums) {
          const id = windowId(sum);
          const present = this.windows.get(id);
          const numbers = present ? addNumbers([present.numbers, sum.numbers]) : sum.numbers;
          this.windows.set(id, { ...sum, numbers });
        }
        return new Set();
      },
      refreshGauges: async (tenantIds) =>
        tenantIds.map(
          (tenantId): Gauge => ({
            tenantId,
            openUploads: this.open[tenantId] ?? 0,
            bytes: 0,
            files: 0,
          }),
        ),
      openUploads: async () => Object.values(this.open).reduce((sum, open) => sum + open, 0),
      raisePeak: async (periods, dimension, openUploads) => {
        for (const period of periods) {
          const id = windowId({ period, dimension });
          this.peaks.set(id, Math.max(openUploads, this.peaks.get(id) ?? 0));
        }
      },
      forgetTenant: async (tenantId) => void this.forgotten.push(tenantId),
    },
  };

  counts(period: string, dimension: WindowNumbers['dimension']) {
    return this.windows.get(windowId({ period, dimension }))?.numbers.counts;
  }
}
