import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { metricDimensions, metricNames, metricsNamespace } from '../../lambdas/contract/metrics.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import { alarmPeriod } from './alarms.ts';

type MetricNameKey = keyof typeof metricNames;

/** Fewer ended uploads than this within a period say nothing about a rate. */
const fewestForRate = 20;
const bytesPer100Megabytes = 100_000_000;

/** The metrics that the functions emit, as CloudWatch reads them. */
export class SluiceMetrics {
  private readonly config: EnvironmentConfig;

  constructor(config: EnvironmentConfig) {
    this.config = config;
  }

  sum(name: MetricNameKey): Metric {
    return this.metric(name, 'Sum');
  }

  max(name: MetricNameKey): Metric {
    return this.metric(name, 'Maximum');
  }

  percentile(name: MetricNameKey, percent: number): Metric {
    return this.metric(name, `p${percent}`);
  }

  /** Percent of the uploads that ended without a stored file, of all that ended by themselves. */
  failureRate(): IMetric {
    return new MathExpression({
      label: 'Failed uploads, %',
      expression: `IF(total >= ${fewestForRate}, 100 * failed / total, 0)`,
      period: alarmPeriod,
      usingMetrics: {
        failed: this.total('failed', ['uploadsRejected', 'uploadsExpired']),
        total: this.total('total', ['uploadsRejected', 'uploadsExpired', 'uploadsStored']),
      },
    });
  }

  /** Seconds that 100 MB take on average, from initiation to bytes complete. */
  secondsPer100Megabytes(): IMetric {
    return new MathExpression({
      label: 'Seconds per 100 MB',
      expression: `IF(bytes > ${bytesPer100Megabytes}, ${bytesPer100Megabytes} * seconds / bytes, 0)`,
      period: alarmPeriod,
      usingMetrics: { seconds: this.sum('uploadSeconds'), bytes: this.sum('bytesStored') },
    });
  }

  private total(prefix: string, names: readonly MetricNameKey[]): IMetric {
    const parts = Object.fromEntries(names.map((name, index) => [`${prefix}${index}`, this.sum(name)]));
    return new MathExpression({
      expression: Object.keys(parts)
        .map((id) => `FILL(${id}, 0)`)
        .join(' + '),
      period: alarmPeriod,
      usingMetrics: parts,
    });
  }

  private metric(name: MetricNameKey, statistic: string): Metric {
    return new Metric({
      namespace: metricsNamespace,
      metricName: metricNames[name],
      dimensionsMap: metricDimensions(this.config.stage),
      statistic,
      period: alarmPeriod,
    });
  }
}
