/** Kinds of tokens. `cut`: the bytes end within the token and the file goes on. */
export type Token =
  | 'name'
  | 'number'
  | 'string'
  | 'keyword'
  | 'dictOpen'
  | 'dictClose'
  | 'arrayOpen'
  | 'arrayClose'
  | 'end'
  | 'cut';

const regular = 0;
const white = 1;
const delimiter = 2;

/** ISO 32000-1, 7.2.2: what a byte is to the syntax. */
const classes = new Uint8Array(256);
for (const byte of [0x00, 0x09, 0x0a, 0x0c, 0x0d, 0x20]) classes[byte] = white;
for (const char of '()<>[]{}/%') classes[char.charCodeAt(0)] = delimiter;

export const isWhite = (byte: number | undefined): boolean => byte !== undefined && classes[byte] === white;
export const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39;

const [slash, percent, backslash, open, close, less, greater] = [0x2f, 0x25, 0x5c, 0x28, 0x29, 0x3c, 0x3e];
const [bracketOpen, bracketClose, newline, carriageReturn, hash] = [0x5b, 0x5d, 0x0a, 0x0d, 0x23];

/** No name that means anything is longer, each of its characters written in three. */
const maxNameBytes = 3 * 32;

/** Reads PDF's tokens from a window of bytes, as viewers do: nothing is an error, what makes no sense is a keyword. */
export class Lexer {
  /** Of the last token. */
  start = 0;
  at: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #isLast: boolean;

  /** `isLast`: the window's end is the end of what there is, so that no token can go on behind it. */
  constructor(bytes: Uint8Array, at: number, isLast: boolean) {
    this.#bytes = bytes;
    this.#end = bytes.length;
    this.#isLast = isLast;
    this.at = at;
  }

  next(): Token {
    this.skipSpace();
    const at = this.at;
    this.start = at;
    if (at >= this.#end) return this.#beyond();
    const byte = this.#bytes[at] as number;
    if (classes[byte] === regular) return this.#word(at, byte);
    switch (byte) {
      case slash:
        return this.#skipRegular(at + 1) ? 'name' : 'cut';
      case open:
        return this.#string(at + 1);
      case less:
        if (this.#bytes[at + 1] === less) return this.#one('dictOpen', 2);
        return at + 1 >= this.#end ? this.#beyond() : this.#hexString(at + 1);
      case greater:
        if (this.#bytes[at + 1] === greater) return this.#one('dictClose', 2);
        return at + 1 >= this.#end && !this.#isLast ? 'cut' : this.#one('keyword', 1);
      case bracketOpen:
        return this.#one('arrayOpen', 1);
      case bracketClose:
        return this.#one('arrayClose', 1);
      default:
        return this.#one('keyword', 1);
    }
  }

  /** The last token as it is written. */
  text(): string {
    return latin1(this.#bytes, this.start, this.at);
  }

  /** The last token, a name, without its slash and with its escapes resolved; empty for one that is too long. */
  name(): string {
    if (this.at - this.start > maxNameBytes) return '';
    let name = '';
    for (let at = this.start + 1; at < this.at; at += 1) {
      const byte = this.#bytes[at] as number;
      const escaped = byte === hash ? hexPair(this.#bytes, at + 1, this.at) : undefined;
      name += String.fromCharCode(escaped ?? byte);
      if (escaped !== undefined) at += 2;
    }
    return name;
  }

  #one(token: Token, length: number): Token {
    this.at += length;
    return token;
  }

  #beyond(): Token {
    this.at = this.#end;
    return this.#isLast ? 'end' : 'cut';
  }

  /** Over white space and comments. */
  skipSpace(): void {
    const bytes = this.#bytes;
    let at = this.at;
    for (; at < this.#end; at += 1) {
      const byte = bytes[at] as number;
      if (byte === percent) {
        while (at < this.#end && bytes[at] !== newline && bytes[at] !== carriageReturn) at += 1;
      } else if (classes[byte] !== white) break;
    }
    this.at = at;
  }

  /** False where the window ends before the token does. */
  #skipRegular(from: number): boolean {
    let at = from;
    while (at < this.#end && classes[this.#bytes[at] as number] === regular) at += 1;
    this.at = at;
    return at < this.#end || this.#isLast;
  }

  #word(at: number, byte: number): Token {
    if (!this.#skipRegular(at + 1)) return 'cut';
    // "+", "-" and "." begin numbers too.
    return isDigit(byte) || byte === 0x2b || byte === 0x2d || byte === 0x2e ? 'number' : 'keyword';
  }

  #string(from: number): Token {
    const bytes = this.#bytes;
    const end = this.#end;
    let depth = 1;
    for (let at = from; at < end; at += 1) {
      const byte = bytes[at];
      if (byte === backslash) at += 1;
      else if (byte === open) depth += 1;
      else if (byte === close) {
        depth -= 1;
        if (depth === 0) {
          this.at = at + 1;
          return 'string';
        }
      }
    }
    return this.#beyond();
  }

  #hexString(from: number): Token {
    const at = this.#bytes.indexOf(greater, from);
    if (at < 0) return this.#beyond();
    this.at = at + 1;
    return 'string';
  }
}

function hexPair(bytes: Uint8Array, at: number, end: number): number | undefined {
  if (at + 2 > end) return undefined;
  const pair = latin1(bytes, at, at + 2);
  return /^[\da-f]{2}$/i.test(pair) ? Number.parseInt(pair, 16) : undefined;
}

export function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += 1) text += String.fromCharCode(bytes[at] as number);
  return text;
}

/** Where `word` (ASCII) begins in the bytes at or after `from`; -1 where it does not. */
export function indexOf(bytes: Uint8Array, word: string, from: number, to = bytes.length): number {
  const last = word.length - 1;
  // By its last character, which the callers' words have seldom in common with other text.
  const anchor = word.charCodeAt(last);
  for (let at = bytes.indexOf(anchor, from + last); at >= 0 && at < to; at = bytes.indexOf(anchor, at + 1)) {
    if (matches(bytes, word, at - last)) return at - last;
  }
  return -1;
}

export function matches(bytes: Uint8Array, word: string, at: number): boolean {
  for (let index = 0; index < word.length; index += 1) {
    if (bytes[at + index] !== word.charCodeAt(index)) return false;
  }
  return true;
}
