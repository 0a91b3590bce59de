import { ComparisonOperator, type IAlarmAction, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { definitionsStaleHours } from '../../lambdas/contract/definitions.ts';
import { metricsNamespace } from '../../lambdas/contract/metrics.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import { type AlarmSpec, alarmPeriod, operatorAlarm } from './alarms.ts';
import type { ServiceApi } from './http-api.ts';
import type { ServiceFunction } from './service-function.ts';
import { SluiceMetrics } from './sluice-metrics.ts';
import type { TranscodeWorkflow } from './transcode-workflow.ts';
import {
  definitionsPeriod,
  type Failures,
  failuresOf,
  sealSilence,
  sweepSilence,
  thresholds,
  type Watched,
} from './watched.ts';
import type { WorkerQueue } from './worker-queue.ts';

/** Every alarm of a stage. */
export class Watch extends Construct {
  private readonly config: EnvironmentConfig;
  private readonly action: IAlarmAction;

  constructor(
    scope: Construct,
    id: string,
    props: { config: EnvironmentConfig; action: IAlarmAction; of: Watched },
  ) {
    super(scope, id);
    this.config = props.config;
    this.action = props.action;
    const { of } = props;
    for (const queue of of.queues) this.watchQueue(queue);
    for (const fn of of.functions) this.watchFunction(fn, failuresOf(of, fn));
    this.watchOutbox(of);
    this.watchSweep(of.sweep);
    this.watchSeal(of.seal);
    this.watchCounters();
    this.watchScanner(of);
    this.watchUploads();
    this.watchApi(of.api);
    this.watchTranscodes(of.transcodes);
  }

  private alarm(spec: AlarmSpec): void {
    operatorAlarm(this, this.config, this.action, spec);
  }

  private watchQueue({ name, queue, deadLetters }: WorkerQueue): void {
    this.deadLetters(name, deadLetters);
    this.alarm({
      name: `queue-age-${name}`,
      severity: 'warning',
      metric: queue.metricApproximateAgeOfOldestMessage({ period: alarmPeriod }),
      threshold: thresholds.queueAgeSeconds,
      periods: { bad: 2, of: 3 },
      meaning: `A message has waited in queue ${name} for more than ${thresholds.queueAgeSeconds / 60} minutes.`,
      recommendation: 'Look for errors or throttles of its consumer, then for a burst of uploads.',
      runbook: 'queue-age',
    });
  }

  private deadLetters(name: string, queue: Queue): void {
    this.alarm({
      name: `dead-letters-${name}`,
      severity: 'critical',
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: alarmPeriod, statistic: 'Maximum' }),
      threshold: 0,
      meaning: `Work of ${name} failed for good and waits in its dead-letter queue.`,
      recommendation: 'Read the error of the message in the logs, repair the cause, redrive.',
      runbook: 'dead-letters',
    });
  }

  private watchFunction(fn: ServiceFunction, failures: Failures): void {
    this.alarm({
      name: `errors-${fn.name}`,
      metric: fn.lambda.metricErrors({ period: alarmPeriod }),
      ...failures,
      meaning: `Function ${fn.name} keeps failing.`,
      recommendation: 'Read its latest errors in the logs; compare with the last deployment.',
      runbook: 'function-errors',
    });
    this.alarm({
      name: `throttles-${fn.name}`,
      severity: 'warning',
      metric: fn.lambda.metricThrottles({ period: alarmPeriod }),
      threshold: 0,
      periods: { bad: 2, of: 3 },
      meaning: `Lambda refuses to run ${fn.name}: concurrency is used up.`,
      recommendation: "Compare the account's concurrency quota with what runs; ask for a higher one.",
      runbook: 'throttles',
    });
    this.alarm({
      name: `memory-${fn.name}`,
      severity: 'critical',
      metric: this.memoryUsed(fn),
      threshold: Math.floor((fn.memoryMb * thresholds.memoryPercent) / 100),
      meaning: `Function ${fn.name} used more than ${thresholds.memoryPercent} % of its ${fn.memoryMb} MB.`,
      recommendation: 'Find the file that caused it in the logs; raise the memory before it is killed.',
      runbook: 'memory',
    });
  }

  /** Lambda reports it only in the log line that ends an invocation. */
  private memoryUsed(fn: ServiceFunction): Metric {
    const metricName = `MemoryUsedMB-${this.config.stage}-${fn.name}`;
    new MetricFilter(this, `Memory-${fn.name}`, {
      logGroup: fn.logGroup,
      filterPattern: FilterPattern.stringValue('$.type', '=', 'platform.report'),
      metricNamespace: metricsNamespace,
      metricName,
      metricValue: '$.record.metrics.maxMemoryUsedMB',
    });
    return new Metric({ namespace: metricsNamespace, metricName, statistic: 'Maximum', period: alarmPeriod });
  }

  private watchOutbox({ publishFailures, publisher }: Watched): void {
    this.deadLetters('publish', publishFailures);
    this.alarm({
      name: 'outbox-age',
      severity: 'warning',
      metric: publisher.lambda.metric('IteratorAge', { statistic: 'Maximum', period: alarmPeriod }),
      threshold: thresholds.streamAgeSeconds * 1000,
      periods: { bad: 2, of: 3 },
      meaning: 'Events reach the bus minutes after they happened.',
      recommendation: 'Look for errors of publish; the sweep publishes what the stream leaves behind.',
      runbook: 'outbox',
    });
  }

  private watchSweep(sweep: ServiceFunction): void {
    this.alarm({
      name: 'sweep-silent',
      severity: 'critical',
      metric: sweep.lambda.metricInvocations({ period: sweepSilence }),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      missingIsBad: true,
      meaning: 'The sweep does not run: stale uploads keep their slots and reservations.',
      recommendation: 'Check its schedule and its function, then invoke it once by hand.',
      runbook: 'sweep',
    });
    this.alarm({
      name: 'sweep-failures',
      severity: 'warning',
      metric: new SluiceMetrics(this.config).sum('sweepFailures'),
      threshold: 0,
      periods: { bad: 3, of: 6 },
      meaning: 'The sweep cannot finish some items.',
      recommendation: 'Its log names each of them with the error.',
      runbook: 'sweep',
    });
  }

  private watchCounters(): void {
    this.alarm({
      name: 'counters-drifted',
      severity: 'warning',
      metric: new SluiceMetrics(this.config).sum('countersDrifted'),
      threshold: 0,
      meaning: 'Reconciliation found counters that did not agree with the stored items, and repaired them.',
      recommendation:
        'Read what changed in the events counters.repaired; then find what wrote past the counters.',
      runbook: 'counters',
    });
  }

  private watchSeal(seal: ServiceFunction): void {
    this.alarm({
      name: 'seal-silent',
      severity: 'critical',
      metric: seal.lambda.metricInvocations({ period: sealSilence }),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      missingIsBad: true,
      meaning: 'The sealer does not run: new audit records can still be changed unnoticed.',
      recommendation: 'Check its schedule and its function, then invoke it once by hand.',
      runbook: 'audit-seal',
    });
    this.alarm({
      name: 'audit-unsealed',
      severity: 'critical',
      metric: new SluiceMetrics(this.config).max('auditUnsealedSeconds'),
      threshold: thresholds.unsealedSeconds,
      periods: { bad: 2, of: 2 },
      meaning: `An audit record has waited for its seal for more than ${thresholds.unsealedSeconds / 60} minutes.`,
      recommendation: 'Read "could not seal" in the log of seal: it names the tenant and the error.',
      runbook: 'audit-seal',
    });
  }

  private watchScanner({ definitions }: Watched): void {
    const metrics = new SluiceMetrics(this.config);
    this.alarm({
      name: 'scanner-down',
      severity: 'critical',
      metric: metrics.sum('scannerUnavailable'),
      threshold: 0,
      periods: { bad: 2, of: 3 },
      meaning: 'The malware scanner gives no answer: uploads are held, nothing is promoted.',
      recommendation: 'Read why in the log of what scans; held files go on by themselves when it answers.',
      runbook: 'scanner',
    });
    if (!definitions) return;
    this.alarm({
      name: 'definitions-stale',
      severity: 'critical',
      metric: metrics.max('definitionsAgeSeconds').with({ period: definitionsPeriod }),
      threshold: thresholds.definitionsAgeSeconds,
      missingIsBad: true,
      meaning: `The virus definitions are older than ${definitionsStaleHours} h, or there are none.`,
      recommendation: 'Read what freshclam said in the log of definitions; then invoke it by hand.',
      runbook: 'definitions',
    });
  }

  private watchUploads(): void {
    const metrics = new SluiceMetrics(this.config);
    this.alarm({
      name: 'upload-failures',
      severity: 'critical',
      metric: metrics.failureRate(),
      threshold: thresholds.failurePercent,
      periods: { bad: 2, of: 3 },
      meaning: `More than ${thresholds.failurePercent} % of the uploads end rejected or expired.`,
      recommendation:
        'Compare rejected with expired on the dashboard, then the reasons in the logs of inspect.',
      runbook: 'upload-failures',
    });
    this.alarm({
      name: 'slow-uploads',
      severity: 'warning',
      metric: metrics.secondsPer100Megabytes(),
      threshold: thresholds.secondsPer100Megabytes,
      periods: { bad: 3, of: 3 },
      meaning: `100 MB take more than ${thresholds.secondsPer100Megabytes} s on average.`,
      recommendation: "See whether one region's users or all are slow; S3 itself is rarely the reason.",
      runbook: 'slow-uploads',
    });
    this.alarm({
      name: 'open-uploads',
      severity: 'warning',
      metric: metrics.max('openUploads'),
      threshold: thresholds.openUploads,
      periods: { bad: 2, of: 2 },
      meaning: `More than ${thresholds.openUploads} uploads are open at once.`,
      recommendation: 'Check that the sweep ends stale ones, then which tenant opens so many.',
      runbook: 'open-uploads',
    });
  }

  private watchTranscodes({ stateMachine }: TranscodeWorkflow): void {
    const settings = { period: alarmPeriod, statistic: 'Sum' };
    this.alarm({
      name: 'transcodes-failing',
      severity: 'warning',
      metric: new MathExpression({
        expression: 'failed + timedOut + aborted',
        usingMetrics: {
          failed: stateMachine.metricFailed(settings),
          timedOut: stateMachine.metricTimedOut(settings),
          aborted: stateMachine.metricAborted(settings),
        },
        period: alarmPeriod,
      }),
      threshold: thresholds.transcodeFailures,
      meaning: 'A transcode failed, and not through the fault of its video or recording.',
      recommendation:
        'The failed execution names the step and its error; its message waits among the dead letters of videos.',
      runbook: 'transcodes',
    });
  }

  private watchApi(api: ServiceApi): void {
    this.alarm({
      name: 'api-errors',
      severity: 'critical',
      metric: api.api.metricServerError({ period: alarmPeriod, statistic: 'Sum' }),
      threshold: thresholds.apiErrors,
      periods: { bad: 2, of: 3 },
      meaning: 'The API answers with 5xx.',
      recommendation:
        'The access log names route and integration error; the request id leads to the function.',
      runbook: 'api-errors',
    });
  }
}
