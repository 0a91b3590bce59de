import { compoundFile } from './compound-file.ts';

export interface LegacySummary {
  readonly title: string;
  readonly author: string;
  readonly created: Date;
}

/** Streams shorter than this would lie in sectors of 64 bytes. */
const streamBytes = 4_096;

const padded = (content: Buffer): Buffer =>
  Buffer.concat([content, Buffer.alloc(Math.max(0, Math.ceil(content.length / 512) * 512 - content.length))]);
const stream = (content: Buffer): Buffer =>
  content.length < streamBytes
    ? Buffer.concat([content, Buffer.alloc(streamBytes - content.length)])
    : padded(content);

/** What a document of older Office says of itself: [MS-OLEPS] 2.21, one set of properties. */
function summary({ title, author, created }: LegacySummary): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(`${value}\0`, 'latin1');
    return Buffer.concat([u32(30), u32(bytes.length), bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  };
  const time = Buffer.alloc(12);
  time.writeUInt32LE(64, 0);
  time.writeBigUInt64LE(BigInt(created.getTime()) * 10_000n + 116_444_736_000_000_000n, 4);
  const values: readonly (readonly [id: number, value: Buffer])[] = [
    [1, Buffer.concat([u32(2), u32(1252)])],
    [2, text(title)],
    [4, text(author)],
    [12, time],
  ];
  const start = 48;
  let at = 8 + 8 * values.length;
  const list = values.map(([id, value]) => {
    const entry = Buffer.concat([u32(id), u32(at)]);
    at += value.length;
    return entry;
  });
  const header = Buffer.alloc(start);
  header.writeUInt16LE(0xfffe, 0);
  header.writeUInt32LE(1, 24);
  header.writeUInt32LE(start, 44);
  return Buffer.concat([header, u32(at), u32(values.length), ...list, ...values.map(([, value]) => value)]);
}

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

const documentOf = (streams: Readonly<Record<string, Buffer>>): Buffer =>
  compoundFile(Object.entries(streams).map(([name, content]) => ({ name, content: stream(content) })));

/** A Word 97 document: a header, one piece of text, its entry in the piece table ([MS-DOC] 2.4.1). */
export function docOf(text: string, facts?: LegacySummary, flags = 0): Buffer {
  const characters = Buffer.from(text, 'utf16le');
  const textAt = 2_048;
  const fib = Buffer.alloc(textAt);
  fib.writeUInt16LE(0xa5ec, 0);
  fib.writeUInt16LE(0x00c1, 2);
  // The table is in `1Table`.
  fib.writeUInt16LE(0x0200 | flags, 10);
  fib.writeUInt16LE(14, 32);
  fib.writeUInt16LE(22, 62);
  fib.writeUInt32LE(text.length, 76);
  fib.writeUInt16LE(93, 152);
  const clx = Buffer.concat([
    Buffer.from([2]),
    u32(4 + 4 + 8),
    u32(0),
    u32(text.length),
    Buffer.alloc(2),
    u32(textAt),
    Buffer.alloc(2),
  ]);
  fib.writeUInt32LE(0, 0x01a2);
  fib.writeUInt32LE(clx.length, 0x01a6);
  return documentOf({
    WordDocument: Buffer.concat([fib, characters]),
    '1Table': clx,
    ...(facts && { '\u0005SummaryInformation': summary(facts) }),
  });
}

const record = (type: number, content: Buffer, instance = 0, isContainer = false): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt16LE((instance << 4) | (isContainer ? 0xf : 0), 0);
  header.writeUInt16LE(type, 2);
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, content]);
};
const container = (type: number, children: readonly Buffer[], instance = 0): Buffer =>
  record(type, Buffer.concat(children), instance, true);

/** A PowerPoint 97 presentation, each slide one text; behind them a slide that was deleted before it was saved. */
export function pptOf(slides: readonly string[], facts?: LegacySummary): Buffer {
  const slide = (text: string) =>
    container(0x03ee, [container(0x040c, [record(0x0fa0, Buffer.from(text, 'utf16le'))])]);
  const persists = slides.map((_, index) =>
    record(0x03f3, Buffer.concat([u32(index + 2), Buffer.alloc(16)])),
  );
  const objects = [container(0x03e8, [container(0x0ff0, persists)]), ...slides.map(slide)];
  const offsets: number[] = [];
  let at = 0;
  for (const object of objects) {
    offsets.push(at);
    at += object.length;
  }
  const deleted = slide('deleted long ago');
  const directoryAt = at + deleted.length;
  const directory = record(0x1772, Buffer.concat([u32((objects.length << 20) | 1), ...offsets.map(u32)]));
  const editAt = directoryAt + directory.length;
  const edit = record(
    0x0ff5,
    Buffer.concat([Buffer.alloc(8), u32(0), u32(directoryAt), u32(1), Buffer.alloc(8)]),
  );
  const user = Buffer.alloc(20);
  user.writeUInt32LE(0xe391c05f, 12);
  user.writeUInt32LE(editAt, 16);
  return documentOf({
    'PowerPoint Document': Buffer.concat([...objects, deleted, directory, edit]),
    'Current User': user,
    ...(facts && { '\u0005SummaryInformation': summary(facts) }),
  });
}
