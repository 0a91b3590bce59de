import { describe, expect, it } from 'vitest';
import { missingParts, partRange } from '../../client/part-plan.ts';
import { addSample, estimate, type ProgressSample } from '../../client/progress.ts';

const sampled = (...points: Array<readonly [atMs: number, bytes: number]>) =>
  points.reduce<readonly ProgressSample[]>(
    (samples, [atMs, bytes]) => addSample(samples, { atMs, bytes }),
    [],
  );

describe('speed and time left', () => {
  it('come from the bytes of the last seconds', () => {
    const samples = sampled([0, 0], [1_000, 100], [2_000, 200]);

    expect(estimate(samples, 1_000, 2_000)).toEqual({ bytesPerSecond: 100, etaSeconds: 8 });
  });

  it('forget what was before the window', () => {
    const samples = sampled(
      [0, 0],
      [1_000, 100_000],
      [11_500, 100_100],
      [12_500, 100_200],
      [13_500, 100_300],
    );

    expect(estimate(samples, 100_400, 13_500).bytesPerSecond).toBeLessThan(200);
  });

  it('sink while the line stalls, until nobody can tell', () => {
    const samples = sampled([0, 0], [1_000, 1_000]);

    expect(estimate(samples, 2_000, 4_000).bytesPerSecond).toBe(250);
    expect(estimate(samples, 2_000, 20_000)).toEqual({ bytesPerSecond: 0, etaSeconds: undefined });
  });

  it('begin anew when bytes of a broken part go back', () => {
    const samples = sampled([0, 0], [1_000, 1_000], [2_000, 600]);

    expect(samples).toEqual([{ atMs: 2_000, bytes: 600 }]);
    expect(estimate(samples, 2_000, 2_000)).toEqual({ bytesPerSecond: 0, etaSeconds: undefined });
  });

  it('stay small however often the browser reports', () => {
    const points = Array.from({ length: 5_000 }, (_, index) => [index * 10, index] as const);

    expect(sampled(...points).length).toBeLessThan(60);
  });

  it('know nothing of an upload that has not begun, and zero of one that is done', () => {
    expect(estimate([], 10, 0)).toEqual({ bytesPerSecond: 0, etaSeconds: undefined });
    expect(estimate(sampled([0, 0], [1_000, 10]), 10, 1_000).etaSeconds).toBe(0);
  });
});

describe('the part plan', () => {
  it('ends the last part with the file, and gives an empty file one empty part', () => {
    expect(partRange(3, 4, 10)).toEqual({ partNumber: 3, start: 8, end: 10 });
    expect(partRange(1, 4, 0)).toEqual({ partNumber: 1, start: 0, end: 0 });
  });

  it('misses what S3 does not hold in full', () => {
    const stored = [
      { partNumber: 1, size: 4, etag: 'a' },
      { partNumber: 3, size: 1, etag: 'c' },
    ];

    expect(missingParts({ partSize: 4, totalParts: 3, fileSize: 10 }, stored)).toEqual([2, 3]);
  });
});
