import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/index.ts';

/** Sections of docs/runbook.md that alarms send people to. */
export type RunbookSection =
  | 'dead-letters'
  | 'queue-age'
  | 'function-errors'
  | 'throttles'
  | 'memory'
  | 'upload-failures'
  | 'slow-uploads'
  | 'open-uploads'
  | 'api-errors'
  | 'sweep'
  | 'audit-seal'
  | 'counters'
  | 'scanner'
  | 'definitions'
  | 'outbox'
  | 'transcodes';

export interface AlarmSpec {
  readonly name: string;
  readonly severity: 'critical' | 'warning';
  readonly metric: IMetric;
  readonly threshold: number;
  readonly comparison?: ComparisonOperator;
  /** How many periods, of how many looked at, have to be bad. */
  readonly periods?: { readonly bad: number; readonly of: number };
  /** True where silence itself is the failure. */
  readonly missingIsBad?: boolean;
  /** What is wrong, in one sentence. */
  readonly meaning: string;
  /** What to do first, in one sentence. */
  readonly recommendation: string;
  readonly runbook: RunbookSection;
}

export const alarmPeriod = Duration.minutes(5);

/** An alarm that tells who is woken by it what it means, how bad it is and where to read on. */
export function operatorAlarm(
  scope: Construct,
  config: EnvironmentConfig,
  action: IAlarmAction,
  spec: AlarmSpec,
): Alarm {
  const periods = spec.periods ?? { bad: 1, of: 1 };
  const alarm = new Alarm(scope, spec.name, {
    alarmName: `sluice-${config.stage}-${spec.name}`,
    alarmDescription: [
      `[${spec.severity}] ${spec.meaning}`,
      spec.recommendation,
      `Threshold: ${spec.threshold}. Runbook: docs/runbook.md#${spec.runbook}`,
    ].join('\n'),
    metric: spec.metric,
    threshold: spec.threshold,
    comparisonOperator: spec.comparison ?? ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: periods.of,
    datapointsToAlarm: periods.bad,
    treatMissingData: spec.missingIsBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
  return alarm;
}
