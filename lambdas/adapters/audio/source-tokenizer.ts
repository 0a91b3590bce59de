import { AbstractTokenizer, EndOfStreamError, type IReadChunkOptions } from 'strtok3';
import { AudioUnreadable } from '../../core/audio/ports.ts';
import type { ByteSource } from '../../core/content/structure/structure.ts';

/** Largest piece that is read at once: a cover of more is none that anybody shows. */
const maxBufferBytes = 16 * 1024 * 1024;

/** What music-metadata reads, out of ranges of an object, until a moment that is set beforehand. */
export class SourceTokenizer extends AbstractTokenizer {
  override readonly fileInfo: { readonly size: number; readonly mimeType: string };
  /** What reading threw: the machinery's fault, not the recording's. */
  failure: unknown;
  readonly #source: ByteSource;
  readonly #endsAt: number;

  /** @param endsAt by performance.now() */
  constructor(source: ByteSource, mimeType: string, endsAt: number) {
    super({ maxBufferSize: maxBufferBytes });
    this.fileInfo = { size: source.size, mimeType };
    this.#source = source;
    this.#endsAt = endsAt;
  }

  override supportsRandomAccess(): boolean {
    return true;
  }

  setPosition(position: number): void {
    this.validateLength(position, 'position');
    this.position = position;
  }

  override async readBuffer(buffer: Uint8Array, options?: IReadChunkOptions): Promise<number> {
    const { position = this.position } = options ?? {};
    const read = await this.peekBuffer(buffer, options);
    this.position = position + read;
    return read;
  }

  override async peekBuffer(buffer: Uint8Array, options?: IReadChunkOptions): Promise<number> {
    if (performance.now() > this.#endsAt) throw new AudioUnreadable('it takes too long to read');
    const { position, length, mayBeLess } = this.normalizeOptions(buffer, options);
    const bytes = await this.#read(position, length);
    if (bytes.length < length && !mayBeLess) throw new EndOfStreamError();
    buffer.set(bytes);
    return bytes.length;
  }

  async #read(position: number, length: number): Promise<Uint8Array> {
    try {
      return await this.#source.read(position, length);
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}
