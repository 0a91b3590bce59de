import type { TenantEvent } from '../files/event.ts';
import { addUsage, type Drift, driftOf, noUsage } from './drift.ts';
import type { ReconcileStore } from './ports.ts';

export type TenantOutcome =
  | { readonly kind: 'right' | 'busy' }
  | { readonly kind: 'repaired'; readonly drift: readonly Drift[] };

const ownersPerRead = 500;
/** A tenant with uploads every few milliseconds needs some luck for a quiet moment. */
const maxAttempts = 20;
const pauseMs = 50;

/**
 * The tenant's counter is the sum of its users', less the bytes that its policy lets it share without counting them
 * again. Every change moves both in one transaction, so users read between two
 * reads of an unchanged tenant's counter are of one moment; only then their sum says something.
 */
export async function reconcileTenantCounter(
  deps: { readonly store: ReconcileStore; readonly sleep: (ms: number) => Promise<void> },
  tenantId: string,
  eventOf: (drift: readonly Drift[]) => TenantEvent,
): Promise<TenantOutcome> {
  const { store } = deps;
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    if (attempt > 1) await deps.sleep(pauseMs);
    const before = await store.counter({ tenantId });
    const sum = await sumOfUsers(store, tenantId);
    const actual = { ...sum, committedBytes: sum.committedBytes - (await store.unpaidBytes(tenantId)) };
    const counter = await store.counter({ tenantId });
    if (counter.revision !== before.revision) continue;
    const drift = driftOf(counter, actual);
    if (drift.length === 0) return { kind: 'right' };
    if (await store.repairCounter({ tenantId }, counter, actual, eventOf(drift))) {
      return { kind: 'repaired', drift };
    }
  }
  return { kind: 'busy' };
}

async function sumOfUsers(store: ReconcileStore, tenantId: string) {
  let sum = noUsage;
  let cursor: string | undefined;
  do {
    const page = await store.owners(tenantId, ownersPerRead, cursor);
    for (const counter of await store.userCounters(tenantId, page.items)) sum = addUsage(sum, counter);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return sum;
}
