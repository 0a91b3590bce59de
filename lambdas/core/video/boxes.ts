/** A box of an MP4 file (ISO/IEC 14496-12, 4.2) by its header: where it lies, header included. */
export interface Box {
  readonly type: string;
  readonly offset: number;
  readonly bytes: number;
}

export type ReadBytes = (from: number, length: number) => Promise<Uint8Array>;

/** Size and type, and a size of 64 bits where that of 32 is 1. */
const headerBytes = 16;
const smallHeaderBytes = 8;

/** The boxes of a range one after the other, without what is in them; at most `max`, and none behind one that is broken. */
export async function boxesIn(
  read: ReadBytes,
  range: { readonly offset: number; readonly bytes: number },
  max: number,
): Promise<readonly Box[]> {
  const boxes: Box[] = [];
  const end = range.offset + range.bytes;
  for (let offset = range.offset; offset + smallHeaderBytes <= end && boxes.length < max; ) {
    const box = boxAt(offset, await read(offset, Math.min(headerBytes, end - offset)), end);
    if (!box) break;
    boxes.push(box);
    offset += box.bytes;
  }
  return boxes;
}

function boxAt(offset: number, header: Uint8Array, end: number): Box | undefined {
  if (header.length < smallHeaderBytes) return undefined;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const told = view.getUint32(0);
  const isLarge = told === 1 && header.length === headerBytes;
  // One of no size lasts to the end.
  const bytes = told === 0 ? end - offset : isLarge ? Number(view.getBigUint64(8)) : told;
  if (bytes < smallHeaderBytes) return undefined;
  return { type: String.fromCharCode(...header.subarray(4, smallHeaderBytes)), offset, bytes };
}
