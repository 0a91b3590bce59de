import type { RejectionReason } from '../../../intake/reasons.ts';
import type { ByteSource } from '../structure.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** A walk reads windows: the next one is twice as large while it goes on without a gap, up to the largest. */
const firstWindowBytes = 64 * KiB;
const maxWindowBytes = 2 * MiB;

/** What the walk over one picture may cost; at 30 ms a read and 50 MB/s less than 2 s. */
const maxWalkReads = 40;
const maxWalkBytes = 24 * MiB;

/** What the bytes are refused for. */
export class ImageRefused extends Error {
  override readonly name = 'ImageRefused';
  readonly reason: RejectionReason;

  constructor(reason: RejectionReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

export const malformed = (detail: string): ImageRefused => new ImageRefused('malformed', detail);
export const bomb = (detail: string): ImageRefused => new ImageRefused('bomb_suspected', detail);

/** The headers go on for longer than anybody walks. Some formats can be judged without their rest. */
export class WalkTooLong extends Error {
  override readonly name = 'WalkTooLong';
}

/** Reads forward through a file by few reads. Everything that a header says is checked against `size` here. */
export class HeaderReader {
  readonly size: number;
  private readonly source: ByteSource;
  private window: Uint8Array = new Uint8Array();
  private windowAt = 0;
  private windowBytes = firstWindowBytes;
  private reads = 0;
  private readBytes = 0;

  constructor(source: ByteSource) {
    this.source = source;
    this.size = source.size;
  }

  /** Without reading anything: undefined where the present window does not hold all of it. */
  peek(from: number, length: number): Uint8Array | undefined {
    const start = from - this.windowAt;
    return start >= 0 && start + length <= this.window.length
      ? this.window.subarray(start, start + length)
      : undefined;
  }

  /** One byte; awaits only where the window does not hold it, since millions of them may be asked for. */
  byte(at: number): number | Promise<number> {
    return this.window[at - this.windowAt] ?? this.bytes(at, 1).then((bytes) => bytes[0] ?? 0);
  }

  /** Exactly these bytes. @throws ImageRefused where the file ends before them; WalkTooLong */
  async bytes(from: number, length: number): Promise<Uint8Array> {
    const here = this.peek(from, length);
    if (here) return here;
    if (from + length > this.size) throw malformed('the file ends within its headers');
    const end = this.windowAt + this.window.length;
    const goesOn = end > 0 && from >= end - length && from <= end + this.windowBytes;
    this.windowBytes = goesOn ? Math.min(maxWindowBytes, 2 * this.windowBytes) : firstWindowBytes;
    // The first window of a stretch is a block of the source, which may have it already.
    const start = goesOn ? from : from - (from % firstWindowBytes);
    const wanted = Math.min(Math.max(from + length - start, this.windowBytes), this.size - start);
    this.reads += 1;
    this.readBytes += wanted;
    if (this.reads > maxWalkReads || this.readBytes > maxWalkBytes) {
      throw new WalkTooLong(`its headers take more than ${maxWalkReads} reads or ${maxWalkBytes} bytes`);
    }
    this.window = await this.source.read(start, wanted);
    this.windowAt = start;
    const found = this.peek(from, length);
    if (!found) throw malformed('the file ends within its headers');
    return found;
  }

  async view(from: number, length: number): Promise<DataView> {
    return viewOf(await this.bytes(from, length));
  }

  /** Up to `length` bytes, fewer where the file ends; keeps the walk's window where it is. */
  async aside(from: number, length: number): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(length, this.size - from));
    return this.peek(from, wanted) ?? (await this.source.read(from, wanted));
  }
}

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Of a few bytes: each as the character of its number. */
export const asText = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const ascii = new TextDecoder('latin1');

/** Of many bytes, where only ASCII is looked for: what TextDecoder calls latin1 is a code page that changes others. */
export const asAscii = (bytes: Uint8Array): string => ascii.decode(bytes);

export const fourCc = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0);
