import type { StageFacts } from '../../core/health/judge.ts';
import { addNumbers } from '../../core/metrics/numbers.ts';
import type { MetricReads } from '../../core/metrics/reads.ts';
import { hoursUntil } from '../../core/metrics/windows.ts';
import type { Db } from './client.ts';
import { lastSweep } from './sweep-store.ts';

/** What health is judged by: the stage's last hour and the last run of the sweep. */
export const createStageFacts =
  (db: Db, metrics: MetricReads, now: () => string): (() => Promise<StageFacts>) =>
  async () => {
    const windows = hoursUntil(now(), 1).map((period) => ({ period, dimension: { kind: 'all' } as const }));
    const [rows, sweep] = await Promise.all([metrics.windows(windows), lastSweep(db)]);
    return {
      lastHour: addNumbers([...rows.values()].map(({ numbers }) => numbers)),
      ...(typeof sweep?.endedAt === 'string' && { sweptAt: sweep.endedAt }),
    };
  };
