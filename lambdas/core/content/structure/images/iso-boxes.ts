import { fourCc, malformed, viewOf } from './header-reader.ts';

/** One box of ISO/IEC 14496-12, with what is in it. */
export interface Box {
  readonly type: string;
  readonly data: Uint8Array;
}

/** Boxes that one box may hold: a photo of 200 tiles has some hundreds of properties and entries. */
const maxBoxes = 20_000;

/** The boxes that lie one after the other. @throws ImageRefused */
export function boxesIn(bytes: Uint8Array): Box[] {
  const boxes: Box[] = [];
  const view = viewOf(bytes);
  let at = 0;
  while (at + 8 <= bytes.length) {
    const size = view.getUint32(at);
    const isLarge = size === 1 && at + 16 <= bytes.length;
    const headerBytes = isLarge ? 16 : 8;
    const length = size === 0 ? bytes.length - at : isLarge ? Number(view.getBigUint64(at + 8)) : size;
    if (length < headerBytes || at + length > bytes.length)
      throw malformed('a box that reaches beyond its parent');
    boxes.push({ type: fourCc(bytes, at + 4), data: bytes.subarray(at + headerBytes, at + length) });
    if (boxes.length > maxBoxes) throw malformed('a box that holds too many others');
    at += length;
  }
  return boxes;
}

export const boxOf = (boxes: readonly Box[], type: string): Box | undefined =>
  boxes.find((box) => box.type === type);

/** Of a full box: a version, flags, then the rest. */
export const versionOf = (data: Uint8Array): number => data[0] ?? 0;
export const fullBoxBytes = 4;

/** Reads a box from front to back. @throws ImageRefused where it ends too early */
export class BoxReader {
  private readonly view: DataView;
  private at: number;

  constructor(data: Uint8Array, at = 0) {
    this.view = viewOf(data);
    this.at = at;
  }

  get left(): number {
    return this.view.byteLength - this.at;
  }

  /** A big-endian number of 0 to 8 bytes; 0 where it has none, as sizes of optional fields go. */
  uint(bytes: number): number {
    if (bytes > this.left) throw malformed('a box that ends too early');
    let value = 0;
    for (let index = 0; index < bytes; index += 1) value = value * 256 + this.view.getUint8(this.at + index);
    this.at += bytes;
    return value;
  }

  skip(bytes: number): void {
    if (bytes > this.left) throw malformed('a box that ends too early');
    this.at += bytes;
  }
}
