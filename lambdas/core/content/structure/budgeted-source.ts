import { type ByteSource, ReadBudgetSpent } from './structure.ts';

export type ReadRange = (from: number, length: number) => Promise<Uint8Array>;

/** Small reads are widened to this: walking headers is then one request for many of them. */
const blockBytes = 64 * 1024;
/** Blocks kept, 2 MiB: the beginning, the end and what a reader goes back and forth between. */
const keptBlocks = 32;

/**
 * A source that reads ranges of an object and stops who reads too much: the bounds are what one look at a structure may
 * cost, in requests and in bytes.
 */
export function budgetedSource(
  size: number,
  readRange: ReadRange,
  bounds: { readonly maxReads: number; readonly maxReadBytes: number },
): ByteSource {
  const blocks = new Map<number, Uint8Array>();
  let reads = 0;
  let bytes = 0;

  async function fetch(from: number, length: number): Promise<Uint8Array> {
    reads += 1;
    bytes += length;
    if (reads > bounds.maxReads || bytes > bounds.maxReadBytes) {
      throw new ReadBudgetSpent(
        `its structure takes more than ${bounds.maxReads} reads or ${bounds.maxReadBytes} bytes to look at`,
      );
    }
    return readRange(from, length);
  }

  async function block(number: number): Promise<Uint8Array> {
    const from = number * blockBytes;
    const kept = blocks.get(number) ?? (await fetch(from, Math.min(blockBytes, size - from)));
    blocks.delete(number);
    blocks.set(number, kept);
    for (const oldest of blocks.keys()) {
      if (blocks.size <= keptBlocks) break;
      blocks.delete(oldest);
    }
    return kept;
  }

  return {
    size,
    read: async (from, length) => {
      const end = Math.min(size, from + length);
      if (from < 0 || from >= end) return new Uint8Array();
      const first = Math.floor(from / blockBytes);
      const last = Math.floor((end - 1) / blockBytes);
      if (first === last)
        return (await block(first)).subarray(from - first * blockBytes, end - first * blockBytes);
      // Across one border as well, where both blocks are small change; more is read as it was asked for.
      if (last === first + 1 && end - from <= blockBytes) {
        const joined = new Uint8Array(end - from);
        const head = (await block(first)).subarray(from - first * blockBytes);
        joined.set(head);
        joined.set((await block(last)).subarray(0, end - last * blockBytes), head.length);
        return joined;
      }
      return fetch(from, end - from);
    },
  };
}
