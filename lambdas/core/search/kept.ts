/** Keeps what was used last, up to a weight in bytes: what a warm function need not fetch again. */
export class Kept {
  readonly #maxBytes: number;
  readonly #entries = new Map<string, { readonly value: unknown; readonly bytes: number }>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  async get<T>(key: string, make: () => Promise<{ readonly value: T; readonly bytes: number }>): Promise<T> {
    const known = this.#entries.get(key);
    const entry = known ?? (await make());
    this.#put(key, entry);
    return entry.value as T;
  }

  /** Last in the map is what was used last. */
  #put(key: string, entry: { readonly value: unknown; readonly bytes: number }): void {
    this.#remove(key);
    if (entry.bytes > this.#maxBytes) return;
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    const known = this.#entries.get(key);
    if (!known) return;
    this.#entries.delete(key);
    this.#bytes -= known.bytes;
  }
}
