import type { Sketch, SketchBlock } from './extraction.ts';
import type { TextSink } from './text-sink.ts';

/** More than a page holds. */
const maxBlocks = 80;
const maxCharacters = 6_000;

/** Takes a document's paragraphs: all of them as its text, the first as what its first page looks like. */
export class PageCollector {
  readonly #sink: TextSink;
  readonly #blocks: SketchBlock[] = [];
  #characters = 0;
  #wasBlank = true;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  add(text: string, style: SketchBlock['style'] = 'body'): void {
    const isBlank = text.trim() === '';
    // One empty line says what a hundred say.
    if (isBlank && this.#wasBlank) return;
    this.#wasBlank = isBlank;
    this.#sink.add(`${text}\n`);
    if (this.#blocks.length >= maxBlocks || this.#characters >= maxCharacters) return;
    const kept = text.slice(0, maxCharacters - this.#characters);
    this.#characters += kept.length;
    this.#blocks.push({ text: kept, style });
  }

  get sketch(): Sketch | undefined {
    const hasText = this.#blocks.some(({ text }) => text.trim() !== '');
    return hasText ? { kind: 'page', blocks: this.#blocks } : undefined;
  }
}
