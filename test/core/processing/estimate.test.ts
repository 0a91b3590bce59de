import { describe, expect, it, vi } from 'vitest';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { progressOf } from '../../../lambdas/core/files/status.ts';
import { type Numbers, noNumbers } from '../../../lambdas/core/metrics/numbers.ts';
import { windowId } from '../../../lambdas/core/metrics/windows.ts';
import { estimateSeconds, type Load, secondsUntilReady } from '../../../lambdas/core/processing/estimate.ts';
import type { LoadDeps } from '../../../lambdas/core/processing/recent-load.ts';
import { createEstimates } from '../../../lambdas/runtime/estimates.ts';
import { file, startOfTime } from '../../support/domain.ts';
import { silentObserver } from '../../support/observer.ts';

const lane = (waiting: number, urgent = 0) => ({
  normal: { waiting, concurrency: 10 },
  urgent: { waiting: urgent, concurrency: 5 },
});
const load: Load = {
  lanes: { inspect: lane(50), images: lane(200), documents: lane(0), videos: lane(0), other: lane(0) },
  seconds: { images: 3 },
};
const record = (over: Partial<FileRecord>) => file({ accounting: 'used', ...over });

describe('an estimate', () => {
  it("is the backlog by the lane's concurrency and recent times, then the file itself", () => {
    expect(estimateSeconds(load, 'images', false)).toBe(63);
    expect(estimateSeconds(load, 'images', true)).toBe(3);
  });

  it('falls back to typical times where nothing was processed lately, and is never 0', () => {
    expect(estimateSeconds(load, 'documents', false)).toBeGreaterThanOrEqual(1);
    expect(estimateSeconds({ ...load, seconds: { other: 0.01 } }, 'other', false)).toBe(1);
  });

  it('of a file is that of the way it still has', () => {
    const until = (over: Partial<FileRecord>) => secondsUntilReady(load, record(over));
    expect(until({ status: 'uploaded' })).toBe(12 + 63);
    expect(until({ status: 'inspecting' })).toBe(2 + 63);
    expect(until({ status: 'stored' })).toBe(63);
    expect(until({ status: 'stored', priority: 'urgent' })).toBe(3);
    expect(until({ status: 'processing' })).toBe(3);
    const made = { name: 'small', status: 'ready' as const };
    expect(until({ status: 'processing', renditions: { small: made } })).toBe(63);
    const video = record({ status: 'processing', mimeType: 'video/mp4' });
    expect(secondsUntilReady(load, video, { percent: 25, seconds: 30 })).toBe(90);
    expect(secondsUntilReady(load, video, { percent: 0, seconds: 30 })).toBe(60);
    for (const status of ['uploading', 'held', 'ready', 'failed', 'rejected'] as const) {
      expect(until({ status })).toBe(0);
    }
    expect(until({ status: 'stored', mimeType: 'application/octet-stream' })).toBe(1);
  });
});

describe('progress', () => {
  it('goes on with every rendition that is settled, and is 100 only at the end', () => {
    const renditions = (...statuses: string[]) =>
      Object.fromEntries(statuses.map((status, n) => [`r${n}`, { status }]));
    expect(progressOf({ status: 'processing', renditions: renditions('pending', 'pending') })).toBe(80);
    expect(progressOf({ status: 'processing', renditions: renditions('ready', 'pending') })).toBe(89);
    expect(progressOf({ status: 'processing', renditions: renditions('ready', 'failed') })).toBe(99);
    expect(progressOf({ status: 'ready', renditions: renditions('ready') })).toBe(100);
    const encoded = [0, 1, 50, 99, 100].map((encodedPercent) =>
      progressOf({ status: 'processing', renditions: renditions('pending'), encodedPercent }),
    );
    expect(encoded).toEqual([80, 80, 89, 98, 99]);
  });
});

describe('the load that estimates go by', () => {
  const numbers: Numbers = { ...noNumbers, counts: { processingMs: 12_000 }, processingTimes: { 50: 4 } };
  const image = { kind: 'type', type: 'image' } as const;
  const set = (over: Partial<LoadDeps> = {}) => {
    let nowMs = 0;
    const { observer, logged } = silentObserver();
    const lanes = vi.fn(async () => load.lanes);
    const windows = vi.fn(
      async () =>
        new Map([[windowId({ period: startOfTime.slice(0, 13), dimension: image }), { numbers, peak: 0 }]]),
    );
    const estimates = createEstimates({
      ...{ metrics: { windows }, lanes, now: () => startOfTime },
      ...{ nowMs: () => nowMs, logger: observer.logger },
      ...over,
    });
    const pass = (seconds: number): void => {
      nowMs += seconds * 1000;
    };
    return { estimates, lanes, windows, pass, logged };
  };

  it('is what was processed in the last hours, and what waits', async () => {
    expect(await set().estimates.estimate('images', false)).toBe(63);
  });

  it('is read once a minute however many ask, and not for what is ready', async () => {
    const { estimates, lanes, windows, pass } = set();
    expect(await estimates.untilReady(record({ status: 'ready' }))).toBe(0);
    expect(lanes).not.toHaveBeenCalled();
    await Promise.all([
      estimates.estimate('images', false),
      estimates.untilReady(record({ status: 'stored' })),
    ]);
    pass(59);
    await estimates.estimate('other', true);
    expect([lanes.mock.calls.length, windows.mock.calls.length]).toEqual([1, 1]);
    pass(1);
    await estimates.estimate('other', true);
    expect(lanes).toHaveBeenCalledTimes(2);
  });

  it("is taken for none where it cannot be read: nobody's answer fails for it", async () => {
    const lanes = () => Promise.reject(new Error('SQS is down'));
    const { estimates, logged } = set({ lanes });
    expect(await estimates.estimate('images', false)).toBe(2);
    expect(logged.map(({ message }) => message)).toEqual(['could not read how busy the queues are']);
  });
});
