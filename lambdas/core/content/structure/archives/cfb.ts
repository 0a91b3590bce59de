import type { ByteSource } from '../structure.ts';
import { wholeBytes } from './bounds.ts';
import { type HoldingSource, hexOf, holding, viewOf } from './bytes.ts';
import { giveUp, refuse } from './judged.ts';

/** A Compound File Binary file ([MS-CFB]): a file system in a file, with chains of sectors as FAT has them. */
export interface CompoundFile {
  readonly entries: readonly CfbEntry[];
  /** The first bytes of a stream, as far as they can be had; of a stream below 4 KiB 64 at most. */
  readStart(entry: CfbEntry, length: number): Promise<Uint8Array>;
}

export interface CfbEntry {
  readonly name: string;
  readonly kind: 'storage' | 'stream' | 'root';
  /** Hexadecimal, in the file's order of bytes. */
  readonly classId: string;
  readonly isEmpty: boolean;
  readonly startSector: number;
  readonly bytes: number;
}

const headerBytes = 512;
const entryBytes = 128;
const miniSectorBytes = 64;
/** A directory of Word, Excel or PowerPoint has some dozens of entries; one with many objects some thousands. */
const maxDirectoryEntries = 16_384;
/** Sectors that list the FAT beyond the 109 of the header, one read each: enough for 200 MB. */
const maxDifatSectors = 24;
/** Of the stream of small streams, through whose chain one must go to get there. */
const maxMiniBytes = 2 * 1024 * 1024;
const lastRegularSector = 0xfffffffa;
const endOfChain = 0xfffffffe;
const noEntry = 0xffffffff;

interface Geometry {
  readonly source: HoldingSource;
  readonly sectorBytes: number;
  readonly sectors: number;
  readonly fat: readonly number[];
  readonly miniCutoffBytes: number;
}

export async function readCompoundFile(plain: ByteSource): Promise<CompoundFile> {
  const source = holding(plain);
  if (source.size <= wholeBytes) await source.hold(0, source.size);
  const bytes = await source.read(0, headerBytes);
  if (bytes.length < headerBytes) refuse('malformed', 'the document is cut off');
  const header = viewOf(bytes);
  const [version, byteOrder, sectorShift] = [26, 28, 30].map((at) => header.getUint16(at, true));
  const isKnown = (version === 3 && sectorShift === 9) || (version === 4 && sectorShift === 12);
  if (!isKnown || byteOrder !== 0xfffe || header.getUint16(32, true) !== 6) {
    refuse('malformed', "the document's header contradicts itself");
  }
  const sectorBytes = 2 ** (sectorShift ?? 9);
  const geometry = {
    source,
    sectorBytes,
    sectors: Math.max(0, Math.ceil(source.size / sectorBytes) - 1),
    miniCutoffBytes: header.getUint32(56, true),
  };
  const file = { ...geometry, fat: await readFatList(geometry, header) };
  const entries = await readDirectory(file, header.getUint32(48, true));
  return { entries, readStart: (entry, length) => readStart(file, entries, entry, length) };
}

/** Which sectors hold the FAT. */
async function readFatList(
  { source, sectorBytes, sectors }: Omit<Geometry, 'fat'>,
  header: DataView,
): Promise<readonly number[]> {
  const count = header.getUint32(44, true);
  if (count > sectors) refuse('malformed', 'the document has fewer sectors than its header says');
  const list = Array.from({ length: 109 }, (_, index) => header.getUint32(76 + 4 * index, true));
  const seen = new Set<number>();
  let difat = header.getUint32(68, true);
  while (difat < lastRegularSector) {
    if (seen.has(difat) || difat >= sectors) refuse('malformed', "the document's sectors run in a circle");
    if (seen.size === maxDifatSectors) giveUp('the document is too large to look into');
    seen.add(difat);
    const sector = viewOf(await source.read((difat + 1) * sectorBytes, sectorBytes));
    if (sector.byteLength < sectorBytes) refuse('malformed', 'the document is cut off');
    for (let at = 0; at < sectorBytes - 4; at += 4) list.push(sector.getUint32(at, true));
    difat = sector.getUint32(sectorBytes - 4, true);
  }
  const fat = list.slice(0, count);
  if (fat.length < count || fat.some((sector) => sector >= sectors)) {
    refuse('malformed', "the document's sectors are not where its header says");
  }
  return fat;
}

/** The sectors of a chain, `max` of them at most; less than all is for who needs the beginning alone. */
async function chainOf(
  { source, sectorBytes, sectors, fat }: Geometry,
  start: number,
  max: number,
): Promise<{ chain: readonly number[]; complete: boolean }> {
  const chain: number[] = [];
  const seen = new Set<number>();
  const perSector = sectorBytes / 4;
  let sector = start;
  while (sector !== endOfChain) {
    if (seen.has(sector)) refuse('malformed', "the document's sectors run in a circle");
    const list = fat[Math.floor(sector / perSector)];
    if (sector >= sectors || list === undefined)
      refuse('malformed', "a chain of the document's sectors is broken");
    if (chain.length === max) return { chain, complete: false };
    seen.add(sector);
    chain.push(sector);
    const next = await source.read((list + 1) * sectorBytes + (sector % perSector) * 4, 4);
    if (next.length < 4) refuse('malformed', 'the document is cut off');
    sector = viewOf(next).getUint32(0, true);
  }
  return { chain, complete: true };
}

/** Sectors one after the other are one read. */
async function readSectors({ source, sectorBytes }: Geometry, chain: readonly number[]): Promise<Uint8Array> {
  const bytes = new Uint8Array(chain.length * sectorBytes);
  for (let index = 0; index < chain.length; ) {
    const first = chain[index] ?? 0;
    let run = 1;
    while (chain[index + run] === first + run) run += 1;
    bytes.set(await source.read((first + 1) * sectorBytes, run * sectorBytes), index * sectorBytes);
    index += run;
  }
  return bytes;
}

async function readDirectory(file: Geometry, start: number): Promise<readonly CfbEntry[]> {
  const { chain, complete } = await chainOf(
    file,
    start,
    (maxDirectoryEntries * entryBytes) / file.sectorBytes,
  );
  if (!complete) giveUp('the document holds more than can be looked into');
  const bytes = await readSectors(file, chain);
  const directory = Array.from({ length: bytes.length / entryBytes }, (_, index) =>
    viewOf(bytes.subarray(index * entryBytes, (index + 1) * entryBytes)),
  );
  if (directory[0]?.getUint8(66) !== 5) refuse('malformed', 'the document lacks its root');
  return treeOf(directory).map((entry) => parseEntry(entry, file));
}

/** Entries that hang in the tree; those that readers reach. Each is reached once, or they would never end. */
function treeOf(directory: readonly DataView[]): DataView[] {
  const seen = new Set<number>();
  const waiting = [0];
  const reached: DataView[] = [];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const entry = directory[id];
    if (!entry || seen.has(id)) refuse('malformed', "the document's directory runs in a circle");
    seen.add(id);
    reached.push(entry);
    for (const at of [68, 72, 76]) {
      const other = entry.getUint32(at, true);
      if (other !== noEntry) waiting.push(other);
    }
  }
  return reached;
}

const kinds = new Map([
  [1, 'storage'],
  [2, 'stream'],
  [5, 'root'],
] as const);

function parseEntry(entry: DataView, { source, sectorBytes }: Geometry): CfbEntry {
  const kind = kinds.get(entry.getUint8(66) as 1 | 2 | 5);
  const nameBytes = entry.getUint16(64, true);
  if (!kind || nameBytes > 64) refuse('malformed', "the document's directory is broken");
  const units = Array.from({ length: Math.max(0, nameBytes / 2 - 1) }, (_, at) =>
    entry.getUint16(at * 2, true),
  );
  // Version 3 leaves the upper half undefined.
  const bytes = sectorBytes === 512 ? entry.getUint32(120, true) : Number(entry.getBigUint64(120, true));
  if (kind === 'stream' && bytes > source.size) refuse('malformed', 'a stream is longer than the document');
  return {
    name: String.fromCharCode(...units),
    kind,
    classId: hexOf(new Uint8Array(entry.buffer, entry.byteOffset + 80, 16)),
    isEmpty: entry.getUint32(76, true) === noEntry,
    startSector: entry.getUint32(116, true),
    bytes,
  };
}

async function readStart(
  file: Geometry,
  entries: readonly CfbEntry[],
  { startSector, bytes }: CfbEntry,
  length: number,
): Promise<Uint8Array> {
  const { sectorBytes, miniCutoffBytes } = file;
  const wanted = Math.min(length, bytes);
  if (wanted === 0) return new Uint8Array();
  if (bytes >= miniCutoffBytes) {
    const { chain } = await chainOf(file, startSector, Math.ceil(wanted / sectorBytes));
    return (await readSectors(file, chain)).subarray(0, wanted);
  }
  // Small streams lie in sectors of 64 bytes in a stream of their own, the root's.
  const at = startSector * miniSectorBytes;
  const root = entries[0];
  if (!root || at >= root.bytes) refuse('malformed', "a chain of the document's sectors is broken");
  if (at > maxMiniBytes) return new Uint8Array();
  const { chain } = await chainOf(file, root.startSector, Math.floor(at / sectorBytes) + 1);
  const sector = await readSectors(file, chain.slice(Math.floor(at / sectorBytes)));
  const from = at % sectorBytes;
  return sector.subarray(from, from + Math.min(wanted, miniSectorBytes));
}
