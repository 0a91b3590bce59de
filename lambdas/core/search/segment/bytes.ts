/** Numbers and text as a segment writes them: 7 bits a byte, lowest first; text as UTF-8 after its length. */
const firstBytes = 1024;

export class ByteWriter {
  #bytes = new Uint8Array(firstBytes);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  /** @param value 0 to 2^53 - 1 */
  number(value: number): void {
    this.#room(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length] = (rest % 0x80) | 0x80;
      this.#length += 1;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length] = rest;
    this.#length += 1;
  }

  bytes(value: Uint8Array): void {
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  text(value: string): void {
    const encoded = encoder.encode(value);
    this.number(encoded.length);
    this.bytes(encoded);
  }

  /** Text that often begins like the one before: how many bytes of that one, and the rest. @returns its bytes */
  textAfter(previous: Uint8Array, value: string): Uint8Array {
    const encoded = encoder.encode(value);
    let shared = 0;
    while (shared < previous.length && shared < encoded.length && previous[shared] === encoded[shared])
      shared += 1;
    this.number(shared);
    this.number(encoded.length - shared);
    this.bytes(encoded.subarray(shared));
    return encoded;
  }

  /** What was written; the next write may overwrite it after `clear`. */
  done(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  #room(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;
  /** The text that `textAfter` read last, in a buffer that grows. */
  #last = new Uint8Array(firstBytes);

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const value = this.bytes[this.at];
    if (value === undefined) throw new Error('a segment ends too early');
    this.at += 1;
    return value;
  }

  number(): number {
    let value = this.byte();
    if (value < 0x80) return value;
    value -= 0x80;
    for (let factor = 0x80; ; factor *= 0x80) {
      const next = this.byte();
      if (next < 0x80) return value + next * factor;
      value += (next - 0x80) * factor;
    }
  }

  text(): string {
    const length = this.number();
    this.at += length;
    return textIn(this.bytes, this.at - length, this.at);
  }

  textAfter(): string {
    const shared = this.number();
    const rest = this.number();
    if (shared + rest > this.#last.length) {
      const larger = new Uint8Array(2 * (shared + rest));
      larger.set(this.#last);
      this.#last = larger;
    }
    for (let index = 0; index < rest; index += 1)
      this.#last[shared + index] = this.bytes[this.at + index] ?? 0;
    this.at += rest;
    return textIn(this.#last, 0, shared + rest);
  }
}

/** Most terms are short and plain: those need no decoder, whose every call costs more than they do. */
function textIn(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += 1) {
    const code = bytes[at] ?? 0;
    if (code >= 0x80) return decoder.decode(bytes.subarray(from, to));
    text += String.fromCharCode(code);
  }
  return text;
}
