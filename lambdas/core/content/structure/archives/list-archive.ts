import type { ByteSource, StructureContext } from '../structure.ts';
import { maxEntries } from './bounds.ts';
import { asciiOf, bytesSource, holding } from './bytes.ts';
import { inflateGzip } from './gzip.ts';
import { giveUp, judge, refuse } from './judged.ts';
import { kindHeadBytes, kindOf } from './kinds.ts';
import type { ArchiveKind, Looking } from './looking.ts';
import { walkTar } from './tar.ts';
import { readZipDirectory } from './zip-directory.ts';

/** What an archive says it holds. */
export interface ArchiveContents {
  /** With folders and links. */
  readonly entries: number;
  /** Bytes that it becomes, archives in it not counted twice. */
  readonly unpackedBytes: number;
  /** In the order of the archive, without the folders; all of them. */
  readonly names: readonly string[];
}

/**
 * Lists a zip, a tar or a compressed tar by its directory or its headers, with the reads that its inspection cost. Undefined
 * where nobody here can: another format, damaged, compressed and too large.
 */
export async function listArchive(
  source: ByteSource,
  context: StructureContext,
): Promise<ArchiveContents | undefined> {
  const listing: Listing = { entries: 0, unpackedBytes: 0, names: [] };
  const looking = lookingFor(source, context);
  const { verdict } = await judge(context.rules, async () => {
    const kind = kindOf(await source.read(0, kindHeadBytes));
    await list(source, kind, looking, listing);
    return looking.findings;
  });
  return verdict === 'sound' ? listing : undefined;
}

interface Listing {
  entries: number;
  unpackedBytes: number;
  readonly names: string[];
}

async function list(
  source: ByteSource,
  kind: ArchiveKind | undefined,
  looking: Looking,
  listing: Listing,
): Promise<void> {
  switch (kind) {
    case 'zip':
      return listZip(source, listing);
    case 'tar':
      return listTar(source, listing);
    case 'gzip': {
      const content = await inflateGzip(source, looking);
      const within = kindOf(content.subarray(0, kindHeadBytes));
      if (within === 'tar') return listTar(bytesSource(content), listing);
      listing.entries = 1;
      listing.unpackedBytes = content.length;
      return;
    }
    default:
      return giveUp('archives of this format cannot be opened here');
  }
}

async function listZip(source: ByteSource, listing: Listing): Promise<void> {
  const { entries } = await readZipDirectory(holding(source));
  for (const { rawName, flags, inflatedBytes } of entries) {
    const isUnicode = (flags & 0x800) !== 0;
    add(listing, isUnicode ? utf8.decode(rawName) : textOf(rawName), inflatedBytes);
  }
}

async function listTar(source: ByteSource, listing: Listing): Promise<void> {
  await walkTar(holding(source), {
    extended: () => {},
    entry: ({ header, said, bytes }) => {
      // A volume's label.
      if (header.type === 'V') return;
      const name = said.name ?? header.name;
      // The tar reader keeps one character for each byte.
      const raw = Uint8Array.from(name, (character) => character.charCodeAt(0));
      const isFolder = header.type === '5';
      add(
        listing,
        isFolder ? `${textOf(raw)}/` : textOf(raw),
        said.sparseBytes ?? header.sparseBytes ?? bytes,
      );
    },
  });
}

function add(listing: Listing, name: string, bytes: number): void {
  if (listing.entries === maxEntries) refuse('bomb_suspected', `more than ${maxEntries} entries`);
  listing.entries += 1;
  // Headers may claim anything; beyond this a number is no count any more.
  listing.unpackedBytes = Math.min(Number.MAX_SAFE_INTEGER, listing.unpackedBytes + bytes);
  if (!name.endsWith('/')) listing.names.push(name);
}

const utf8 = new TextDecoder('utf-8');
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Names of no declared encoding are UTF-8 for the most part; of the others nobody knows which they are. */
function textOf(raw: Uint8Array): string {
  try {
    return strictUtf8.decode(raw);
  } catch {
    return asciiOf(raw);
  }
}

const lookingFor = (source: ByteSource, context: StructureContext): Looking => ({
  context,
  findings: new Set(),
  objectBytes: source.size,
  depth: 0,
  tally: { entries: 0, inflatedBytes: 0, inflatedHereBytes: 0, nestedReads: 0 },
  lookInto: async () => {},
});
