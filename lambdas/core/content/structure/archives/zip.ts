import type { ByteSource } from '../structure.ts';
import { archiveInflation, officeInflation, wholeBytes } from './bounds.ts';
import { asciiOf, type HoldingSource, holding } from './bytes.ts';
import { refuse } from './judged.ts';
import type { Looking } from './looking.ts';
import { lookIntoEntries } from './nested.ts';
import { inspectOpenDocument, isOpenDocument } from './opendocument.ts';
import { inspectPackage, isPackage } from './package.ts';
import { probe } from './zip-content.ts';
import { readZipDirectory, type ZipDirectory, type ZipEntry } from './zip-directory.ts';
import { checkDirectory } from './zip-rules.ts';

/**
 * A zip, and everything that is packed as one. Reads its end (64 KiB), its directory (16 MiB at most), its beginning, a
 * sample of its entries, the XML parts of an Office file that say what is in it, and the archives within. Reads of one
 * of more than 1 MiB: 3 + 12 + 12 + 20 at most, of the 64 that one look may cost.
 */
export async function inspectZip(plain: ByteSource, looking: Looking): Promise<void> {
  const source = holding(plain);
  if (source.size <= wholeBytes) await source.hold(0, source.size);
  const directory = await readZipDirectory(source);
  const { entries } = directory;
  await checkBeginning(source, directory);
  const isOffice = isPackage(entries) || isOpenDocument(entries);
  checkDirectory(directory, isOffice ? officeInflation : archiveInflation, looking);
  for (const entry of sampleOf(source, directory, looking)) await probe(source, entry, looking.context);
  if (directory.trailing) looking.findings.add('trailing_data');
  if (isPackage(entries)) await inspectPackage(source, entries, looking);
  else if (isOpenDocument(entries)) await inspectOpenDocument(source, entries, looking);
  else if (looking.depth === 0 && mustBeOffice.test(looking.context.mimeType)) {
    refuse('malformed', 'the document lacks the parts that say what it is');
  }
  await lookIntoEntries(source, entries, looking);
}

const mustBeOffice = /^application\/vnd\.(?:openxmlformats-officedocument|oasis\.opendocument)\./;

/** What precedes the archive is either part of it, or makes it two things at once. */
async function checkBeginning(
  source: HoldingSource,
  { entries, prepended, from }: ZipDirectory,
): Promise<void> {
  if (source.size === 0) return;
  const begins = asciiOf(await source.read(0, 4));
  if (!begins.startsWith('PK'))
    refuse('type_mismatch', 'something that is no archive stands before the archive');
  const first = entries.reduce((least, { offset }) => Math.min(least, offset), from);
  const listsBeginning = prepended === 0 && first === 0;
  // An archive that was split and put together again begins with a mark of 4 bytes.
  const isRejoined = first === 4 && (begins === 'PK00' || begins === 'PK\x07\x08');
  if (!listsBeginning && !isRejoined) {
    refuse('malformed', 'the archive begins with content that its directory does not list');
  }
}

/** Entries of a large archive whose headers are read: the largest, and some from all over it. */
const sampledLargest = 4;
const sampledEvenly = 8;
const sampledNested = 2;

function sampleOf(
  source: HoldingSource,
  { entries }: ZipDirectory,
  { depth }: Looking,
): ReadonlySet<ZipEntry> {
  if (source.holds(0, source.size)) return new Set(entries);
  const largest = entries.toSorted((a, b) => b.compressedBytes - a.compressedBytes);
  const evenly = depth === 0 ? sampledEvenly : sampledNested;
  const step = Math.max(1, Math.floor(entries.length / evenly));
  return new Set([
    ...largest.slice(0, depth === 0 ? sampledLargest : sampledNested),
    ...entries.filter((_, index) => index % step === 0).slice(0, evenly),
  ]);
}
