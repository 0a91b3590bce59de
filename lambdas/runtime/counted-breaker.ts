import { metricNames } from '../contract/metrics.ts';
import type { ScannerBreaker } from '../core/intake/scanner.ts';
import type { Observer } from './observe.ts';

/** Counts each time that the scanner gave no answer: what the alarm "scanner down" goes by. */
export const countedBreaker = (breaker: ScannerBreaker, metrics: Observer['metrics']): ScannerBreaker => ({
  ...breaker,
  failed: async () => {
    metrics.addMetric(metricNames.scannerUnavailable, 'Count', 1);
    await breaker.failed();
  },
});
