import { access, open, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodedFile } from '../../core/video/encoded.ts';
import type { EncodeTarget } from '../../core/video/ports.ts';
import { movieDuration } from './mp4.ts';

/** `ftyp`, and the header of `moov` with the movie's own, which comes first in it. */
const startBytes = 1_024;

/** The finished files of a run: each is put into the target and deleted then. */
export class Outputs {
  readonly files: EncodedFile[] = [];
  readonly directory: string;
  readonly #target: EncodeTarget;
  readonly #signal: AbortSignal;

  constructor(directory: string, target: EncodeTarget, signal: AbortSignal) {
    this.directory = directory;
    this.#target = target;
    this.#signal = signal;
  }

  /** An MP4 with `moov` at its beginning, which says how long it is. */
  async putMovie(
    name: string,
    mimeType: string,
    size?: Pick<EncodedFile, 'width' | 'height'>,
  ): Promise<void> {
    const duration = movieDuration(await readStart(join(this.directory, name), startBytes));
    await this.put(name, mimeType, { ...size, duration });
  }

  has(name: string): Promise<boolean> {
    return access(join(this.directory, name)).then(
      () => true,
      () => false,
    );
  }

  async put(
    name: string,
    mimeType: string,
    facts?: Pick<EncodedFile, 'width' | 'height' | 'duration'>,
  ): Promise<void> {
    this.#signal.throwIfAborted();
    const path = join(this.directory, name);
    const { size: bytes } = await stat(path);
    await this.#target.put(name, mimeType, path, this.#signal);
    await rm(path);
    this.files.push({ name, mimeType, bytes, ...facts });
  }

  async putJson(name: string, value: unknown): Promise<void> {
    await writeFile(join(this.directory, name), JSON.stringify(value));
    await this.put(name, 'application/json');
  }
}

/** The first bytes of a file, or fewer where it has no more. */
export async function readStart(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
