import type { ByteSource } from '../structure.ts';
import { archiveInflation, exceeds, maxNameBytes } from './bounds.ts';
import { asciiOf, type HoldingSource, holding, partOf } from './bytes.ts';
import { giveUp, refuse } from './judged.ts';
import { isNamedClosed, kindHeadBytes, kindOf } from './kinds.ts';
import { countEntries, type Looking } from './looking.ts';
import { checkLink, checkName } from './names.ts';
import { lookIntoNested } from './nested.ts';
import { paxRecords, readTarHeader, type TarHeader, tarBlockBytes } from './tar-header.ts';

/** Ahead of small entries so much is read at once: a tar has no directory, each header says where the next one is. */
const windowBytes = 1024 * 1024;
const maxExtendedBytes = 64 * 1024;
/** Padding behind the end: tapes are written in blocks of up to 512 KiB. */
const maxPaddingBytes = 512 * 1024;

/** What headers before an entry's own say of it. */
interface Said {
  readonly name?: string;
  readonly linkName?: string;
  readonly bytes?: number;
  readonly sparseBytes?: number;
}

export interface TarEntry {
  readonly header: TarHeader;
  readonly said: Said;
  readonly from: number;
  readonly bytes: number;
}

interface TarVisitor {
  /** A header about the entries that follow. */
  extended(): void;
  entry(entry: TarEntry): Promise<void> | void;
}

/**
 * A tar, header by header. One of small files is read in windows of 1 MiB, of large ones only the headers: with 64 reads
 * some 60 MiB of small files, or 60 large ones. What goes on behind that, nobody has seen.
 */
export async function inspectTar(plain: ByteSource, looking: Looking): Promise<void> {
  const source = holding(plain);
  const end = await walkTar(source, {
    extended: () => countEntries(looking, 1),
    entry: (entry) => inspectEntry(source, entry, looking),
  });
  if (source.size - end > maxPaddingBytes) looking.findings.add('trailing_data');
}

/** @returns where the archive ends and its padding begins */
export async function walkTar(source: HoldingSource, visit: TarVisitor): Promise<number> {
  let at = 0;
  let said: Said = {};
  let wasSmall = true;
  while (at < source.size) {
    if (wasSmall && !source.holds(at, tarBlockBytes + kindHeadBytes)) await source.hold(at, windowBytes);
    const block = await source.read(at, tarBlockBytes);
    if (block.length < tarBlockBytes) refuse('malformed', 'the archive is cut off');
    const header = readTarHeader(block);
    if (!header) break;
    const from = at + tarBlockBytes;
    const bytes = extended.has(header.type) ? header.bytes : (said.bytes ?? header.bytes);
    if (from + bytes > source.size) refuse('malformed', 'an entry is longer than the archive');
    wasSmall = bytes < windowBytes;
    at = from + Math.ceil(bytes / tarBlockBytes) * tarBlockBytes;
    if (extended.has(header.type)) {
      visit.extended();
      said = { ...said, ...(await readExtended(source, header, from)) };
      continue;
    }
    await visit.entry({ header, said, from, bytes });
    said = {};
  }
  if (at === 0) refuse('malformed', 'the archive holds nothing');
  return at;
}

/** Headers about the next entry, or about all that follow: GNU's long names, pax. */
const extended = new Set(['L', 'K', 'x', 'X', 'g']);

async function readExtended(source: HoldingSource, { type, bytes }: TarHeader, from: number): Promise<Said> {
  if (bytes > maxExtendedBytes)
    refuse('malformed', `an extended header is longer than ${maxExtendedBytes} bytes`);
  const data = await source.read(from, bytes);
  const text = asciiOf(data.subarray(0, maxNameBytes + 2)).split('\0', 1)[0] ?? '';
  if (type === 'L') return { name: text };
  if (type === 'K') return { linkName: text };
  const records = paxRecords(data);
  // A name for all entries is nothing that any tar writes.
  if (type === 'g') return {};
  const sparse = records.get('GNU.sparse.realsize') ?? records.get('GNU.sparse.size');
  const name = records.get('GNU.sparse.name') ?? records.get('path');
  const linkName = records.get('linkpath');
  return {
    ...(name !== undefined && { name }),
    ...(linkName !== undefined && { linkName }),
    ...(records.has('size') && { bytes: sizeOf(records.get('size')) }),
    ...(sparse !== undefined && { sparseBytes: sizeOf(sparse) }),
  };
}

function sizeOf(text: string | undefined): number {
  const size = /^\d{1,16}$/.test(text ?? '') ? Number(text) : Number.NaN;
  return Number.isSafeInteger(size) ? size : refuse('malformed', 'an entry has an impossible size');
}

async function inspectEntry(
  source: HoldingSource,
  { header, said, from, bytes }: TarEntry,
  looking: Looking,
): Promise<void> {
  const { type } = header;
  // A volume's label; GNU's folder lists.
  if (type === 'V') return;
  if (type === 'M') giveUp('the archive is one of several volumes');
  const name = said.name ?? header.name;
  const linkName = said.linkName ?? header.linkName;
  countEntries(looking, 1);
  checkName(name);
  if (type === '2') checkLink(linkName, name.replace(/\/?[^/]*\/?$/, ''));
  if (type === '1') checkLink(linkName, '');
  if (type === '3' || type === '4' || type === '6') refuse('malformed', 'the archive holds a device');
  const sparseBytes = said.sparseBytes ?? header.sparseBytes ?? bytes;
  looking.tally.inflatedBytes += sparseBytes;
  if (
    exceeds(archiveInflation, bytes + tarBlockBytes, sparseBytes) ||
    exceeds(archiveInflation, looking.objectBytes, looking.tally.inflatedBytes)
  ) {
    refuse('bomb_suspected', `an entry of ${bytes} bytes says it becomes ${sparseBytes}`);
  }
  if (bytes > 0) await lookIntoContent(source, name, from, bytes, looking);
}

/** Where the beginning of an entry costs no read of its own, it says what it is; else its name does. */
async function lookIntoContent(
  source: HoldingSource,
  name: string,
  from: number,
  bytes: number,
  looking: Looking,
): Promise<void> {
  const headBytes = Math.min(bytes, kindHeadBytes);
  const kind = isNamedClosed(name) ? 'closed' : kindOf(await source.read(from, headBytes));
  await lookIntoNested(kind, async () => partOf(source, from, bytes), looking);
}
