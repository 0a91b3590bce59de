import { maxObjectBytes, maxRangeBytes, maxRanges, objectHeadBytes, smallObjectBytes } from './bounds.ts';
import type { Listed } from './listed.ts';

export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * What to read of a large file: its objects, without the data of the streams among them. What lies close together
 * is read at once, the closest first, for as long as that costs less than the bound. Not complete where so many ranges are
 * left that reading all of them would take too long.
 */
export function rangesOf(
  listed: Listed,
  size: number,
): { readonly ranges: readonly Range[]; readonly complete: boolean } {
  const wanted = wantedOf(listed, size);
  const ranges = joinClosest(wanted.slice(0, maxWanted));
  const kept = withinBounds(ranges);
  return { ranges: kept, complete: wanted.length <= maxWanted && kept.length === ranges.length };
}

/** Of more, each as short as they are, not all would be read in any case. */
const maxWanted = maxRangeBytes / objectHeadBytes;

function wantedOf(listed: Listed, size: number): Range[] {
  const offsets = listed.inOrder(size);
  const streams = listed.streamOffsets();
  const wanted: { from: number; to: number }[] = [];
  for (let index = 0; index < offsets.length && wanted.length <= maxWanted; index += 1) {
    const offset = offsets[index] as number;
    const length = (offsets[index + 1] ?? size) - offset;
    const to = offset + neededOf(length, streams.has(offset));
    const last = wanted.at(-1);
    if (last && last.to >= offset) last.to = Math.max(last.to, to);
    else wanted.push({ from: offset, to });
  }
  return wanted;
}

function neededOf(length: number, holdsObjects: boolean): number {
  if (holdsObjects) return Math.min(length, maxObjectBytes);
  return length <= smallObjectBytes ? length : objectHeadBytes;
}

function joinClosest(wanted: readonly Range[]): Range[] {
  const gaps = wanted
    .slice(1)
    .map(({ from }, index) => ({ index, bytes: from - (wanted[index] as Range).to }))
    .sort((one, other) => one.bytes - other.bytes);
  let bytes = wanted.reduce((sum, { from, to }) => sum + (to - from), 0);
  const closed = new Set<number>();
  for (const gap of gaps) {
    if (wanted.length - closed.size <= maxRanges || bytes + gap.bytes > maxRangeBytes) break;
    closed.add(gap.index);
    bytes += gap.bytes;
  }
  const joined: { from: number; to: number }[] = [];
  for (const [index, { from, to }] of wanted.entries()) {
    const last = joined.at(-1);
    if (last && closed.has(index - 1)) last.to = to;
    else joined.push({ from, to });
  }
  return joined;
}

function withinBounds(ranges: readonly Range[]): Range[] {
  let bytes = 0;
  return ranges.slice(0, maxRanges).filter(({ from, to }) => {
    bytes += to - from;
    return bytes <= maxRangeBytes;
  });
}
