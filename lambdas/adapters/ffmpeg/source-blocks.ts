import type { EncodeSource } from '../../core/video/ports.ts';

/** Of one read of the original. */
const blockBytes = 4 * 1024 * 1024;
/** What a demuxer jumps between, and the next one: 32 MiB. */
const keptBlocks = 8;
/** For one block: what is slower would keep an encoder waiting for longer than it encodes. */
const blockDeadlineMs = 60_000;

/**
 * The original in blocks. An encoder reads slowly, for minutes, and a file with its pictures and its sound far apart back
 * and forth: blocks are read at once and kept for a while, so that no connection to the bucket waits for the encoder and
 * nothing is read once per jump. One block is read ahead.
 */
export class SourceBlocks {
  readonly #source: Pick<EncodeSource, 'bytes' | 'open'>;
  readonly #closed = new AbortController();
  /** Those used last at the end. */
  readonly #blocks = new Map<number, Promise<Buffer>>();

  constructor(source: Pick<EncodeSource, 'bytes' | 'open'>) {
    this.#source = source;
  }

  /** From `from` to the end of its block, or up to `to`. */
  async read(from: number, to: number): Promise<Buffer> {
    const index = Math.floor(from / blockBytes);
    const block = this.#block(index);
    if ((index + 1) * blockBytes < this.#source.bytes) this.#block(index + 1).catch(() => undefined);
    const start = index * blockBytes;
    return (await block).subarray(from - start, to - start);
  }

  /** Ends what is being read. */
  close(): void {
    this.#closed.abort();
    this.#blocks.clear();
  }

  #block(index: number): Promise<Buffer> {
    const block = this.#blocks.get(index) ?? this.#load(index);
    this.#blocks.delete(index);
    this.#blocks.set(index, block);
    const [oldest] = this.#blocks.keys();
    if (this.#blocks.size > keptBlocks && oldest !== undefined) this.#blocks.delete(oldest);
    return block;
  }

  async #load(index: number): Promise<Buffer> {
    const from = index * blockBytes;
    const to = Math.min(from + blockBytes, this.#source.bytes);
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(blockDeadlineMs)]);
    const bytes = Buffer.allocUnsafe(to - from);
    let length = 0;
    for await (const chunk of await this.#source.open({ from, to }, signal)) {
      signal.throwIfAborted();
      if (length + chunk.byteLength <= bytes.byteLength) bytes.set(chunk, length);
      length += chunk.byteLength;
    }
    if (length !== bytes.byteLength)
      throw new Error(`the original gave ${length} bytes of ${bytes.byteLength}`);
    return bytes;
  }
}
