import type { Numbers } from '../metrics/numbers.ts';
import { endedUploads, failureRate, uploadTimes } from '../metrics/rates.ts';
import { addSeconds } from '../time.ts';

export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
}

/** What the table tells of the stage; numbers of no single tenant. */
export interface StageFacts {
  /** Of the running hour and the one before. */
  readonly lastHour: Numbers;
  /** Absent: it has not run yet, as on a stage that was just deployed; its own alarm tells when it never does. */
  readonly sweptAt?: string;
}

/**
 * `none`: files are held instead of promoted, because nothing scans them. `test`: files are promoted that nobody has
 * scanned for more than test files. `down`: it has failed lately and is left alone, files are held.
 */
export type ScannerState = 'none' | 'test' | 'down' | 'up';

export interface HealthFacts {
  readonly checks: readonly CheckResult[];
  /** Absent where they could not be read, which a check says. */
  readonly stage?: StageFacts;
  /** Queues whose dead letters wait for somebody. */
  readonly deadLetters?: readonly string[];
  /** Absent where it is not asked for. */
  readonly scanner?: ScannerState;
  readonly now: string;
  readonly sweepIntervalSeconds: number;
}

export interface Health {
  readonly status: 'healthy' | 'degraded' | 'critical';
  readonly issues: readonly string[];
  readonly checks: readonly CheckResult[];
  /** Of the last hour; absent where too few uploads ended to say anything. */
  readonly numbers?: { readonly successRate: number; readonly averageUploadSeconds?: number };
}

/** Fewer ended uploads than this within the hour say nothing about a rate. */
const fewestForRate = 20;
const healthySuccess = 0.95;
const criticalSuccess = 0.9;
const slowUploadSeconds = 30;
/** One late run of the sweep is chance; three are not. */
const missedSweeps = 3;

/** DESIGN 8: what is down or fails often is critical, what is slow, late or left behind degrades. */
export function judge(facts: HealthFacts): Health {
  const down = facts.checks.filter(({ ok }) => !ok).map(({ name }) => `${name} does not answer`);
  const numbers = facts.stage && ratesOf(facts.stage.lastHour);
  const failing = numbers && numbers.successRate < criticalSuccess;
  const issues = [
    ...down,
    ...(numbers && numbers.successRate < healthySuccess
      ? [`only ${Math.floor(numbers.successRate * 100)} % of the uploads of the last hour succeeded`]
      : []),
    ...(numbers?.averageUploadSeconds !== undefined && numbers.averageUploadSeconds > slowUploadSeconds
      ? [`an upload took ${Math.round(numbers.averageUploadSeconds)} s on average in the last hour`]
      : []),
    ...(isOverdue(facts) ? [`the sweep has not run since ${facts.stage?.sweptAt}`] : []),
    ...(facts.deadLetters ?? []).map((name) => `dead letters wait in queue ${name}`),
    ...(facts.scanner ? scannerIssues[facts.scanner] : []),
  ];
  return {
    status: down.length > 0 || failing ? 'critical' : issues.length > 0 ? 'degraded' : 'healthy',
    issues,
    checks: facts.checks,
    ...(numbers && { numbers }),
  };
}

const scannerIssues: Record<ScannerState, readonly string[]> = {
  none: ['no scanner is configured: files are held'],
  test: ['no malware scanner: only test files are recognized'],
  down: ['the malware scanner does not answer: files are held'],
  up: [],
};

function ratesOf(numbers: Numbers): Health['numbers'] {
  const failures = failureRate(numbers);
  if (failures === undefined || endedUploads(numbers) < fewestForRate) return undefined;
  const average = uploadTimes(numbers)?.average;
  return {
    successRate: Math.round((1 - failures) * 10_000) / 10_000,
    ...(average !== undefined && { averageUploadSeconds: average }),
  };
}

const isOverdue = ({ stage, now, sweepIntervalSeconds }: HealthFacts): boolean =>
  stage?.sweptAt !== undefined && addSeconds(stage.sweptAt, missedSweeps * sweepIntervalSeconds) < now;
