import type { Details } from '../../core/files/content-facts.ts';
import { isoOf, oneLine, present } from '../documents/details.ts';
import type { Streams } from './legacy.ts';

const headerBytes = 48;
/** Programs write some twenty. */
const maxProperties = 200;
/** [MS-OLEPS] 2.15: what kinds of values there are. */
const types = { int16: 2, int32: 3, text: 30, wideText: 31, time: 64 } as const;
/** Of times, in hundreds of nanoseconds since 1601. */
const unixEpoch = 116_444_736_000_000_000n;

type Value = string | number | Date;

/** What a document of older Office says of itself ([MS-OLEPS] 2.25.1); nothing where that cannot be read. */
export function summaryOf(streams: Streams): {
  readonly details: Details;
  readonly pages: number | undefined;
} {
  const values = propertiesOf(streams('/\u0005SummaryInformation'));
  const text = (id: number) => {
    const value = values.get(id);
    return typeof value === 'string' ? oneLine(value.replace(/\0.*$/s, '')) : undefined;
  };
  const count = (id: number) => {
    const value = values.get(id);
    return typeof value === 'number' && value > 0 ? value : undefined;
  };
  const time = (id: number) => {
    const value = values.get(id);
    return value instanceof Date ? isoOf(value) : undefined;
  };
  return {
    pages: count(14),
    details: present({
      title: text(2),
      subject: text(3),
      author: text(4),
      keywords: text(5),
      description: text(6),
      lastModifiedBy: text(8),
      createdAt: time(12),
      modifiedAt: time(13),
      words: count(15),
      characters: count(16),
      creator: text(18),
    }),
  };
}

function propertiesOf(stream: Buffer | undefined): ReadonlyMap<number, Value> {
  const values = new Map<number, Value>();
  if (!stream || stream.length < headerBytes) return values;
  try {
    const start = stream.readUInt32LE(44);
    const listed = Array.from(
      { length: Math.min(maxProperties, stream.readUInt32LE(start + 4)) },
      (_, index) => start + 8 + 8 * index,
    ).map((at) => ({ id: stream.readUInt32LE(at), at: start + stream.readUInt32LE(at + 4) }));
    const codePage = listed.find(({ id }) => id === 1);
    const encoding = encodingOf(codePage && stream.readUInt16LE(codePage.at + 4));
    for (const { id, at } of listed) {
      const value = valueAt(stream, at, encoding);
      if (value !== undefined) values.set(id, value);
    }
  } catch {
    // What it says up to where it is broken is what there is.
  }
  return values;
}

function valueAt(stream: Buffer, at: number, encoding: string): Value | undefined {
  const size = () => stream.readUInt32LE(at + 4);
  switch (stream.readUInt32LE(at)) {
    case types.int16:
      return stream.readInt16LE(at + 4);
    case types.int32:
      return stream.readInt32LE(at + 4);
    case types.text:
      return new TextDecoder(encoding).decode(stream.subarray(at + 8, at + 8 + size()));
    case types.wideText:
      return stream.toString('utf16le', at + 8, at + 8 + 2 * size());
    case types.time: {
      const ticks = stream.readBigUInt64LE(at + 4);
      return ticks > unixEpoch ? new Date(Number((ticks - unixEpoch) / 10_000n)) : undefined;
    }
    default:
      return undefined;
  }
}

function encodingOf(codePage: number | undefined): string {
  const label = codePage === 65001 ? 'utf-8' : codePage === 1200 ? 'utf-16le' : `windows-${codePage}`;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return 'windows-1252';
  }
}
