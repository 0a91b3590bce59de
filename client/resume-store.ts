import type { UploadSource } from './upload-source.ts';

/** The part of `Storage` that is needed: localStorage in browsers. */
export interface KeyValueStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const PREFIX = 'sluice.upload.';
/** No upload lives longer on the server (7 days, and a day for the sweep). */
const KEEP_MS = 8 * 24 * 60 * 60 * 1000;

/** Says "the same file" without reading it: nobody edits a file and keeps its name, length and modification time. */
export const fingerprint = (source: Pick<UploadSource, 'name' | 'size' | 'lastModified'>): string =>
  `${source.lastModified}:${source.size}:${source.name}`;

/** Remembers which picked file belongs to which upload. One key per upload, so that tabs do not overwrite each other. */
export class ResumeStore {
  readonly #storage: KeyValueStorage;
  readonly #now: () => number;

  constructor(storage: KeyValueStorage, now: () => number) {
    this.#storage = storage;
    this.#now = now;
  }

  remember(fileId: string, source: UploadSource): void {
    this.#quietly(() => {
      this.#prune();
      const entry = { fingerprint: fingerprint(source), savedAtMs: this.#now() };
      this.#storage.setItem(PREFIX + fileId, JSON.stringify(entry));
    });
  }

  fingerprintOf(fileId: string): string | undefined {
    return this.#quietly(() => readEntry(this.#storage.getItem(PREFIX + fileId))?.fingerprint);
  }

  forget(fileId: string): void {
    this.#quietly(() => this.#storage.removeItem(PREFIX + fileId));
  }

  #prune(): void {
    const keys = Array.from({ length: this.#storage.length }, (_, index) => this.#storage.key(index));
    for (const key of keys) {
      if (!key?.startsWith(PREFIX)) continue;
      const entry = readEntry(this.#storage.getItem(key));
      if (!entry || entry.savedAtMs < this.#now() - KEEP_MS) this.#storage.removeItem(key);
    }
  }

  /** Storage may be full or forbidden (private windows): resuming is then a matter of name and size alone. */
  #quietly<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch {
      return undefined;
    }
  }
}

function readEntry(json: string | null): { fingerprint: string; savedAtMs: number } | undefined {
  if (json === null) return undefined;
  try {
    const entry: unknown = JSON.parse(json);
    if (typeof entry !== 'object' || entry === null) return undefined;
    const { fingerprint: print, savedAtMs } = entry as Record<string, unknown>;
    return typeof print === 'string' && typeof savedAtMs === 'number'
      ? { fingerprint: print, savedAtMs }
      : undefined;
  } catch {
    return undefined;
  }
}
