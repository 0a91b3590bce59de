import { exceeds, type InflationBounds } from './bounds.ts';
import { giveUp, refuse } from './judged.ts';
import { countEntries, type Looking } from './looking.ts';
import { checkName, unpackedAs } from './names.ts';
import type { ZipDirectory, ZipEntry } from './zip-directory.ts';

export const stored = 0;
export const deflated = 8;

/**
 * What a zip's directory alone gives away. Refusals come first: an archive that is both a bomb and encrypted is a
 * bomb.
 */
export function checkDirectory(directory: ZipDirectory, bounds: InflationBounds, looking: Looking): void {
  const { entries } = directory;
  countEntries(looking, entries.length);
  checkNames(entries);
  for (const entry of entries) checkEntry(entry, bounds);
  checkLayout(directory);
  checkTotals(entries, bounds, looking);
  for (const { encrypted, method } of entries) {
    if (encrypted) giveUp('the archive holds encrypted entries');
    if (method !== stored && method !== deflated) {
      giveUp(`the archive holds entries packed by a method (${method}) that cannot be opened here`);
    }
  }
}

function checkNames(entries: readonly ZipEntry[]): void {
  const seen = new Map<string, boolean>();
  for (const { name, otherName } of entries) {
    checkName(name);
    if (otherName !== undefined) checkName(otherName);
    const path = unpackedAs(name);
    const isFolder = /[/\\]$/.test(name);
    const known = seen.get(path);
    // A folder may be named twice; some tools do.
    if (known !== undefined && !(known && isFolder)) refuse('malformed', 'two entries have the same name');
    seen.set(path, isFolder);
  }
}

const fileTypeMask = 0o170000;
/** Regular files, folders, and none recorded. */
const plainTypes = [0, 0o100000, 0o040000];
/** A stored block of deflate has 5 bytes of its own, and a poor encoder makes many: never more than this. */
const maxDeflateOverhead = (inflatedBytes: number): number => 2 * inflatedBytes + 1024;

function checkEntry(entry: ZipEntry, bounds: InflationBounds): void {
  const { compressedBytes, inflatedBytes, method, unixMode, encrypted } = entry;
  if (!plainTypes.includes(unixMode & fileTypeMask)) {
    refuse('malformed', 'the archive holds a symbolic link or a device');
  }
  if (exceeds(bounds, compressedBytes, inflatedBytes)) {
    refuse('bomb_suspected', `an entry of ${compressedBytes} bytes says it becomes ${inflatedBytes}`);
  }
  if (encrypted) return;
  if (
    (method === stored && compressedBytes !== inflatedBytes) ||
    (method === deflated && compressedBytes > maxDeflateOverhead(inflatedBytes))
  ) {
    refuse('malformed', "an entry's sizes contradict each other");
  }
}

/**
 * Content of two entries that overlaps is how a small file becomes petabytes without nesting (Fifield, "A better zip
 * bomb"); no archiver writes it.
 */
function checkLayout({ entries, from }: ZipDirectory): void {
  const inOrder = [...entries].sort((a, b) => a.offset - b.offset);
  for (const [index, entry] of inOrder.entries()) {
    const next = inOrder[index + 1];
    if (next && entry.minEnd > next.offset) refuse('bomb_suspected', 'entries of the archive overlap');
    if (entry.minEnd > from) refuse('malformed', 'an entry reaches beyond the content of the archive');
  }
}

function checkTotals(entries: readonly ZipEntry[], bounds: InflationBounds, looking: Looking): void {
  let compressedBytes = 0;
  let inflatedBytes = 0;
  let madeBytes = 0;
  for (const entry of entries) {
    compressedBytes += entry.compressedBytes;
    inflatedBytes += entry.inflatedBytes;
    if (entry.method !== stored) madeBytes += entry.inflatedBytes;
  }
  if (madeBytes > bounds.maxBytes) {
    refuse('bomb_suspected', `what is compressed in it becomes more than ${bounds.maxBytes} bytes`);
  }
  if (exceeds(bounds, compressedBytes, inflatedBytes)) {
    refuse('bomb_suspected', `${compressedBytes} bytes of content say they become ${inflatedBytes}`);
  }
  looking.tally.inflatedBytes += inflatedBytes;
  if (exceeds(bounds, looking.objectBytes, looking.tally.inflatedBytes)) {
    refuse('bomb_suspected', 'the archives in it become too much together');
  }
}
