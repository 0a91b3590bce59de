import type { ByteSource, StructureContext } from '../structure.ts';
import { maxNestedBytes, maxNestedInflatedBytes } from './bounds.ts';
import { bytesSource, type HoldingSource, partOf, type Range, sameBytes, viewOf } from './bytes.ts';
import { giveUp, refuse } from './judged.ts';
import { countInflated, type Looking } from './looking.ts';
import { localHeaderBytes, type ZipEntry } from './zip-directory.ts';
import { deflated, stored } from './zip-rules.ts';

const in64 = 0xffffffff;
const hasDescriptor = 0x0008;

/**
 * Reads an entry's local header, which readers of streams go by, and refuses what contradicts the directory.
 * @returns where the content begins
 */
export async function locate(source: HoldingSource, entry: ZipEntry): Promise<number> {
  const bytes = await source.read(entry.offset, localHeaderBytes + entry.rawName.length);
  const header = viewOf(bytes);
  if (bytes.length < localHeaderBytes + entry.rawName.length || header.getUint32(0, true) !== 0x04034b50) {
    refuse('malformed', 'an entry is not where the directory says');
  }
  const flags = header.getUint16(6, true);
  const sameSize = (at: number, value: number) => {
    const local = header.getUint32(at, true);
    return local === value || local === in64 || (local === 0 && (flags & hasDescriptor) !== 0);
  };
  if (
    header.getUint16(26, true) !== entry.rawName.length ||
    !sameBytes(bytes.subarray(localHeaderBytes), entry.rawName) ||
    header.getUint16(8, true) !== entry.method ||
    ((flags ^ entry.flags) & 1) !== 0 ||
    !sameSize(14, entry.crc) ||
    !sameSize(18, entry.compressedBytes) ||
    !sameSize(22, entry.inflatedBytes)
  ) {
    refuse('malformed', 'an entry says one thing, the directory says another');
  }
  return entry.minEnd - entry.compressedBytes + header.getUint16(28, true);
}

/** What may stand between an entry's name and its content is rarely more than this. */
const usualExtraBytes = 128;

/** The range in which the first bytes of an entry's content will be found. */
export const rangeOf = (entry: ZipEntry, contentBytes = entry.compressedBytes): Range => ({
  from: entry.offset,
  length:
    localHeaderBytes + entry.rawName.length + usualExtraBytes + Math.min(contentBytes, entry.compressedBytes),
});

/** At most 1032 bytes come out of one, and so much out of this: 1 MiB. */
const headCompressedBytes = 1024;
const deflateMaxRatio = 1032;

/** The beginning of what is in an entry: at least 1 KiB where there is so much. */
export async function headOf(
  source: HoldingSource,
  entry: ZipEntry,
  context: StructureContext,
  compressedBytes = headCompressedBytes,
): Promise<Uint8Array> {
  const from = await locate(source, entry);
  const raw = await source.read(from, Math.min(compressedBytes, entry.compressedBytes));
  return entry.method === stored ? raw : unpack(context, raw, (raw.length + 1) * deflateMaxRatio).bytes;
}

/** All that is in an entry, as a source of its own. Inflated in memory where it is compressed, within bounds. */
export async function contentOf(
  source: HoldingSource,
  entry: ZipEntry,
  looking: Looking,
): Promise<ByteSource> {
  const from = await locate(source, entry);
  if (entry.method === stored) return partOf(source, from, entry.compressedBytes);
  return bytesSource(await inflateEntry(source, entry, from, looking));
}

async function inflateEntry(
  source: HoldingSource,
  entry: ZipEntry,
  from: number,
  looking: Looking,
): Promise<Uint8Array> {
  if (entry.compressedBytes > maxNestedBytes || entry.inflatedBytes > maxNestedInflatedBytes) {
    giveUp('what is in the archive is too large to look into');
  }
  countInflated(looking, entry.inflatedBytes);
  return inflateWhole(await source.read(from, entry.compressedBytes), entry, looking.context);
}

/** Exactly what the directory says comes out of an entry's content. */
export function inflateWhole(
  raw: Uint8Array,
  { inflatedBytes }: ZipEntry,
  context: StructureContext,
): Uint8Array {
  const { bytes, complete } = unpack(context, raw, Math.max(1, inflatedBytes));
  if (!complete) refuse('bomb_suspected', 'an entry becomes more than the directory says');
  if (bytes.length < inflatedBytes) refuse('malformed', 'an entry becomes less than the directory says');
  return bytes;
}

function unpack(
  { inflate }: StructureContext,
  raw: Uint8Array,
  maxBytes: number,
): ReturnType<typeof inflate> {
  try {
    return inflate(raw, 'raw', maxBytes);
  } catch {
    return refuse('malformed', 'an entry of the archive cannot be unpacked');
  }
}

const probeCompressedBytes = 16 * 1024;

/**
 * Whether an entry's beginning fits what the directory says of all of it. What the first 16 KiB gain, the whole must
 * gain as well: the rest cannot shrink.
 */
export async function probe(
  source: HoldingSource,
  entry: ZipEntry,
  context: StructureContext,
): Promise<void> {
  if (entry.method !== deflated) {
    await locate(source, entry);
    return;
  }
  const head = await headOf(source, entry, context, probeCompressedBytes);
  const given = Math.min(probeCompressedBytes, entry.compressedBytes);
  const gain = head.length - given;
  const wholeGain = entry.inflatedBytes - entry.compressedBytes;
  const isWhole = given === entry.compressedBytes;
  if (head.length > entry.inflatedBytes || (gain > given && gain > wholeGain + entry.compressedBytes / 100)) {
    refuse('bomb_suspected', 'an entry becomes more than the directory says');
  }
  if (isWhole && head.length < entry.inflatedBytes) {
    refuse('malformed', 'an entry becomes less than the directory says');
  }
}
