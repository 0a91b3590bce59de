import type { Segment } from './segment/segment.ts';

/** A segment that counts, as the tenant's list of them names it. Ids ascend with time. */
export interface SegmentRef {
  readonly id: string;
  readonly bytes: number;
  readonly headBytes: number;
  readonly documents: number;
}

/**
 * Where segments lie, and which of them count. A segment that was read once may be read for as long as any request lasts
 * (`readers` of the implementation), also when others have taken its place.
 */
export interface SegmentStore {
  /** Those that count at this moment, read consistently; none for a tenant that has never had any. */
  list(tenantId: string): Promise<readonly SegmentRef[]>;
  /** `length` bytes of a segment from `at`. */
  read(tenantId: string, id: string, at: number, length: number): Promise<Uint8Array>;
  /**
   * Adds a segment. @returns those that count now; undefined when the tenant is being erased: nothing of it is left then
   */
  add(tenantId: string, segment: Segment): Promise<readonly SegmentRef[] | undefined>;
  /** The right to merge, for one at a time and a bounded time; undefined while somebody else has it. */
  claimMerge(tenantId: string): Promise<MergeClaim | undefined>;
}

export interface MergeClaim {
  /** The claimed tenant's segments. */
  readonly segments: readonly SegmentRef[];
  /** The merged segment in place of `inputs`; false when the claim had ended, and nothing has changed. */
  replace(inputs: readonly SegmentRef[], merged: Segment): Promise<boolean>;
  /** Nothing was to be merged. */
  release(): Promise<void>;
}
