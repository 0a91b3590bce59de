/** A stream or a folder of a compound file; the way Word, Excel and PowerPoint kept theirs before 2007. */
export interface CfbNode {
  readonly name: string;
  /** Left out: a folder. */
  readonly content?: Buffer;
  readonly children?: readonly CfbNode[];
}

export interface CfbOptions {
  /** Of the root, as it stands in the file. */
  readonly classId?: string;
  /** What is written over the finished file. */
  readonly spoil?: (file: Buffer, layout: CfbLayout) => void;
}

/** Offsets in the file. */
export interface CfbLayout {
  readonly fat: number;
  readonly directorySector: number;
  readonly directory: number;
}

const sectorBytes = 512;
const miniCutoffBytes = 4096;
const none = 0xffffffff;
const endOfChain = 0xfffffffe;

/**
 * A version 3 compound file: header, one sector of FAT, directory, streams. Streams are padded to 4 KiB, below which they
 * would lie in sectors of 64 bytes; with one sector of FAT there is room for 64 KiB.
 */
export function compoundFile(nodes: readonly CfbNode[], { classId, spoil }: CfbOptions = {}): Buffer {
  const entries: Buffer[] = [];
  const streams: { entry: Buffer; content: Buffer }[] = [];
  const root = addEntry(entries, 'Root Entry', 5);
  if (classId) root.write(classId, 80, 'hex');
  root.writeUInt32LE(addSiblings(nodes, entries, streams), 76);
  root.writeUInt32LE(endOfChain, 116);

  const directorySectors = Math.ceil(entries.length / 4);
  const fat: number[] = [0xfffffffd, ...chain(1, directorySectors)];
  for (const { entry, content } of streams) {
    entry.writeUInt32LE(fat.length, 116);
    entry.writeUInt32LE(content.length, 120);
    fat.push(...chain(fat.length, content.length / sectorBytes));
  }
  const fatSector = Buffer.alloc(sectorBytes, 0xff);
  for (const [index, next] of fat.entries()) fatSector.writeUInt32LE(next, index * 4);
  const directory = Buffer.concat([...entries, ...padding(directorySectors * 4 - entries.length)]);
  const file = Buffer.concat([header(), fatSector, directory, ...streams.map(({ content }) => content)]);
  spoil?.(file, { fat: sectorBytes, directorySector: 1, directory: 2 * sectorBytes });
  return file;
}

function header(): Buffer {
  const bytes = Buffer.alloc(sectorBytes, 0xff);
  bytes.fill(0, 0, 76);
  bytes.write('d0cf11e0a1b11ae1', 0, 'hex');
  for (const [at, value] of [
    [24, 0x3e],
    [26, 3],
    [28, 0xfffe],
    [30, 9],
    [32, 6],
  ] as const) {
    bytes.writeUInt16LE(value, at);
  }
  for (const [at, value] of [
    [44, 1],
    [48, 1],
    [56, miniCutoffBytes],
    [60, endOfChain],
    [68, endOfChain],
    [76, 0],
  ] as const) {
    bytes.writeUInt32LE(value, at);
  }
  return bytes;
}

const chain = (start: number, length: number): number[] =>
  Array.from({ length }, (_, index) => (index === length - 1 ? endOfChain : start + index + 1));

const padding = (count: number): Buffer[] => Array.from({ length: count }, () => Buffer.alloc(128));

function addEntry(entries: Buffer[], name: string, type: number): Buffer {
  const entry = Buffer.alloc(128);
  entry.write(name, 0, 62, 'utf16le');
  entry.writeUInt16LE(2 * name.length + 2, 64);
  entry.writeUInt8(type, 66);
  for (const at of [68, 72, 76]) entry.writeUInt32LE(none, at);
  entries.push(entry);
  return entry;
}

/** Siblings hang on each other's right side; the answer is the first of them. */
function addSiblings(
  nodes: readonly CfbNode[],
  entries: Buffer[],
  streams: { entry: Buffer; content: Buffer }[],
): number {
  let first = none;
  let previous: Buffer | undefined;
  for (const { name, content, children = [] } of nodes) {
    const id = entries.length;
    const entry = addEntry(entries, name, content ? 2 : 1);
    if (content) {
      const padded = Math.max(miniCutoffBytes, Math.ceil(content.length / sectorBytes) * sectorBytes);
      streams.push({ entry, content: Buffer.concat([content, Buffer.alloc(padded - content.length)]) });
    } else {
      entry.writeUInt32LE(addSiblings(children, entries, streams), 76);
    }
    if (previous) previous.writeUInt32LE(id, 72);
    else first = id;
    previous = entry;
  }
  return first;
}
