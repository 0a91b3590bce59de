import type { Usage } from '../tenancy/quota.ts';

/** Percent of a bound whose crossing is announced. */
export const quotaLevels = [80, 95] as const;
export type QuotaLevel = 0 | (typeof quotaLevels)[number];

/** A level ends only this many percent below itself: usage that swings around it is announced once. */
const hysteresisPercent = 5;

export interface QuotaBounds {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

export interface QuotaStep {
  readonly from: QuotaLevel;
  readonly to: QuotaLevel;
  /** A fall is noted, so that the next crossing is announced again, and not announced itself. */
  readonly rises: boolean;
  /**
   * The step holds as long as usage is still at least (a rise) or below (a fall) this much; whatever changed meanwhile
   * has an event of its own, which looks again.
   */
  readonly bytes: number;
  readonly files: number;
}

const share = (max: number, percent: number): number => Math.ceil((max * percent) / 100);

const highest = (usage: Usage, bounds: QuotaBounds, below: number): QuotaLevel =>
  [...quotaLevels]
    .reverse()
    .find(
      (level) =>
        usage.committedBytes >= share(bounds.maxBytes, level - below) ||
        usage.committedFiles >= share(bounds.maxFiles, level - below),
    ) ?? 0;

/**
 * Whether usage (reserved included, bytes or files, whichever is nearer to its bound) has crossed a level since
 * `present` was noted. A jump over both levels is one crossing, of the higher.
 */
export function quotaStep(usage: Usage, bounds: QuotaBounds, present: QuotaLevel): QuotaStep | undefined {
  const reached = highest(usage, bounds, 0);
  if (reached > present) {
    return {
      from: present,
      to: reached,
      rises: true,
      bytes: share(bounds.maxBytes, reached),
      files: share(bounds.maxFiles, reached),
    };
  }
  const kept = highest(usage, bounds, hysteresisPercent);
  if (kept >= present) return undefined;
  const end = quotaLevels.find((level) => level > kept) ?? 0;
  return {
    from: present,
    to: kept,
    rises: false,
    bytes: share(bounds.maxBytes, end - hysteresisPercent),
    files: share(bounds.maxFiles, end - hysteresisPercent),
  };
}
