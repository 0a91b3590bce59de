/** A second of silence as 8 kHz mono WAV for each of `seconds`, with its title where one is given. */
export function wav(seconds: number, title?: string): Buffer {
  const rate = 8_000;
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0);
  format.writeUInt16LE(1, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE(rate * 2, 8);
  format.writeUInt16LE(2, 12);
  format.writeUInt16LE(16, 14);
  const info = title ? [chunk('LIST', Buffer.from('INFO'), chunk('INAM', Buffer.from(`${title}\0`)))] : [];
  return chunk(
    'RIFF',
    Buffer.from('WAVE'),
    chunk('fmt ', format),
    chunk('data', Buffer.alloc(rate * 2 * seconds)),
    ...info,
  );
}

function chunk(name: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8, name, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

export interface Mp3Tags {
  readonly title?: string;
  readonly artist?: string;
  readonly album?: string;
  readonly year?: string;
  /** The bytes of the embedded picture, and what the tag says that they are. */
  readonly cover?: { readonly bytes: Buffer; readonly mimeType: string };
}

/** Of one frame of MPEG-1 layer III at 128 kbit/s and 44.1 kHz. */
const frameBytes = 417;
const frameSeconds = 1_152 / 44_100;

/** Silence of about `seconds` as MP3 of a constant 128 kbit/s behind an ID3v2.4 tag. */
export function mp3(seconds: number, tags: Mp3Tags = {}): Buffer {
  const frame = Buffer.alloc(frameBytes);
  Buffer.from([0xff, 0xfb, 0x90, 0x64]).copy(frame);
  const frames = Array.from({ length: Math.round(seconds / frameSeconds) }, () => frame);
  return Buffer.concat([id3(tags), ...frames]);
}

function id3({ title, artist, album, year, cover }: Mp3Tags): Buffer {
  const utf8 = Buffer.from([3]);
  const text = (id: string, value: string | undefined): Buffer[] =>
    value === undefined ? [] : [id3Frame(id, Buffer.concat([utf8, Buffer.from(value)]))];
  const picture =
    cover && Buffer.concat([utf8, Buffer.from(`${cover.mimeType}\0`), Buffer.from([3, 0]), cover.bytes]);
  const body = Buffer.concat([
    ...text('TIT2', title),
    ...text('TPE1', artist),
    ...text('TALB', album),
    ...text('TDRC', year),
    ...(picture ? [id3Frame('APIC', picture)] : []),
  ]);
  return Buffer.concat([Buffer.from('ID3\x04\0\0', 'latin1'), synchsafe(body.length), body]);
}

const id3Frame = (id: string, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(id), synchsafe(body.length), Buffer.alloc(2), body]);

/** Seven bits a byte, so that a length is never taken for the beginning of a frame. */
const synchsafe = (value: number): Buffer =>
  Buffer.from([21, 14, 7, 0].map((shift) => (value >>> shift) & 0x7f));
