import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { transcodedMetric } from '../contract/metrics.ts';
import type { Settled } from '../core/video/settle.ts';
import type { Observer } from './observe.ts';

/** Seconds of output by rung; nothing where nothing was made. */
export function countTranscoded(metrics: Observer['metrics'], { seconds = {} }: Settled): void {
  for (const [rung, value] of Object.entries(seconds)) {
    metrics
      .singleMetric()
      .addDimension(transcodedMetric.dimension, rung)
      .addMetric(transcodedMetric.name, MetricUnit.Seconds, value);
  }
}
