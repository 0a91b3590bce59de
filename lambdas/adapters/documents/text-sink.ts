/** Takes text until there is as much of it as may be kept. */
export class TextSink {
  readonly #kept: Uint8Array;
  readonly #encoder = new TextEncoder();
  #bytes = 0;
  #isFull = false;

  /** UTF-8. */
  constructor(maxBytes: number) {
    this.#kept = new Uint8Array(maxBytes);
  }

  add(text: string): void {
    if (this.#isFull) return;
    const { read, written } = this.#encoder.encodeInto(text, this.#kept.subarray(this.#bytes));
    this.#bytes += written;
    this.#isFull = read < text.length;
  }

  /** There was more than fits; nothing that comes now is kept. */
  get isFull(): boolean {
    return this.#isFull;
  }

  toString(): string {
    return new TextDecoder().decode(this.#kept.subarray(0, this.#bytes));
  }
}
