import { type TenantEvent, tenantEvent } from '../files/event.ts';
import type { JobResult } from '../jobs/job.ts';
import { type Actor, type StampDeps, stamp } from '../tenancy/actor.ts';
import { correction, type Drift, inWords } from './drift.ts';

/** Whose counters, and who asked for it. */
export interface Run {
  readonly tenantId: string;
  readonly actor: Actor;
}

export interface ReportDeps extends StampDeps {
  /** Numbers that were found wrong. */
  readonly onDrift: (count: number) => void;
}

/** The event of a repair: of what, and by how much each number was changed. */
export const repaired = (
  deps: ReportDeps,
  run: Run,
  of: 'user' | 'tenant' | 'folder' | 'file',
  drift: readonly Drift[],
  facts: Readonly<Record<string, string>>,
): TenantEvent =>
  tenantEvent(run.tenantId, 'counters.repaired', stamp(deps, run.actor), {
    of,
    ...facts,
    ...correction(drift),
  });

export function reportRepair(
  deps: ReportDeps,
  results: JobResult[],
  what: Pick<JobResult, 'subject' | 'fileId'>,
  drift: readonly Drift[],
): void {
  deps.onDrift(drift.length);
  results.push({ ...what, outcome: 'done', detail: inWords(drift) });
}

export const busy = (subject: string): JobResult => ({
  subject,
  outcome: 'failed',
  code: 'capacity_exceeded',
  detail: 'It changed all the time while it was counted. The next reconciliation looks at it again.',
});
