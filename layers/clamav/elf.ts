/** What the layer has to know of an ELF file: for which machine it is, and which libraries it needs. */
export interface ElfFile {
  readonly machine: 'arm64' | 'amd64' | 'other';
  readonly needed: readonly string[];
}

const machines: Readonly<Record<number, ElfFile['machine']>> = { 183: 'arm64', 62: 'amd64' };
const segment = { load: 1, dynamic: 2 };
const tag = { end: 0, needed: 1, stringTable: 5 };
const programHeaderBytes = 56;
const dynamicEntryBytes = 16;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** Undefined for what is no 64-bit little-endian ELF file. */
export function readElf(file: Buffer): ElfFile | undefined {
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1)
    return undefined;
  const machine = machines[file.readUInt16LE(18)] ?? 'other';
  const segments = programHeaders(file);
  const dynamic = segments.find(({ type }) => type === segment.dynamic);
  if (!dynamic) return { machine, needed: [] };
  const entries = dynamicEntries(file, dynamic);
  const table = entries.find(([kind]) => kind === tag.stringTable)?.[1] ?? 0;
  const holder = segments.find(
    ({ type, address, size }) => type === segment.load && table >= address && table < address + size,
  );
  if (!holder) throw new Error('an ELF file without its table of strings');
  const strings = table - holder.address + holder.offset;
  const needed = entries
    .filter(([kind]) => kind === tag.needed)
    .map(([, at]) => file.toString('latin1', strings + at, file.indexOf(0, strings + at)));
  return { machine, needed };
}

function programHeaders(file: Buffer): readonly Segment[] {
  const start = Number(file.readBigUInt64LE(32));
  return Array.from({ length: file.readUInt16LE(56) }, (_, index) => {
    const at = start + index * programHeaderBytes;
    return {
      type: file.readUInt32LE(at),
      offset: Number(file.readBigUInt64LE(at + 8)),
      address: Number(file.readBigUInt64LE(at + 16)),
      size: Number(file.readBigUInt64LE(at + 32)),
    };
  });
}

function dynamicEntries(file: Buffer, { offset, size }: Segment): readonly (readonly [number, number])[] {
  const entries: [number, number][] = [];
  for (let at = offset; at < offset + size; at += dynamicEntryBytes) {
    const kind = Number(file.readBigInt64LE(at));
    if (kind === tag.end) break;
    entries.push([kind, Number(file.readBigUInt64LE(at + 8))]);
  }
  return entries;
}
