import { metricNames } from '../contract/metrics.ts';
import type { Observer } from './observe.ts';

/** What a scan of stored content ended with, as far as somebody should look at it. */
export function countRescan(metrics: Observer['metrics'], outcome: string): void {
  if (outcome === 'withdrawn') metrics.addMetric(metricNames.contentsWithdrawn, 'Count', 1);
  if (outcome === 'unscannable' || outcome === 'unavailable') {
    metrics.addMetric(metricNames.rescansInconclusive, 'Count', 1);
  }
}
