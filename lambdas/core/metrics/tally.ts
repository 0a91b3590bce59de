import type { DomainEvent } from '../files/event.ts';
import { announceLowQuota, type LowQuotaDeps, type QuotaSubject } from '../quota/announce-low.ts';
import { numbersOf } from './numbers.ts';
import {
  type Dimension,
  dayPeriod,
  daysUntil,
  hourPeriod,
  hoursUntil,
  sumOfWindows,
  type WindowNumbers,
} from './windows.ts';

/** What a tenant holds at this moment. */
export interface Gauge {
  readonly tenantId: string;
  readonly openUploads: number;
  readonly bytes: number;
  readonly files: number;
}

export interface TallyStore {
  /**
   * Adds `sums` and marks the events as counted, in one transaction: all or nothing. Nothing when some of the events
   * were counted before: the ids of those.
   */
  count(eventIds: readonly string[], sums: readonly WindowNumbers[]): Promise<ReadonlySet<string>>;
  /** Notes what the tenants hold now, by their counters; answers with it. A tenant that is gone is forgotten. */
  refreshGauges(tenantIds: readonly string[]): Promise<readonly Gauge[]>;
  /** Uploads open over all tenants, by their gauges. */
  openUploads(): Promise<number>;
  /** Notes `openUploads` as the peak of the windows that have none as high. */
  raisePeak(periods: readonly string[], dimension: Dimension, openUploads: number): Promise<void>;
  /** Removes a tenant's rows from these periods. */
  forgetTenant(tenantId: string, periods: readonly string[]): Promise<void>;
}

export interface TallyDeps extends LowQuotaDeps {
  readonly store: TallyStore;
  /** The region of events whose origin is not known. */
  readonly region: string;
}

/** DynamoDB's bound for one transaction. */
const maxTransactionItems = 100;
/** How far back rows are kept: a little longer than the longest window that is asked for. */
export const keepHours = 72;
export const keepDays = 40;

/**
 * Counts events into their windows, each exactly once however often it is delivered; before that looks at what the
 * tenants hold, which may be repeated as often as one likes.
 */
export async function tally(deps: TallyDeps, delivered: readonly DomainEvent[]): Promise<void> {
  const events = [...new Map(delivered.map((event) => [event.eventId, event])).values()];
  await lookAtHoldings(deps, events);
  for (const chunk of chunksOf(events, deps.region)) await countChunk(deps, chunk);
  for (const { type, data } of events) {
    // The event itself is of the tenant whose root asked for it: the erased one has no place for events any more.
    if (type === 'tenant.erased') await forget(deps, String(data.erasedTenantId));
  }
}

async function lookAtHoldings(deps: TallyDeps, events: readonly DomainEvent[]): Promise<void> {
  const tenantIds = [...new Set(events.filter(movesCounters).map(({ tenantId }) => tenantId))];
  if (tenantIds.length === 0) return;
  const gauges = await deps.store.refreshGauges(tenantIds);
  if (events.some(({ type }) => type === 'file.initiated')) await notePeaks(deps, gauges);
  await announceLowQuota(deps, quotaSubjects(events));
}

/** Everything but the end of processing and the alerts. */
const movesCounters = ({ type }: DomainEvent): boolean =>
  type !== 'security.alert' && type !== 'file.ready' && type !== 'file.failed';

/** A sample for each batch: an upload that began and ended between two batches is in no peak. */
async function notePeaks(deps: TallyDeps, gauges: readonly Gauge[]): Promise<void> {
  const now = deps.now();
  const periods = [hourPeriod(now), dayPeriod(now)];
  const stage = await deps.store.openUploads();
  await Promise.all([
    deps.store.raisePeak(periods, { kind: 'all' }, stage),
    ...gauges.map(({ tenantId, openUploads }) =>
      deps.store.raisePeak(periods, { kind: 'tenant', tenantId }, openUploads),
    ),
  ]);
}

function quotaSubjects(events: readonly DomainEvent[]): readonly QuotaSubject[] {
  const subjects = new Map<string, QuotaSubject>();
  for (const event of events) {
    if (!movesCounters(event) || event.ownerId === undefined) continue;
    const { tenantId, ownerId: userId } = event;
    subjects.set(JSON.stringify([tenantId, userId]), { tenantId, userId });
  }
  return [...subjects.values()];
}

/** As many events as fit into one transaction together: a mark each, and the windows that they share. */
export function chunksOf(
  events: readonly DomainEvent[],
  region: string,
): readonly (readonly DomainEvent[])[] {
  const chunks: DomainEvent[][] = [];
  let chunk: DomainEvent[] = [];
  for (const event of events) {
    if (!numbersOf(event)) continue;
    const longer = [...chunk, event];
    if (longer.length + sumOfWindows(longer, region).length <= maxTransactionItems) {
      chunk = longer;
      continue;
    }
    chunks.push(chunk);
    chunk = [event];
  }
  return chunk.length > 0 ? [...chunks, chunk] : chunks;
}

async function countChunk({ store, region }: TallyDeps, chunk: readonly DomainEvent[]): Promise<void> {
  let events = chunk;
  while (events.length > 0) {
    const known = await store.count(
      events.map(({ eventId }) => eventId),
      sumOfWindows(events, region),
    );
    // Each round knows at least one more, so that it ends.
    if (known.size === 0) return;
    events = events.filter(({ eventId }) => !known.has(eventId));
  }
}

const forget = async ({ store, now }: TallyDeps, tenantId: string): Promise<void> =>
  store.forgetTenant(tenantId, [...hoursUntil(now(), keepHours), ...daysUntil(now(), keepDays)]);
