import type { SegmentRef } from './segment-store.ts';

export interface MergeBounds {
  /** Segments that a tenant may have before some of them become one: each costs every question a request. */
  readonly segmentsMax: number;
  /** What a merge reads at most: all of it is in memory. Larger segments stay as they are. */
  readonly mergeMaxBytes: number;
}

/**
 * Segments that one merge takes at most: the update that puts the merged one in their place names each of them twice, some 40
 * characters, and DynamoDB takes an expression of 4 KB. What is more than that, after a crash has held up the merging,
 * becomes one with the merges of the next changes.
 */
export const mergeMaxSegments = 64;

/** The next larger one is taken along when what is merged already has at least a half of its size. */
const takenAlong = 2;

/**
 * Which segments become one: the smallest, as many as are too many, and each next larger one that is not much larger than
 * those together. So sizes stay apart like the digits of a number: n changes are written about log2(n) times, and what
 * is superseded goes when as much has changed again as a segment holds. Where many are too large to be merged, others still
 * have half of the room: else each change would write anew all that can be merged.
 */
export function planMerge(
  segments: readonly SegmentRef[],
  { segmentsMax, mergeMaxBytes }: MergeBounds,
): readonly SegmentRef[] {
  const mergeable = segments
    .filter(({ bytes }) => bytes <= mergeMaxBytes / takenAlong)
    .sort((a, b) => a.bytes - b.bytes || (a.id < b.id ? -1 : 1));
  const room = Math.max(segmentsMax / 2, segmentsMax - (segments.length - mergeable.length));
  const tooMany = mergeable.length - room;
  if (tooMany <= 0) return [];
  const chosen: SegmentRef[] = [];
  let bytes = 0;
  for (const segment of mergeable) {
    const wanted = chosen.length <= tooMany || segment.bytes <= takenAlong * bytes;
    if (!wanted || chosen.length === mergeMaxSegments || bytes + segment.bytes > mergeMaxBytes) break;
    chosen.push(segment);
    bytes += segment.bytes;
  }
  return chosen.length > 1 ? chosen : [];
}
