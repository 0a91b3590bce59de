import type { ByteSource } from '../structure.ts';
import { maxNestedReads } from './bounds.ts';
import { type HoldingSource, neighbours } from './bytes.ts';
import { giveUp } from './judged.ts';
import { isNamedArchive, isNamedClosed, kindHeadBytes, kindOf } from './kinds.ts';
import { type ArchiveKind, deeper, type Looking } from './looking.ts';
import { contentOf, headOf, rangeOf } from './zip-content.ts';
import type { ZipEntry } from './zip-directory.ts';
import { stored } from './zip-rules.ts';

/** Looks into something that lies in an archive, if that is an archive itself. */
export async function lookIntoNested(
  kind: ArchiveKind | undefined,
  content: () => Promise<ByteSource>,
  looking: Looking,
): Promise<void> {
  if (!kind) return;
  const inner = deeper(looking);
  if (kind === 'closed') giveUp('the archive holds another one of a format that cannot be opened here');
  await looking.lookInto(await content(), kind, inner);
}

/**
 * Looks into the archives among a zip's entries. Of a small zip every entry is looked at; of a large one those that are
 * named as archives are, because each costs a request.
 */
export async function lookIntoEntries(
  source: HoldingSource,
  entries: readonly ZipEntry[],
  looking: Looking,
): Promise<void> {
  const isHeld = source.holds(0, source.size);
  const suspects = entries.filter(
    ({ name, compressedBytes }) =>
      compressedBytes > 0 && (isHeld || isNamedArchive(name) || isNamedClosed(name)),
  );
  // What is stored in one piece is read by its own end and directory, whatever its size.
  const ranges = suspects.map((entry) => ({ ...rangeOf(entry, bytesToHold(entry)), entry }));
  for (const group of neighbours(ranges)) {
    await holdNested(source, group, looking);
    for (const { entry } of group.members) await lookIntoEntry(source, entry, looking);
  }
}

const heldWholeBytes = 1024 * 1024;

const bytesToHold = ({ method, compressedBytes }: ZipEntry): number =>
  method === stored && compressedBytes > heldWholeBytes ? kindHeadBytes : compressedBytes;

/** Reads what lies together at once, within what the archives in an archive may cost. */
export async function holdNested(
  source: HoldingSource,
  { from, length }: { readonly from: number; readonly length: number },
  { tally }: Looking,
): Promise<void> {
  if (source.holds(from, length)) return;
  tally.nestedReads += 1;
  if (tally.nestedReads > maxNestedReads) {
    giveUp('the archive holds more archives than can be looked into');
  }
  await source.hold(from, length);
}

async function lookIntoEntry(source: HoldingSource, entry: ZipEntry, looking: Looking): Promise<void> {
  const kind = isNamedClosed(entry.name)
    ? 'closed'
    : kindOf((await headOf(source, entry, looking.context, kindHeadBytes)).subarray(0, kindHeadBytes));
  await lookIntoNested(kind, () => contentOf(source, entry, looking), looking);
}
