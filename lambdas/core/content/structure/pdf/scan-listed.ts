import type { ByteSource, Inflate } from '../structure.ts';
import { chunkBytes, maxObjectBytes } from './bounds.ts';
import type { Observations } from './observations.ts';
import { type Range, rangesOf } from './ranges.ts';
import { headerBytes, scanWindow } from './scan.ts';
import { readXref } from './xref.ts';

/** Objects longer than what was read of them for which more is read. */
const maxLongObjects = 2;
/** What stands behind the last object: cross-reference, trailer and end. */
const tailBytes = 64 * 1024;

/**
 * Looks at the objects that a large file's cross-reference lists, and at its end. False where it has none that leads to
 * them.
 */
export async function scanListed(
  source: ByteSource,
  headerAt: number,
  seen: Observations,
  inflate: Inflate,
): Promise<boolean> {
  const listed = await readXref(source, headerAt, seen, inflate);
  if (!listed) return false;
  const { ranges, complete } = rangesOf(listed, source.size);
  if (!complete) seen.unseen ??= 'its objects lie too far apart to look at all of them';
  let longObjects = 0;
  const tail: Range = { from: Math.max(0, source.size - tailBytes), to: source.size };
  for (const range of [...ranges, tail]) {
    for (let from = range.from; from < range.to; ) {
      const end = Math.min(range.to, from + chunkBytes);
      const next = await scanRange(source, from, end, seen, inflate);
      if (end - next <= headerBytes || next <= from) {
        from = end;
        continue;
      }
      // An object that goes on behind what was read of it.
      longObjects += 1;
      if (longObjects > maxLongObjects) {
        seen.unseen ??= 'its objects are too long to look at all of them';
        break;
      }
      const longEnd = Math.min(source.size, next + maxObjectBytes);
      await scanRange(source, next, longEnd, seen, inflate);
      from = longEnd;
    }
  }
  return true;
}

async function scanRange(
  source: ByteSource,
  from: number,
  to: number,
  seen: Observations,
  inflate: Inflate,
): Promise<number> {
  // With what stands before the first object: its number, which the cross-reference points at, is part of the range.
  const base = Math.max(0, from - headerBytes);
  const bytes = await source.read(base, to - base);
  const isLast = base + bytes.length >= source.size;
  return base + scanWindow({ bytes, base, from: from - base, isLast }, seen, inflate);
}
