import { type JobKind, type JobResult, maxStepResults } from '../jobs/job.ts';
import { addSeconds } from '../time.ts';
import { checkFolder, nextFolder } from './check-folder.ts';
import { beginWalk, continueWalk, type UserWalk, type WrongVersions } from './count-user.ts';
import { type Drift, driftOf, sameDrift } from './drift.ts';
import type { ReconcileStore } from './ports.ts';
import { busy, type ReportDeps, type Run, repaired, reportRepair } from './report.ts';
import { reconcileTenantCounter } from './tenant-counter.ts';

export const reconcileJob = 'reconcile';

/** Whose counters: root asks for those of other tenants. */
export interface ReconcileParams {
  readonly tenantId: string;
}

export interface ReconcileDeps extends ReportDeps {
  readonly store: ReconcileStore;
  readonly sleep: (ms: number) => Promise<void>;
}

/** A user whose counter was found wrong once; a listing that lags behind looks the same. */
interface Suspect {
  readonly userId: string;
  /** Of the counter that was found wrong. */
  readonly revision: number;
  readonly drift: readonly Drift[];
  readonly seenAt: string;
  readonly attempts: number;
}

interface Progress {
  readonly stage: 'users' | 'suspects' | 'tenant' | 'finished';
  /** Behind the owner that is counted now; `last` when nobody comes after. */
  readonly after?: string;
  readonly last?: boolean;
  readonly walk?: UserWalk;
  /** How often the walk began anew because its user's uploads went on meanwhile. */
  readonly attempts: number;
  /** The folder of the walk's user that comes next, once its files are counted. */
  readonly folder?: string;
  readonly suspects: readonly Suspect[];
}

/** One step saves what it has found; far below the lease that a job's step has. */
const stepSeconds = 5;
/**
 * How long nothing may have been counted before a finding is believed: a file that the listing does not show yet looks
 * like drift. Listings lag by less than a second as a rule.
 */
const settleSeconds = 3;
/** How often one counter is tried that changes all the time before it is reported as busy. */
const maxAttempts = 4;
/** Suspects are kept in the job's cursor: some 300 bytes each. */
const maxSuspects = 200;
/** One turn of a step reports at most a page of files. */
const resultsReserve = 200;

/**
 * Proves the counters of a tenant against the stored items, and repairs what is wrong: of each user, then of the
 * tenant, which is the sum of them; and the counts of every folder. A number is repaired only when two passes found the
 * same to be wrong and nothing was counted since, so live traffic never makes a repair false.
 */
export const createReconciliation = (deps: ReconcileDeps): JobKind => ({
  step: async (job) => {
    const run: Run = { tenantId: (job.params as ReconcileParams).tenantId, actor: job.actor };
    const endsAt = addSeconds(deps.now(), stepSeconds);
    const results: JobResult[] = [];
    let progress = (job.cursor as Progress | undefined) ?? { stage: 'users', attempts: 0, suspects: [] };
    do {
      progress = await turn(deps, run, progress, results);
    } while (
      progress.stage !== 'finished' &&
      deps.now() < endsAt &&
      results.length < maxStepResults - resultsReserve
    );
    return { results, cursor: progress, finished: progress.stage === 'finished' };
  },
});

function turn(deps: ReconcileDeps, run: Run, progress: Progress, results: JobResult[]): Promise<Progress> {
  switch (progress.stage) {
    case 'users':
      return progress.folder === undefined
        ? countUser(deps, run, progress, results)
        : countFolder(deps, run, progress, results);
    case 'suspects':
      return settleSuspect(deps, run, progress, results);
    default:
      return countTenant(deps, run, progress, results);
  }
}

async function countUser(
  deps: ReconcileDeps,
  run: Run,
  progress: Progress,
  results: JobResult[],
): Promise<Progress> {
  const { store } = deps;
  const { tenantId } = run;
  if (!progress.walk) {
    const { items, nextCursor } = await store.owners(tenantId, 1, progress.after);
    const [userId] = items;
    const { after: _after, ...rest } = progress;
    const moved: Progress = {
      ...rest,
      ...(nextCursor !== undefined ? { after: nextCursor } : { last: true }),
    };
    if (userId === undefined) return nextOf(moved);
    return { ...moved, walk: await beginWalk(store, tenantId, userId), attempts: 0 };
  }
  const { userId } = progress.walk;
  const step = await continueWalk(store, tenantId, progress.walk, (wrong) =>
    repairVersions(deps, run, wrong, results),
  );
  if (step.kind === 'unfinished') return { ...progress, walk: step.walk };
  const toFolders: Progress = { ...progress, folder: '/' };
  if (step.kind === 'moved') {
    const attempts = progress.attempts + 1;
    if (attempts < maxAttempts) {
      return { ...progress, walk: await beginWalk(store, tenantId, userId), attempts };
    }
    results.push(busy(userId));
    return toFolders;
  }
  const drift = driftOf(step.counter, step.actual);
  if (drift.length === 0) {
    results.push({ subject: userId, outcome: 'skipped' });
    return toFolders;
  }
  if (progress.suspects.length === maxSuspects) {
    results.push(busy(userId));
    return toFolders;
  }
  const suspect = { userId, drift, revision: step.counter.revision, seenAt: deps.now(), attempts: 0 };
  return { ...toFolders, suspects: [...progress.suspects, suspect] };
}

async function countFolder(
  deps: ReconcileDeps,
  run: Run,
  progress: Progress,
  results: JobResult[],
): Promise<Progress> {
  const { userId } = progress.walk as UserWalk;
  const ref = { tenantId: run.tenantId, ownerId: userId, path: progress.folder as string };
  const check = await checkFolder(deps.store, ref);
  const subject = `${userId}:${ref.path}`;
  if (check.kind === 'wrong') {
    const event = repaired(deps, run, 'folder', check.drift, { userId });
    const done = await deps.store.repairFolder(ref, check.seen, check.actual, event);
    if (done) reportRepair(deps, results, { subject }, check.drift);
    else results.push(busy(subject));
  }
  if (check.kind === 'busy') results.push(busy(subject));
  const next = await nextFolder(deps.store, ref);
  if (next !== undefined) return { ...progress, folder: next };
  const { walk: _walk, folder: _folder, ...rest } = progress;
  return nextOf(rest);
}

const nextOf = (progress: Progress): Progress =>
  progress.last ? { ...progress, stage: 'suspects' } : progress;

/** The second look at a user. The same drift again, and nothing counted since the first: it is repaired. */
async function settleSuspect(
  deps: ReconcileDeps,
  run: Run,
  progress: Progress,
  results: JobResult[],
): Promise<Progress> {
  const { store } = deps;
  const { tenantId } = run;
  const [suspect, ...others] = progress.suspects;
  if (!suspect) return { ...progress, stage: 'tenant' };
  const { userId } = suspect;
  if (!progress.walk) {
    await waitUntil(deps, addSeconds(suspect.seenAt, settleSeconds));
    return { ...progress, walk: await beginWalk(store, tenantId, userId) };
  }
  const step = await continueWalk(store, tenantId, progress.walk, (wrong) =>
    repairVersions(deps, run, wrong, results),
  );
  if (step.kind === 'unfinished') return { ...progress, walk: step.walk };
  const { walk: _walk, ...rest } = progress;
  const through: Progress = { ...rest, suspects: others };
  if (step.kind === 'counted') {
    const drift = driftOf(step.counter, step.actual);
    if (drift.length === 0) {
      results.push({ subject: userId, outcome: 'skipped' });
      return through;
    }
    const { revision } = step.counter;
    const confirmed = revision === suspect.revision && sameDrift(drift, suspect.drift);
    const event = repaired(deps, run, 'user', drift, { userId });
    if (confirmed && (await store.repairCounter({ tenantId, userId }, step.counter, step.actual, event))) {
      reportRepair(deps, results, { subject: userId }, drift);
      return through;
    }
    return again(through, { ...suspect, drift, revision, seenAt: deps.now() }, results);
  }
  return again(through, { ...suspect, seenAt: deps.now() }, results);
}

function again(through: Progress, suspect: Suspect, results: JobResult[]): Progress {
  const attempts = suspect.attempts + 1;
  if (attempts < maxAttempts) {
    return { ...through, suspects: [...through.suspects, { ...suspect, attempts }] };
  }
  results.push(busy(suspect.userId));
  return through;
}

async function countTenant(
  deps: ReconcileDeps,
  run: Run,
  progress: Progress,
  results: JobResult[],
): Promise<Progress> {
  const outcome = await reconcileTenantCounter(deps, run.tenantId, (drift) =>
    repaired(deps, run, 'tenant', drift, {}),
  );
  const subject = 'tenant';
  if (outcome.kind === 'busy') results.push(busy(subject));
  if (outcome.kind === 'right') results.push({ subject, outcome: 'skipped' });
  if (outcome.kind === 'repaired') reportRepair(deps, results, { subject }, outcome.drift);
  return { ...progress, stage: 'finished' };
}

/** The condition is the file's revision: versions come and go only together with a change of their file. */
async function repairVersions(
  deps: ReconcileDeps,
  run: Run,
  { file, bytes }: WrongVersions,
  results: JobResult[],
): Promise<void> {
  const drift = driftOf({ versionsBytes: file.versionsBytes ?? 0 }, { versionsBytes: bytes });
  const event = repaired(deps, run, 'file', drift, { fileId: file.fileId });
  if (await deps.store.repairVersionsBytes(file, bytes, event)) {
    reportRepair(deps, results, { fileId: file.fileId }, drift);
  }
}

async function waitUntil(deps: ReconcileDeps, at: string): Promise<void> {
  const ms = Date.parse(at) - Date.parse(deps.now());
  if (ms > 0) await deps.sleep(Math.min(ms, settleSeconds * 1000));
}
