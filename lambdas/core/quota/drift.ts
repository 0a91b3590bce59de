import type { Usage } from '../tenancy/quota.ts';

/** A number that was kept and what the stored items say instead. */
export interface Drift {
  readonly field: string;
  readonly counted: number;
  readonly actual: number;
}

export const noUsage: Usage = {
  committedBytes: 0,
  committedFiles: 0,
  reservedBytes: 0,
  reservedFiles: 0,
  openUploads: 0,
};

const usageFields = Object.keys(noUsage) as readonly (keyof Usage)[];

/** Field by field of `actual`; empty when everything is as it should be. */
export const driftOf = <T extends object>(counted: T, actual: T): readonly Drift[] =>
  Object.entries(actual).flatMap(([field, value]) => {
    const kept = Number(counted[field as keyof T]);
    return kept === value ? [] : [{ field, counted: kept, actual: value }];
  });

export const addUsage = (sum: Usage, one: Partial<Usage>): Usage =>
  Object.fromEntries(usageFields.map((field) => [field, sum[field] + (one[field] ?? 0)])) as unknown as Usage;

/** Whether two passes found the same to be wrong by the same amount. */
export const sameDrift = (one: readonly Drift[], other: readonly Drift[]): boolean =>
  one.length === other.length &&
  one.every(({ field, counted, actual }) =>
    other.some((drift) => drift.field === field && drift.counted - drift.actual === counted - actual),
  );

/** Facts for an event and a report: by how much each number was changed. */
export const correction = (drift: readonly Drift[]): Record<string, number> =>
  Object.fromEntries(drift.map(({ field, counted, actual }) => [field, actual - counted]));

export const inWords = (drift: readonly Drift[]): string =>
  drift.map(({ field, counted, actual }) => `${field}: counted ${counted}, there are ${actual}`).join('; ');
