import { createGunzip, createInflateRaw, type Gunzip, type InflateRaw } from 'node:zlib';

/** Why a stream was not looked at to its end. */
export class CannotLookInside extends Error {
  override readonly name = 'CannotLookInside';
}

export interface UnpackBounds {
  /** Archives within archives. */
  readonly maxDepth: number;
  /** Of all levels together. */
  readonly maxInflatedBytes: number;
  readonly maxMembers: number;
}

/** Sees each level's bytes in order: first the object's own, then those of every member that it packs. */
export type WatchLevel = () => (chunk: Buffer) => void;

const zipMember = Buffer.from('PK\x03\x04', 'latin1');
const gzipStart = Buffer.from([0x1f, 0x8b, 8]);
/** Of a zip member's local header, before its name. */
const fixedHeaderBytes = 30;
const method = { stored: 0, deflated: 8 };
/** A sequence of bytes that only looks like a header has other numbers there, but for one in 2^25. */
const highest = { zipVersion: 63, method: 99, nameBytes: 1_024 };
const flags = { encrypted: 1, sizeFollows: 8 };

/**
 * Reads a stream once and shows `watch` its bytes and, level by level, those of what is packed in it: members of zips
 * wherever they begin, and gzip. Members that are stored lie open in the stream itself. Memory stays at a chunk a level.
 * @throws CannotLookInside
 */
export async function unpack(
  chunks: AsyncIterable<Uint8Array>,
  watch: WatchLevel,
  bounds: UnpackBounds,
): Promise<void> {
  await new Unpacking(watch, bounds).level(chunks, 0);
}

class Unpacking {
  private readonly watch: WatchLevel;
  private readonly bounds: UnpackBounds;
  private inflatedBytes = 0;
  private members = 0;

  constructor(watch: WatchLevel, bounds: UnpackBounds) {
    this.watch = watch;
    this.bounds = bounds;
  }

  async level(chunks: AsyncIterable<Uint8Array>, depth: number): Promise<void> {
    if (depth > this.bounds.maxDepth)
      throw new CannotLookInside(`more than ${depth - 1} archives in one another`);
    const reader = new Reader(chunks, this.watch());
    const head = await reader.atLeast(gzipStart.length);
    if (head.subarray(0, gzipStart.length).equals(gzipStart)) {
      reader.unread(head);
      await this.member(reader, createGunzip(), depth);
    } else if (head.length > 0) {
      reader.unread(head);
    }
    for (let next = await nextZipMember(reader); next; next = await nextZipMember(reader)) {
      await this.member(reader, createInflateRaw(), depth, next.packedBytes);
    }
  }

  /** What does not unpack may have hidden what follows it: nobody has looked at that. */
  private async member(
    reader: Reader,
    engine: InflateRaw | Gunzip,
    depth: number,
    packedBytes?: number,
  ): Promise<void> {
    this.members += 1;
    if (this.members > this.bounds.maxMembers) {
      throw new CannotLookInside(`more than ${this.bounds.maxMembers} packed files`);
    }
    try {
      await this.level(this.counted(inflated(reader, engine)), depth + 1);
    } catch (error) {
      throw isZlibError(error) ? damaged() : error;
    }
    if (packedBytes !== undefined && packedBytes !== engine.bytesWritten) throw damaged();
  }

  private async *counted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.inflatedBytes += chunk.length;
      if (this.inflatedBytes > this.bounds.maxInflatedBytes) {
        throw new CannotLookInside(`more than ${this.bounds.maxInflatedBytes} bytes unpacked`);
      }
      yield chunk;
    }
  }
}

/** Chunks one by one; what was read too far can be put back. `seen` gets each byte once. */
class Reader {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private readonly seen: (chunk: Buffer) => void;
  private waiting: Buffer | undefined;

  constructor(chunks: AsyncIterable<Uint8Array>, seen: (chunk: Buffer) => void) {
    this.chunks = chunks[Symbol.asyncIterator]();
    this.seen = seen;
  }

  /** Undefined at the end. */
  async read(): Promise<Buffer | undefined> {
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting) return waiting;
    const next = await this.chunks.next();
    if (next.done) return undefined;
    const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    this.seen(chunk);
    return chunk;
  }

  /** Fewer only at the end. */
  async atLeast(bytes: number): Promise<Buffer> {
    let all = (await this.read()) ?? Buffer.alloc(0);
    while (all.length < bytes) {
      const more = await this.read();
      if (!more) return all;
      all = Buffer.concat([all, more]);
    }
    return all;
  }

  unread(chunk: Buffer): void {
    if (chunk.length > 0) this.waiting = chunk;
  }
}

interface ZipMember {
  /** As its header says, where it does. */
  readonly packedBytes?: number;
}

/** Moves the reader to the data of the next deflated member; undefined at the end of the stream. */
async function nextZipMember(reader: Reader): Promise<ZipMember | undefined> {
  for (;;) {
    const chunk = await reader.atLeast(fixedHeaderBytes);
    const at = chunk.indexOf(zipMember);
    if (at === -1) {
      if (chunk.length < fixedHeaderBytes) return undefined;
      // The signature may lie across the border of two chunks.
      const more = await reader.read();
      if (!more) return undefined;
      reader.unread(Buffer.concat([chunk.subarray(1 - zipMember.length), more]));
      continue;
    }
    reader.unread(chunk.subarray(at));
    const header = await reader.atLeast(fixedHeaderBytes);
    if (header.length < fixedHeaderBytes) return undefined;
    const dataAt = fixedHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (!isPacked(header)) {
      reader.unread(header.subarray(zipMember.length));
      continue;
    }
    reader.unread(header);
    const all = await reader.atLeast(dataAt);
    if (all.length < dataAt) return undefined;
    reader.unread(all.subarray(dataAt));
    return isSizeKnown(header) ? { packedBytes: header.readUInt32LE(18) } : {};
  }
}

/** It stands behind the data, or in an extra field, of what was written as a stream or is larger than 4 GiB. */
const isSizeKnown = (header: Buffer): boolean =>
  (header.readUInt16LE(6) & flags.sizeFollows) === 0 && header.readUInt32LE(18) !== 0xffff_ffff;

/** @throws CannotLookInside for a member that is encrypted, or packed by something else than deflate */
function isPacked(header: Buffer): boolean {
  const packedBy = header.readUInt16LE(8);
  const nameBytes = header.readUInt16LE(26);
  const looksLikeHeader =
    header.readUInt16LE(4) <= highest.zipVersion &&
    packedBy <= highest.method &&
    nameBytes > 0 &&
    nameBytes <= highest.nameBytes;
  if (!looksLikeHeader) return false;
  if (header.readUInt16LE(6) & flags.encrypted) throw new CannotLookInside('an encrypted file in a zip');
  if (packedBy === method.stored) return false;
  if (packedBy !== method.deflated) throw new CannotLookInside(`zip compression ${packedBy}`);
  return true;
}

/** The bytes of a deflated member; what follows it goes back to the reader. */
async function* inflated(reader: Reader, engine: InflateRaw | Gunzip): AsyncGenerator<Buffer> {
  const feeding = feed(reader, engine).catch((error: Error) => engine.destroy(error));
  try {
    for await (const chunk of engine) yield chunk as Buffer;
  } finally {
    await feeding;
  }
}

async function feed(reader: Reader, engine: InflateRaw | Gunzip): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    engine.once('end', resolve);
    engine.once('close', resolve);
  });
  for (;;) {
    const chunk = await reader.read();
    if (!chunk) {
      engine.end();
      return;
    }
    const before = engine.bytesWritten;
    const taken = new Promise<void>((resolve) => engine.write(chunk, () => resolve()));
    await Promise.race([taken, ended]);
    // What zlib leaves over lies behind the member's end.
    const rest = chunk.subarray(engine.bytesWritten - before);
    if (rest.length > 0 || engine.destroyed) {
      reader.unread(rest);
      engine.end();
      return;
    }
  }
}

const damaged = (): Error => new CannotLookInside('a packed file that is damaged');

const isZlibError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
