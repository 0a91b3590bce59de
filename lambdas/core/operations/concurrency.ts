import type { Page } from '../ports.ts';
import type { SweepResult } from '../sweep/sweep.ts';
import type { Caller } from '../tenancy/caller.ts';
import { effectivePolicy, type PolicyDefaults, type User } from '../tenancy/policy.ts';
import type { UploadSession } from '../uploads/session.ts';

/** An upload session that holds a slot, as the tenant's listing shows it. */
export type SlotHolder = Pick<UploadSession, 'tenantId' | 'fileId' | 'uploadId' | 'ownerId'>;

export interface ConcurrencyStore {
  /** What the tenant's counter says, read consistently. */
  openUploads(tenantId: string): Promise<number>;
  /** Listing of the sessions that hold a slot of the tenant, oldest first. */
  slotHolders(tenantId: string, cursor?: string): Promise<Page<SlotHolder>>;
  /** How many of these sessions hold a slot, read consistently. */
  countOpen(sessions: readonly SlotHolder[]): Promise<number>;
  /** The most uploads at once that the tenant had open on `day` (an ISO date), as far as it was tallied. */
  peakOpenUploads(tenantId: string, day: string): Promise<number>;
  /** Users and machine clients. */
  users(tenantId: string, userIds: readonly string[]): Promise<readonly User[]>;
  lastSweep(): Promise<SweepResult | undefined>;
}

export interface ConcurrencyDeps {
  readonly store: ConcurrencyStore;
  readonly limits: PolicyDefaults;
  /** A sweep that ended longer ago than this is missing. */
  readonly sweepOverdueSeconds: number;
  readonly now: () => string;
}

/** Sessions that one answer looks at: 20 times the slots that a tenant has by default. */
const maxSessionsRead = 10_000;
/** Users that one answer names, those with the most open uploads. */
const maxUsersNamed = 100;

export interface UserConcurrency {
  readonly userId: string;
  readonly active: number;
  readonly max: number;
}

export interface ConcurrencyStats {
  readonly activeUploads: number;
  readonly maxUploads: number;
  /** Of the slots, from 0 to 1. */
  readonly utilization: number;
  readonly peakToday: number;
  /** Those with the most open uploads first, at most 100. */
  readonly byUser: readonly UserConcurrency[];
  /** How many users have open uploads. */
  readonly usersActive: number;
}

export async function concurrencyStats(deps: ConcurrencyDeps, caller: Caller): Promise<ConcurrencyStats> {
  const { tenantId, policy, tenant } = caller;
  const [activeUploads, tallied, { sessions }] = await Promise.all([
    deps.store.openUploads(tenantId),
    deps.store.peakOpenUploads(tenantId, deps.now().slice(0, 10)),
    walkSlots(deps.store, tenantId),
  ]);
  const counts = new Map<string, number>();
  for (const { ownerId } of sessions) counts.set(ownerId, (counts.get(ownerId) ?? 0) + 1);
  const busiest = [...counts]
    .sort(([a, ofA], [b, ofB]) => ofB - ofA || a.localeCompare(b))
    .slice(0, maxUsersNamed);
  const users = await deps.store.users(
    tenantId,
    busiest.map(([userId]) => userId),
  );
  const maxUploads = policy.tenant.maxOpenUploads;
  return {
    activeUploads,
    maxUploads,
    utilization: maxUploads > 0 ? Math.round((activeUploads / maxUploads) * 10_000) / 10_000 : 1,
    peakToday: Math.max(tallied, activeUploads),
    byUser: busiest.flatMap(([userId, active]) => {
      const user = users.find((candidate) => candidate.userId === userId);
      // Removed ones are found too: only an erased tenant has uploads of nobody.
      if (!user) return [];
      return [{ userId, active, max: effectivePolicy(tenant, user, deps.limits).user.maxOpenUploads }];
    }),
    usersActive: counts.size,
  };
}

export interface ConcurrencyHealth {
  /** Every slot that is counted belongs to a session, and the other way round. */
  readonly consistent: boolean;
  readonly slots: { readonly counted: number; readonly sessions: number };
  readonly lastSweep?: Pick<SweepResult, 'startedAt' | 'endedAt' | 'complete'> & {
    readonly ageSeconds: number;
    /** For `root`: what was done over all tenants. */
    readonly actions?: SweepResult['actions'];
  };
  readonly issues: readonly string[];
}

/** Compares the tenant's slots with its sessions; twice when they differ, since uploads begin and end meanwhile. */
export async function concurrencyHealth(deps: ConcurrencyDeps, caller: Caller): Promise<ConcurrencyHealth> {
  const { tenantId, user } = caller;
  const first = await compareSlots(deps.store, tenantId);
  const { complete, ...slots } =
    first.counted === first.sessions ? first : await compareSlots(deps.store, tenantId);
  const consistent = slots.counted === slots.sessions;
  const swept = await deps.store.lastSweep();
  const lastSweep = swept && {
    startedAt: swept.startedAt,
    endedAt: swept.endedAt,
    complete: swept.complete,
    ageSeconds: Math.max(0, Math.round((Date.parse(deps.now()) - Date.parse(swept.endedAt)) / 1000)),
    ...(user.role === 'root' && { actions: swept.actions }),
  };
  const issues = [
    ...(complete ? [] : [`There are more than ${maxSessionsRead} sessions; not all were compared.`]),
    ...(consistent || !complete
      ? []
      : [
          `The counter has ${slots.counted} slots taken and there are ${slots.sessions} sessions. Where it stays so, reconcile the tenant.`,
        ]),
    ...(lastSweep ? [] : ['The sweep has not run yet.']),
    ...(lastSweep && lastSweep.ageSeconds > deps.sweepOverdueSeconds ? ['The sweep is overdue.'] : []),
    ...(lastSweep && !lastSweep.complete ? ['The last sweep ran out of time; the next one goes on.'] : []),
    ...((swept?.actions.failed ?? 0) > 0 ? ['The last sweep could not handle everything.'] : []),
  ];
  return { consistent, slots, ...(lastSweep && { lastSweep }), issues };
}

async function compareSlots(
  store: ConcurrencyStore,
  tenantId: string,
): Promise<{ counted: number; sessions: number; complete: boolean }> {
  const { sessions, complete } = await walkSlots(store, tenantId);
  const [counted, open] = await Promise.all([store.openUploads(tenantId), store.countOpen(sessions)]);
  return { counted, sessions: open, complete };
}

async function walkSlots(
  store: Pick<ConcurrencyStore, 'slotHolders'>,
  tenantId: string,
): Promise<{ sessions: readonly SlotHolder[]; complete: boolean }> {
  const sessions: SlotHolder[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<SlotHolder> = await store.slotHolders(tenantId, cursor);
    sessions.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor && sessions.length < maxSessionsRead);
  return { sessions, complete: cursor === undefined };
}
