import type { ByteSource, Inflate, StructureContext } from '../structure.ts';
import { archiveInflation, exceeds, maxNestedBytes, maxNestedInflatedBytes } from './bounds.ts';
import { bytesSource, viewOf } from './bytes.ts';
import { giveUp, refuse } from './judged.ts';
import { kindHeadBytes, kindOf } from './kinds.ts';
import { countInflated, type Looking } from './looking.ts';
import { lookIntoNested } from './nested.ts';

const headerBytes = 10;
const trailerBytes = 8;
/** Streams one behind the other in one file, as tools for random access write them: of 64 KiB each, 512 are 32 MiB. */
const maxMembers = 512;

/**
 * A gzip stream has no directory, and what it says of its length stands at its end, unproven: it is inflated. One of more
 * than 8 MiB, or that becomes more than 64 MiB, nobody here can vouch for.
 */
export async function inspectGzip(source: ByteSource, looking: Looking): Promise<void> {
  const content = await inflateGzip(source, looking);
  if (exceeds(archiveInflation, source.size, content.length)) {
    refuse('bomb_suspected', `${source.size} bytes become ${content.length}`);
  }
  looking.tally.inflatedBytes += content.length;
  if (exceeds(archiveInflation, looking.objectBytes, looking.tally.inflatedBytes)) {
    refuse('bomb_suspected', 'the archives in it become too much together');
  }
  await lookIntoNested(kindOf(content.subarray(0, kindHeadBytes)), async () => bytesSource(content), looking);
}

/** What the whole file becomes. */
export async function inflateGzip(source: ByteSource, looking: Looking): Promise<Uint8Array> {
  if (source.size > maxNestedBytes) giveUp(`it is compressed and longer than ${maxNestedBytes} bytes`);
  return inflateMembers(await source.read(0, source.size), looking);
}

/** What all streams of the file become, one behind the other: so every tool unpacks them. */
function inflateMembers(bytes: Uint8Array, looking: Looking): Uint8Array {
  const members: Uint8Array[] = [];
  let inflatedBytes = 0;
  let at = 0;
  while (at < bytes.length && !isPadding(bytes, at)) {
    if (members.length === maxMembers) giveUp(`it is made of more than ${maxMembers} streams`);
    const from = contentOf(bytes, at);
    const member = inflateMember(bytes.subarray(from), maxNestedInflatedBytes - inflatedBytes, looking);
    const end = from + member.usedBytes + trailerBytes;
    if (end > bytes.length) refuse('malformed', 'what is compressed is cut off');
    if (viewOf(bytes).getUint32(end - 4, true) !== member.bytes.length) {
      refuse('malformed', 'what is compressed is not as long as it says');
    }
    members.push(member.bytes);
    inflatedBytes += member.bytes.length;
    at = end;
  }
  return joined(members, inflatedBytes);
}

/** Zeros up to the end, as tapes have them. */
const isPadding = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === 0 && bytes.subarray(at).every((byte) => byte === 0);

/** Where the content begins: behind the header and the fields that its flags announce (RFC 1952, 2.3). */
function contentOf(bytes: Uint8Array, at: number): number {
  const isStream = bytes[at] === 0x1f && bytes[at + 1] === 0x8b && bytes[at + 2] === 8;
  const [hasHeaderSum, hasExtra, hasName, hasComment, reserved] = [0x02, 0x04, 0x08, 0x10, 0xe0];
  const flags = bytes[at + 3] ?? reserved;
  if (!isStream || (flags & reserved) !== 0)
    refuse('malformed', 'what stands behind a compressed stream is none');
  let from = at + headerBytes;
  if (flags & hasExtra) from += 2 + (bytes[from] ?? 0) + 256 * (bytes[from + 1] ?? 0);
  for (const flag of [hasName, hasComment]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, from);
    if (end < 0) refuse('malformed', 'what is compressed is cut off');
    from = end + 1;
  }
  return flags & hasHeaderSum ? from + 2 : from;
}

function inflateMember(deflated: Uint8Array, maxBytes: number, looking: Looking): ReturnType<Inflate> {
  const member = unpack(deflated, Math.max(1, maxBytes), looking.context);
  if (!member.complete) {
    if (deflated.length * archiveInflation.largeMaxRatio < maxBytes) {
      refuse('bomb_suspected', `${deflated.length} bytes become more than ${maxBytes}`);
    }
    giveUp(`it becomes more than ${maxNestedInflatedBytes} bytes`);
  }
  countInflated(looking, member.bytes.length);
  return member;
}

function unpack(deflated: Uint8Array, maxBytes: number, { inflate }: StructureContext): ReturnType<Inflate> {
  try {
    return inflate(deflated, 'raw', maxBytes);
  } catch {
    return refuse('malformed', 'it cannot be unpacked');
  }
}

function joined(members: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = members;
  if (only && members.length === 1) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const member of members) {
    whole.set(member, at);
    at += member.length;
  }
  return whole;
}
