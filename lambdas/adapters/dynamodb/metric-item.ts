import { type ItemKey, keys, metricDimension, timeToLiveAttribute } from '../../contract/table.ts';
import type { Histogram } from '../../core/metrics/histogram.ts';
import { type CountName, countNames, type Numbers } from '../../core/metrics/numbers.ts';
import { keepDays, keepHours } from '../../core/metrics/tally.ts';
import { type Dimension, isHour, startOfPeriod, type Window } from '../../core/metrics/windows.ts';

/**
 * A window's item: a number for each count, and one for each bucket of a histogram that was ever hit (`u42`, `p17`).
 * Plain numbers, so that one ADD creates and moves them.
 */
const prefixes = { uploadTimes: 'u', processingTimes: 'p' } as const;

export const peakAttribute = 'peakOpenUploads';

export const sortKeyOf = (dimension: Dimension): string => {
  switch (dimension.kind) {
    case 'all':
      return metricDimension.all();
    case 'tenant':
      return metricDimension.tenant(dimension.tenantId);
    case 'tenantType':
      return metricDimension.tenantType(dimension.tenantId, dimension.type);
    case 'type':
      return metricDimension.type(dimension.type);
    case 'region':
      return metricDimension.region(dimension.region);
  }
};

export const windowKey = ({ period, dimension }: Window): ItemKey =>
  keys.metricWindow(period, sortKeyOf(dimension));

const secondsPerHour = 3_600;

export const windowTimeToLive = (period: string): number =>
  Math.floor(Date.parse(startOfPeriod(period)) / 1000) +
  (isHour(period) ? keepHours : keepDays * 24) * secondsPerHour;

export const attributesOf = ({ counts, uploadTimes, processingTimes }: Numbers): Record<string, number> =>
  Object.fromEntries([
    ...Object.entries(counts).filter(([, value]) => value !== 0),
    ...Object.entries(uploadTimes).map(([bucket, count]) => [`${prefixes.uploadTimes}${bucket}`, count]),
    ...Object.entries(processingTimes).map(([bucket, count]) => [
      `${prefixes.processingTimes}${bucket}`,
      count,
    ]),
  ]);

export function numbersOfItem(item: Record<string, unknown>): Numbers {
  const counts: Partial<Record<CountName, number>> = {};
  for (const name of countNames) if (item[name] !== undefined) counts[name] = Number(item[name]);
  return {
    counts,
    uploadTimes: histogramOf(item, prefixes.uploadTimes),
    processingTimes: histogramOf(item, prefixes.processingTimes),
  };
}

const histogramOf = (item: Record<string, unknown>, prefix: string): Histogram => {
  const bucket = new RegExp(`^${prefix}(\\d+)$`);
  return Object.fromEntries(
    Object.entries(item).flatMap(([name, count]) => {
      const match = bucket.exec(name);
      return match ? [[Number(match[1]), Number(count)]] : [];
    }),
  );
};

export const ttl = (seconds: number) => ({
  names: { '#ttl': timeToLiveAttribute },
  values: { ':ttl': seconds },
});
