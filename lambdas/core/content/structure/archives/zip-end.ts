import { maxDirectoryBytes, maxEntries } from './bounds.ts';
import { asciiOf, type HoldingSource, viewOf } from './bytes.ts';
import { giveUp, refuse } from './judged.ts';

const endBytes = 22;
const locatorBytes = 20;
const end64Bytes = 56;
const entryMinBytes = 46;
const maxCommentBytes = 0xffff;
const in64 = 0xffffffff;

/** Where a zip's directory lies. */
export interface ZipEnd {
  readonly entries: number;
  /** Of the directory, in the source. */
  readonly from: number;
  readonly length: number;
  /** Bytes before the archive: what offsets are short of. */
  readonly prepended: number;
  /** Something stands behind the archive. */
  readonly trailing: boolean;
}

interface Claims {
  readonly entries: number;
  readonly length: number;
  readonly offset: number;
}

/** Reads what a zip says of its directory, in one range of 64 KiB at its end. */
export async function readZipEnd(source: HoldingSource): Promise<ZipEnd> {
  const tailBytes = Math.min(source.size, endBytes + maxCommentBytes + locatorBytes + end64Bytes);
  const tailFrom = source.size - tailBytes;
  const tail = await source.hold(tailFrom, tailBytes);
  const { at, trailing } = findEnd(tail);
  const end = viewOf(tail.subarray(at, at + endBytes));
  const claims: Claims = {
    entries: end.getUint16(10, true),
    length: end.getUint32(12, true),
    offset: end.getUint32(16, true),
  };
  if (end.getUint16(4, true) % 0xffff !== 0) giveUp('the archive is one of several parts');
  if (end.getUint16(8, true) !== claims.entries) {
    refuse('malformed', 'the archive says two numbers of entries');
  }

  const locatorAt = tailFrom + at - locatorBytes;
  const zip64 = locatorAt >= 0 ? await readZip64(source, locatorAt) : undefined;
  if (!zip64 && (claims.length === in64 || claims.offset === in64)) {
    refuse('malformed', 'the archive says it is a Zip64, and is none');
  }
  if (zip64 && contradicts(claims, zip64.claims)) {
    refuse('malformed', 'the two ends of the archive contradict each other');
  }
  const { entries, length, offset } = zip64?.claims ?? claims;
  if (entries > maxEntries) refuse('bomb_suspected', `more than ${maxEntries} entries`);
  if (length > maxDirectoryBytes) {
    refuse('bomb_suspected', `the archive's directory is longer than ${maxDirectoryBytes} bytes`);
  }
  const endsAt = zip64?.at ?? tailFrom + at;
  if (entries * entryMinBytes > length || length > endsAt || (entries === 0 && length > 0)) {
    refuse('malformed', "the archive's directory cannot be as long as it says");
  }
  return { entries, trailing, ...(await placeDirectory(source, { entries, length, offset }, endsAt)) };
}

/** The one end record. A second one, by which another reader would see other entries, is a trick. */
function findEnd(tail: Uint8Array): { at: number; trailing: boolean } {
  const text = asciiOf(tail);
  // Of less than an end record nothing is searched: a negative position would mean the beginning.
  const last = text.length < endBytes ? -1 : text.lastIndexOf('PK\x05\x06', text.length - endBytes);
  if (last < 0) refuse('malformed', 'the archive has no directory at its end: it may be cut off');
  const endOf = (at: number) => at + endBytes + viewOf(tail).getUint16(at + 20, true);
  if (endOf(last) > tail.length) refuse('malformed', 'the archive is cut off');
  for (let at = text.indexOf('PK\x05\x06'); at >= 0 && at < last; at = text.indexOf('PK\x05\x06', at + 1)) {
    // An archive stored within this one ends before this one's directory.
    if (endOf(at) === tail.length) refuse('malformed', 'the archive has two directories');
  }
  return { at: last, trailing: endOf(last) < tail.length };
}

async function readZip64(
  source: HoldingSource,
  locatorAt: number,
): Promise<{ at: number; claims: Claims } | undefined> {
  const locator = viewOf(await source.read(locatorAt, locatorBytes));
  if (locator.getUint32(0, true) !== 0x07064b50) return undefined;
  if (locator.getUint32(4, true) !== 0 || locator.getUint32(16, true) > 1) {
    giveUp('the archive is one of several parts');
  }
  // Where the locator says, or, behind prepended bytes, right before it.
  for (const at of [Number(locator.getBigUint64(8, true)), locatorAt - end64Bytes]) {
    if (at < 0 || at + end64Bytes > locatorAt) continue;
    const record = viewOf(await source.read(at, end64Bytes));
    if (record.getUint32(0, true) !== 0x06064b50) continue;
    const endsAt = at + 12 + Number(record.getBigUint64(4, true));
    if (endsAt !== locatorAt) continue;
    // APPNOTE 7.3.4: the record of a directory that is itself encrypted or compressed is longer.
    if (record.getUint16(14, true) >= 62) giveUp('the directory of the archive is encrypted');
    const entries = Number(record.getBigUint64(32, true));
    if (entries !== Number(record.getBigUint64(24, true))) giveUp('the archive is one of several parts');
    return {
      at,
      claims: {
        entries,
        length: Number(record.getBigUint64(40, true)),
        offset: Number(record.getBigUint64(48, true)),
      },
    };
  }
  return refuse('malformed', 'the Zip64 end of the archive is not where it should be');
}

const contradicts = (short: Claims, long: Claims): boolean =>
  (short.entries !== 0xffff && short.entries !== long.entries) ||
  (short.length !== in64 && short.length !== long.length) ||
  (short.offset !== in64 && short.offset !== long.offset);

/** Readers go by the offset, or back from the end by the length: both must find the same directory. */
async function placeDirectory(
  source: HoldingSource,
  { entries, length, offset }: Claims,
  endsAt: number,
): Promise<Pick<ZipEnd, 'from' | 'length' | 'prepended'>> {
  const byLength = endsAt - length;
  if (byLength === offset || entries === 0) return { from: byLength, length, prepended: byLength - offset };
  const isDirectory = async (at: number) =>
    at >= 0 && at + entryMinBytes <= endsAt && asciiOf(await source.read(at, 4)) === 'PK\x01\x02';
  const [foundByLength, foundByOffset] = [await isDirectory(byLength), await isDirectory(offset)];
  if (foundByLength && foundByOffset) refuse('malformed', 'the archive has two directories');
  if (foundByLength && byLength > offset) return { from: byLength, length, prepended: byLength - offset };
  // Something, a signature for example, may stand between the directory and its end.
  if (foundByOffset && offset + length <= endsAt) return { from: offset, length, prepended: 0 };
  return refuse('malformed', "the archive's directory is not where its end says");
}
