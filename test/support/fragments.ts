/** Fragmented MP4 (ISO/IEC 14496-12, 8.8), as far as a stream can be checked by it. */

interface Box {
  readonly type: string;
  readonly body: Buffer;
}

export function boxesOf(bytes: Buffer): readonly Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    if (size < 8 || at + size > bytes.length) return boxes;
    boxes.push({ type: bytes.toString('latin1', at + 4, at + 8), body: bytes.subarray(at + 8, at + size) });
    at += size;
  }
  return boxes;
}

const all = (bytes: Buffer, type: string): readonly Buffer[] =>
  boxesOf(bytes).flatMap((box) => (box.type === type ? [box.body] : []));

/** The first box at the end of these names; nothing where one of them is not there. */
function at(bytes: Buffer, ...path: readonly string[]): Buffer {
  return path.reduce((body, type) => all(body, type)[0] ?? Buffer.alloc(0), bytes);
}

export interface Init {
  /** As RFC 6381 names it; of sound its kind alone, `mp4a`. */
  readonly codec: string;
  readonly width?: number;
  readonly height?: number;
  readonly channels?: number;
  /** Ticks of a second. */
  readonly timescale: number;
  readonly defaults: Defaults;
}

interface Defaults {
  readonly duration: number;
  readonly flags: number;
}

/** What `ftyp` and `moov` of one track say; undefined where they are not there. */
export function readInit(bytes: Buffer): Init | undefined {
  const media = at(bytes, 'moov', 'trak', 'mdia');
  const [entry] = boxesOf(at(media, 'minf', 'stbl', 'stsd').subarray(8));
  if (!entry || boxesOf(bytes)[0]?.type !== 'ftyp') return undefined;
  const header = at(media, 'mdhd');
  const defaults = at(bytes, 'moov', 'mvex', 'trex');
  const common = {
    timescale: header.readUInt32BE(header[0] === 1 ? 20 : 12),
    defaults: { duration: defaults.readUInt32BE(12), flags: defaults.readUInt32BE(20) },
  };
  if (entry.type === 'mp4a') {
    return { ...common, codec: 'mp4a', channels: channelsOf(at(entry.body.subarray(28), 'esds')) };
  }
  const configuration = at(entry.body.subarray(78), 'avcC');
  return {
    ...common,
    codec: `${entry.type}.${configuration.toString('hex', 1, 4)}`,
    width: entry.body.readUInt16BE(24),
    height: entry.body.readUInt16BE(26),
  };
}

/**
 * Of an AAC track. The sample entry's own count says nothing: ISO 14496-14 lets writers put 2 there, whatever it is. What counts is
 * the AudioSpecificConfig (ISO 14496-3): object type 5 bits, frequency 4, channels 4.
 */
function channelsOf(esds: Buffer): number {
  const decoderSpecific = 0x05;
  // Behind the version: descriptors within descriptors, of which the fixed fields are skipped.
  const fixedBytes: Readonly<Record<number, number>> = { 3: 3, 4: 13 };
  let from = 4;
  for (;;) {
    const tag = esds.readUInt8(from);
    from += 1;
    while (esds.readUInt8(from) & 0x80) from += 1;
    from += 1;
    if (tag === decoderSpecific) return (esds.readUInt16BE(from) >> 3) & 0x0f;
    from += fixedBytes[tag] ?? 0;
  }
}

export interface SegmentFacts {
  readonly samples: number;
  /** Ticks. */
  readonly duration: number;
  readonly startsAt: number;
  /** Whether its first sample can be decoded without others. */
  readonly isIndependent: boolean;
}

const notSync = 0x1_0000;

export function readSegment(bytes: Buffer, { defaults }: Init): SegmentFacts | undefined {
  const fragments = all(bytes, 'moof').map((fragment) => readFragment(at(fragment, 'traf'), defaults));
  const [first] = fragments;
  if (!first) return undefined;
  const sum = (what: 'samples' | 'duration') =>
    fragments.reduce((total, fragment) => total + fragment[what], 0);
  return { ...first, samples: sum('samples'), duration: sum('duration') };
}

function readFragment(track: Buffer, defaults: Defaults): SegmentFacts {
  const own = readHeader(at(track, 'tfhd'), defaults);
  const decodeTime = at(track, 'tfdt');
  const runs = all(track, 'trun').map((run) => readRun(run, own));
  return {
    startsAt: decodeTime[0] === 1 ? Number(decodeTime.readBigUInt64BE(4)) : decodeTime.readUInt32BE(4),
    samples: runs.reduce((sum, { samples }) => sum + samples, 0),
    duration: runs.reduce((sum, { duration }) => sum + duration, 0),
    isIndependent: ((runs[0]?.firstFlags ?? notSync) & notSync) === 0,
  };
}

/** Fields that are there as flags say, in the order of the flags. */
function fields(box: Buffer, start: number, sizes: Readonly<Record<number, number>>): Map<number, number> {
  const flags = box.readUIntBE(1, 3);
  const found = new Map<number, number>();
  let offset = start;
  for (const [flag, size] of Object.entries(sizes).map(([key, value]) => [Number(key), value] as const)) {
    if (!(flags & flag)) continue;
    found.set(flag, box.readUInt32BE(offset + size - 4));
    offset += size;
  }
  return found;
}

function readHeader(header: Buffer, defaults: Defaults): Defaults {
  const found = fields(header, 8, { 1: 8, 2: 4, 8: 4, 16: 4, 32: 4 });
  return { duration: found.get(0x8) ?? defaults.duration, flags: found.get(0x20) ?? defaults.flags };
}

function readRun(run: Buffer, defaults: Defaults) {
  const samples = run.readUInt32BE(4);
  const flags = run.readUIntBE(1, 3);
  const optional = fields(run, 8, { 1: 4, 4: 4 });
  const sampleFields = [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag);
  const start = 8 + 4 * optional.size;
  const field = (sample: number, flag: number): number | undefined => {
    const place = sampleFields.indexOf(flag);
    return place < 0 ? undefined : run.readUInt32BE(start + 4 * (sample * sampleFields.length + place));
  };
  let duration = 0;
  for (let sample = 0; sample < samples; sample += 1) duration += field(sample, 0x100) ?? defaults.duration;
  return { samples, duration, firstFlags: optional.get(0x4) ?? field(0, 0x400) ?? defaults.flags };
}
