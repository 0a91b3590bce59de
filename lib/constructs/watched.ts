import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { definitionsStaleHours } from '../../lambdas/contract/definitions.ts';
import type { AlarmSpec } from './alarms.ts';
import type { ServiceApi } from './http-api.ts';
import type { ServiceFunction } from './service-function.ts';
import type { TranscodeWorkflow } from './transcode-workflow.ts';
import type { WorkerQueue } from './worker-queue.ts';

/** What the alarms of a stage look at. */
export interface Watched {
  readonly functions: readonly ServiceFunction[];
  readonly queues: readonly WorkerQueue[];
  /** Batches of the table's stream that could not be published. */
  readonly publishFailures: Queue;
  readonly publisher: ServiceFunction;
  readonly sweep: ServiceFunction;
  readonly seal: ServiceFunction;
  readonly reconcile: ServiceFunction;
  /** Keeps the virus definitions of clamav fresh. */
  readonly definitions?: ServiceFunction;
  readonly transcodes: TranscodeWorkflow;
  readonly api: ServiceApi;
}

/** DESIGN 8. */
export const thresholds = {
  failurePercent: 5,
  secondsPer100Megabytes: 20,
  memoryPercent: 85,
  openUploads: 1_000,
  queueAgeSeconds: 15 * 60,
  streamAgeSeconds: 5 * 60,
  unsealedSeconds: 15 * 60,
  definitionsAgeSeconds: definitionsStaleHours * 3_600,
  functionErrors: 5,
  apiErrors: 5,
  transcodeFailures: 0,
};
/** The sweep runs every 10 minutes; three missed ones are not chance. */
export const sweepSilence = Duration.minutes(30);
/** The sealer runs every minute. */
export const sealSilence = Duration.minutes(10);
/** Their updater looks every 15 minutes and tells their age each time. */
export const definitionsPeriod = Duration.hours(1);

export type Failures = Pick<AlarmSpec, 'severity' | 'threshold' | 'periods'>;

/**
 * When a function keeps failing. What a schedule runs has too few runs to fail more than `functionErrors` times, and no
 * queue behind it that would tell: there every failed run counts, and `periods` says how many make a series.
 */
export function failuresOf({ sweep, seal, reconcile, definitions }: Watched, fn: ServiceFunction): Failures {
  const scheduled = { severity: 'critical', threshold: 0 } as const;
  if (fn === sweep) return { ...scheduled, periods: { bad: 2, of: 6 } };
  if (fn === seal) return { ...scheduled, periods: { bad: 3, of: 3 } };
  if (fn === definitions) return { ...scheduled, severity: 'warning', periods: { bad: 3, of: 6 } };
  if (fn === reconcile) return { ...scheduled, severity: 'warning', periods: { bad: 1, of: 1 } };
  return { severity: 'warning', threshold: thresholds.functionErrors, periods: { bad: 2, of: 3 } };
}
