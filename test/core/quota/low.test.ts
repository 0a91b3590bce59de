import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type QuotaLevel, quotaStep } from '../../../lambdas/core/quota/low.ts';

const usage = (committedBytes: number, committedFiles = 0) => ({
  committedBytes,
  committedFiles,
  reservedBytes: 0,
  reservedFiles: 0,
  openUploads: 0,
});
const bounds = { maxBytes: 1_000, maxFiles: 100 };
const step = (bytes: number, level: QuotaLevel, files = 0) => quotaStep(usage(bytes, files), bounds, level);

describe('low quota', () => {
  it.each([
    [799, 0, 0, undefined],
    [800, 0, 0, 80],
    [949, 0, 80, undefined],
    [950, 0, 80, 95],
    [1_000, 0, 0, 95],
    [0, 80, 0, 80],
    [0, 95, 80, 95],
  ] as const)('%i bytes and %i files after level %i announce %s', (bytes, files, level, announced) => {
    const found = step(bytes, level, files);
    expect(found?.to).toBe(announced);
    if (announced) expect(found?.rises).toBe(true);
  });

  it.each([
    [750, 80, undefined],
    [749, 80, 0],
    [900, 95, undefined],
    [899, 95, 80],
    [10, 95, 0],
  ] as const)('%i bytes after level %i fall to %s, quietly', (bytes, level, to) => {
    const found = step(bytes, level);
    expect(found?.to).toBe(to);
    if (found) expect(found.rises).toBe(false);
  });

  it('is noted under a condition that its own usage fulfils, and leaves nothing to do', () => {
    fc.assert(
      fc.property(
        fc.nat(1_200),
        fc.nat(120),
        fc.constantFrom<QuotaLevel>(0, 80, 95),
        (bytes, files, level) => {
          const found = step(bytes, level, files);
          if (!found) return;
          if (found.rises) expect(bytes >= found.bytes || files >= found.files).toBe(true);
          else expect(bytes < found.bytes && files < found.files).toBe(true);
          expect(step(bytes, found.to, files)).toBeUndefined();
        },
      ),
    );
  });

  it('that swings around a level is announced once', () => {
    let level: QuotaLevel = 0;
    let announced = 0;
    for (const bytes of [790, 800, 790, 810, 760, 800, 740, 800]) {
      const found = step(bytes, level);
      if (found?.rises) announced += 1;
      level = found?.to ?? level;
    }
    expect(announced).toBe(2);
  });
});
