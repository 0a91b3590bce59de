/** A box of an MP4 file (ISO/IEC 14496-12, 4.2), without its header. */
interface Box {
  readonly type: string;
  readonly body: Buffer;
}

const headerBytes = 8;

function* boxes(bytes: Buffer): Generator<Box> {
  for (let at = 0; at + headerBytes <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    if (size < headerBytes) return;
    yield {
      type: bytes.toString('latin1', at + 4, at + headerBytes),
      body: bytes.subarray(at + headerBytes, at + size),
    };
    at += size;
  }
}

/** The first box behind these names, one inside the other. */
function boxIn(bytes: Buffer, [type, ...inner]: readonly string[]): Buffer {
  const box = [...boxes(bytes)].find((one) => one.type === type);
  if (!box) throw new Error(`the encoder wrote no ${type}`);
  return inner.length === 0 ? box.body : boxIn(box.body, inner);
}

/** Seconds of the whole, of the beginning of a file with `moov` before its samples. */
export function movieDuration(start: Buffer): number {
  const header = boxIn(start, ['moov', 'mvhd']);
  // Version 1 has times of 64 bits.
  return header[0] === 1
    ? Number(header.readBigUInt64BE(24)) / header.readUInt32BE(20)
    : header.readUInt32BE(16) / header.readUInt32BE(12);
}

/** Version, flags and the number of entries. */
const descriptionHeaderBytes = 8;
/** Of an entry for pictures, with the header of the box; of one for sound. */
const visualEntryBytes = 86;
const soundEntryBytes = 36;

const sampleTable = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd'];

/** RFC 6381, of the initialization of a track of H.264. */
export function avcCodec(init: Buffer): string {
  const entry = boxIn(init, sampleTable).subarray(descriptionHeaderBytes);
  const configuration = boxIn(entry.subarray(visualEntryBytes), ['avcC']);
  // Profile, compatibility, level.
  return `avc1.${configuration.toString('hex', 1, 4)}`;
}

const decoderSpecificTag = 0x05;

/** RFC 6381, of the initialization of a track of MPEG-4 sound; and how many channels it has: the entry says two of any. */
export function soundCodec(init: Buffer): { readonly codec: string; readonly channels: number } {
  const entry = boxIn(init, sampleTable).subarray(descriptionHeaderBytes);
  const { objectType, specific } = decoderConfiguration(boxIn(entry.subarray(soundEntryBytes), ['esds']));
  // Audio object type in 5 bits, rate in 4, channels in 4 (ISO/IEC 14496-3, 1.6.2.1).
  const bits = specific.readUInt16BE(0);
  return { codec: `mp4a.${objectType.toString(16)}.${bits >> 11}`, channels: (bits >> 3) & 0b1111 };
}

/** Object type of the stream, and what is meant for its decoder (ISO/IEC 14496-1, 7.2.6). */
function decoderConfiguration(esds: Buffer): { readonly objectType: number; readonly specific: Buffer } {
  let at = 4;
  const open = () => {
    const tag = esds.readUInt8(at++);
    while (esds.readUInt8(at++) & 0x80);
    return tag;
  };
  open();
  // Id and flags; ffmpeg sets none of these.
  at += 3;
  open();
  const objectType = esds.readUInt8(at);
  // Stream type, buffer size and bit rates.
  at += 13;
  if (open() !== decoderSpecificTag) throw new Error('the encoder wrote no configuration of its sound');
  return { objectType, specific: esds.subarray(at) };
}
