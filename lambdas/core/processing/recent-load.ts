import { addNumbers } from '../metrics/numbers.ts';
import { processingTimes } from '../metrics/rates.ts';
import type { MetricReads } from '../metrics/reads.ts';
import { hoursUntil, windowId } from '../metrics/windows.ts';
import type { Load } from './estimate.ts';
import type { ProcessingWorker } from './workers.ts';

export interface LoadDeps {
  readonly metrics: Pick<MetricReads, 'windows'>;
  /** Messages that wait in each lane, and how many it takes at a time. */
  readonly lanes: () => Promise<Load['lanes']>;
  readonly now: () => string;
}

/** The types of the numbers that a worker's files are counted under. */
const typesOf: Readonly<Record<ProcessingWorker, readonly string[]>> = {
  images: ['image'],
  documents: ['document'],
  videos: ['video', 'audio'],
  other: ['other'],
};

/** The running hour and the one before: at any minute there is something to go by. */
const hoursBack = 1;

export async function recentLoad({ metrics, lanes, now }: LoadDeps): Promise<Load> {
  const periods = hoursUntil(now(), hoursBack);
  const windowsOf = (type: string) =>
    periods.map((period) => ({ period, dimension: { kind: 'type', type } as const }));
  const [rows, loads] = await Promise.all([
    metrics.windows(Object.values(typesOf).flat().flatMap(windowsOf)),
    lanes(),
  ]);
  const seconds = Object.entries(typesOf).flatMap(([worker, types]) => {
    const numbers = types.flatMap(windowsOf).flatMap((window) => rows.get(windowId(window))?.numbers ?? []);
    const times = processingTimes(addNumbers(numbers));
    return times ? [[worker, times.average] as const] : [];
  });
  return { lanes: loads, seconds: Object.fromEntries(seconds) };
}
