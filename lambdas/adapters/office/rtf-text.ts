import { DocumentUnreadable } from '../../core/documents/ports.ts';
import {
  characters,
  charsets,
  codePage,
  factGroups,
  otherGroups,
  symbols,
  textGroups,
  timeGroups,
} from './rtf-words.ts';

/** What a group sets and its end takes back. */
interface Group {
  /** What its text goes into: the document, a fact about it, or nothing. */
  readonly goal: 'text' | 'none' | { readonly fact: string };
  readonly encoding: string;
  /** Characters behind `\u` that stand for it where nobody knows Unicode. */
  readonly skips: number;
}

/** A group within a group: a hostile file is nothing but braces. */
const maxDepth = 1_000;
const maxFactCharacters = 4_000;

/** Reads the text of RTF and what it says about itself. */
export class RtfText {
  /** By the names of their groups; parts of a time as `creatim.yr`. */
  readonly info = new Map<string, string>();
  readonly #take: (paragraph: string) => void;
  readonly #groups: Group[] = [];
  /** What a note, a header or a box interrupts, with the depth that its end comes back to. */
  readonly #interrupted: { readonly depth: number; readonly paragraph: string }[] = [];
  readonly #encodings = new Map<number, string>();
  readonly #decoders = new Map<string, InstanceType<typeof TextDecoder>>();
  #group: Group = { goal: 'text', encoding: 'windows-1252', skips: 1 };
  #paragraph = '';
  /** Of a code page, not decoded yet: a character may be two bytes, each written by itself. */
  #bytes: number[] = [];
  #toSkip = 0;
  #font = 0;
  #time = '';
  /** `\*` was there: what the next word begins is for those who know it. */
  #isOptional = false;

  constructor(take: (paragraph: string) => void) {
    this.#take = take;
  }

  /** `isDone` is asked with the length of the paragraph that has not ended yet. */
  read(source: Buffer, isDone: (pendingCharacters: number) => boolean): void {
    const rtf = source.toString('latin1');
    const token = /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([\da-f]{2})|\\([^a-z])|([{}])|[^\\{}]+/gi;
    for (let match = token.exec(rtf); match && !isDone(this.#paragraph.length); match = token.exec(rtf)) {
      const [all, word, parameter, hex, symbol, brace] = match;
      if (brace) this.#brace(brace);
      else if (word === 'bin') token.lastIndex += Math.max(0, Number(parameter ?? 0));
      else if (word) this.#word(word, parameter === undefined ? undefined : Number(parameter));
      else if (hex) this.#byte(Number.parseInt(hex, 16));
      else if (symbol === '*') this.#isOptional = true;
      else if (symbol) this.#character(symbols[symbol] ?? '');
      else this.#plain(all);
    }
    this.#flush();
    if (this.#paragraph.trim() !== '') this.#take(this.#paragraph);
  }

  #brace(brace: string): void {
    this.#flush();
    this.#toSkip = 0;
    this.#isOptional = false;
    if (brace === '}') {
      this.#group = this.#groups.pop() ?? this.#group;
      if (this.#interrupted.at(-1)?.depth === this.#groups.length) this.#resume();
      return;
    }
    if (this.#groups.length === maxDepth) {
      throw new DocumentUnreadable('too_complex', `more than ${maxDepth} groups deep`);
    }
    this.#groups.push(this.#group);
  }

  #word(word: string, parameter: number | undefined): void {
    const isOptional = this.#isOptional;
    this.#isOptional = false;
    const character = characters.get(word);
    if (character !== undefined) {
      this.#character(character);
      return;
    }
    this.#flush();
    if (timeGroups.has(word)) this.#time = word;
    if (textGroups.has(word)) this.#interrupt();
    else if (factGroups.has(word)) this.#group = { ...this.#group, goal: { fact: word } };
    else if (isOptional || otherGroups.has(word)) this.#group = { ...this.#group, goal: 'none' };
    else if (parameter !== undefined) this.#setting(word, parameter);
    else if (word === 'mac') this.#group = { ...this.#group, encoding: 'macintosh' };
  }

  #interrupt(): void {
    this.#group = { ...this.#group, goal: 'text' };
    this.#interrupted.push({ depth: this.#groups.length - 1, paragraph: this.#paragraph });
    this.#paragraph = '';
  }

  #resume(): void {
    if (this.#paragraph.trim() !== '') this.#take(this.#paragraph.trim());
    this.#paragraph = this.#interrupted.pop()?.paragraph ?? '';
  }

  #setting(word: string, parameter: number): void {
    switch (word) {
      case 'u':
        this.#write(String.fromCharCode(parameter & 0xffff));
        this.#toSkip = this.#group.skips;
        break;
      case 'uc':
        this.#group = { ...this.#group, skips: Math.max(0, Math.min(parameter, 16)) };
        break;
      case 'ansicpg':
        this.#group = { ...this.#group, encoding: codePage(parameter) };
        break;
      case 'f':
        this.#font = parameter;
        this.#group = { ...this.#group, encoding: this.#encodings.get(parameter) ?? this.#ownEncoding };
        break;
      case 'fcharset':
        this.#encodings.set(this.#font, charsets[parameter] ?? this.#ownEncoding);
        break;
      default:
        if (/^(?:yr|mo|dy|hr|min)$/.test(word)) this.info.set(`${this.#time}.${word}`, String(parameter));
        else if (/^nof/.test(word)) this.info.set(word, String(parameter));
    }
  }

  /** Of the document as a whole, which its outermost group has. */
  get #ownEncoding(): string {
    return this.#groups[1]?.encoding ?? this.#group.encoding;
  }

  #plain(text: string): void {
    for (const character of text) {
      if (character !== '\r' && character !== '\n' && character !== '\0') this.#byte(character.charCodeAt(0));
    }
  }

  #byte(byte: number): void {
    if (this.#toSkip > 0) this.#toSkip -= 1;
    else if (this.#group.goal !== 'none') this.#bytes.push(byte);
  }

  #character(character: string): void {
    this.#flush();
    if (this.#toSkip > 0) this.#toSkip -= 1;
    else this.#write(character);
  }

  #flush(): void {
    if (this.#bytes.length === 0) return;
    const text = this.#decoder(this.#group.encoding).decode(Uint8Array.from(this.#bytes));
    this.#bytes = [];
    this.#write(text);
  }

  #decoder(encoding: string): InstanceType<typeof TextDecoder> {
    let decoder = this.#decoders.get(encoding);
    if (!decoder) {
      decoder = new TextDecoder(encoding);
      this.#decoders.set(encoding, decoder);
    }
    return decoder;
  }

  #write(text: string): void {
    const { goal } = this.#group;
    if (goal === 'none') return;
    if (goal !== 'text') {
      this.info.set(goal.fact, `${this.info.get(goal.fact) ?? ''}${text}`.slice(0, maxFactCharacters));
    } else if (text === '\n') {
      this.#take(this.#paragraph);
      this.#paragraph = '';
    } else {
      this.#paragraph += text;
    }
  }
}
