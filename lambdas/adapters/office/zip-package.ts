import { createInflateRaw } from 'node:zlib';
import { bytesSource } from '../../core/content/structure/archives/bytes.ts';
import { locate } from '../../core/content/structure/archives/zip-content.ts';
import { readZipDirectory, type ZipEntry } from '../../core/content/structure/archives/zip-directory.ts';
import { DocumentUnreadable } from '../../core/documents/ports.ts';

/** What all parts that are read of one document may become: at 40 MB/s some 12 seconds. */
const maxInflatedBytes = 512 * 1024 * 1024;

/** The parts of an Office file, inflated while they are read. */
export class ZipPackage {
  readonly #source: ReturnType<typeof bytesSource>;
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  #inflatedBytes = 0;

  private constructor(source: ReturnType<typeof bytesSource>, entries: readonly ZipEntry[]) {
    this.#source = source;
    // Part names know no case (ECMA-376-2, 6.2.2.3).
    this.#entries = new Map(entries.map((entry) => [entry.name.toLowerCase(), entry]));
  }

  static async open(bytes: Uint8Array): Promise<ZipPackage> {
    const source = bytesSource(bytes);
    const { entries } = await readZipDirectory(source);
    return new ZipPackage(source, entries);
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase());
  }

  /** The content of a part as it is inflated; nothing of one that is not there. */
  async *read(name: string): AsyncGenerator<Uint8Array> {
    const entry = this.#entries.get(name.toLowerCase());
    if (!entry) return;
    if (entry.encrypted) throw new DocumentUnreadable('encrypted', `${name} opens with a password only`);
    const from = await locate(this.#source, entry);
    const raw = await this.#source.read(from, entry.compressedBytes);
    for await (const chunk of inflated(raw, entry.method)) {
      this.#inflatedBytes += chunk.length;
      if (this.#inflatedBytes > maxInflatedBytes) {
        throw new DocumentUnreadable('too_complex', `more than ${maxInflatedBytes} bytes of XML`);
      }
      yield chunk;
    }
  }

  /** A small part as a whole; undefined where there is none, or one of more than `maxBytes`. */
  async readWhole(name: string, maxBytes: number): Promise<Buffer | undefined> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of this.read(name)) {
      bytes += chunk.length;
      if (bytes > maxBytes) return undefined;
      chunks.push(chunk);
    }
    return bytes === 0 ? undefined : Buffer.concat(chunks);
  }
}

const deflated = 8;

async function* inflated(raw: Uint8Array, method: number): AsyncGenerator<Uint8Array> {
  if (method !== deflated) {
    if (raw.length > 0) yield raw;
    return;
  }
  const inflate = createInflateRaw({ chunkSize: 64 * 1024 });
  inflate.end(raw);
  for await (const chunk of inflate) yield chunk as Uint8Array;
}
