/**
 * How text becomes words, the same for what is indexed and for what is asked. No list of any language's words: what is
 * too frequent to tell anything is found out by counting (score.ts).
 */
export interface Word {
  /** As the index knows it: no case, no diacritics, one form for what looks the same. */
  readonly term: string;
  /** Where it stands in the text it was found in: UTF-16 code units, the end excluded. */
  readonly start: number;
  readonly end: number;
}

/** Longer ones, such as encoded bytes, are known by their beginning. */
const termMaxCharacters = 64;

const run = /[\p{L}\p{M}\p{N}]+/gu;

/** Scripts that write words without a space between them: there Unicode's dictionaries say where one ends. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** camelCase, PDFReport, IMG2024: where a word of several changes from one to the next. */
const part = /\p{Lu}+(?![\p{Ll}\p{M}])|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|\p{N}+/gu;

let segmenter: Intl.Segmenter | undefined;

/** Every word of a text with the parts that it is made of, in order; `IMG2024` is itself, `img` and `2024`. */
export function* wordsOf(text: string): Generator<Word> {
  for (const whole of runsOf(text)) {
    yield whole;
    const parts = partsOf(text, whole);
    if (parts.length > 1) yield* parts;
  }
}

/** What a question asks for, each once: the parts too, so that `IMG2024` finds `IMG_2024` as well, only not as first. */
export const queryWords = (text: string): readonly string[] => [
  ...new Set(Array.from(wordsOf(text), ({ term }) => term)),
];

/** Words as people count them, for the length of a name or text. */
export function* runsOf(text: string): Generator<Word> {
  for (const { 0: found, index } of text.matchAll(run)) {
    if (!unspaced.test(found)) {
      yield* known(found, index);
      continue;
    }
    segmenter ??= new Intl.Segmenter('en', { granularity: 'word' });
    for (const { segment, index: at } of segmenter.segment(found)) yield* known(segment, index + at);
  }
}

function partsOf(text: string, { start, end }: Word): readonly Word[] {
  const parts: Word[] = [];
  for (const { 0: found, index } of text.slice(start, end).matchAll(part)) {
    parts.push(...known(found, start + index));
  }
  return parts;
}

function* known(found: string, start: number): Generator<Word> {
  const term = folded(found);
  if (term !== '') yield { term, start, end: start + found.length };
}

const isPlain = (text: string): boolean => /^[!-~]+$/.test(text);

/** Marks above and below Latin, Greek and Cyrillic letters; those of other scripts are vowels, and stay. */
const diacritics = /[\u0300-\u036f]+/g;

/** By way of capitals, which makes `ß` the same as `ss`. */
const folded = (text: string): string =>
  isPlain(text)
    ? bounded(text.toLowerCase())
    : bounded(
        text
          .normalize('NFKC')
          .toUpperCase()
          .toLowerCase()
          .normalize('NFD')
          .replace(diacritics, '')
          .normalize('NFC'),
      );

const bounded = (term: string): string =>
  term.length <= termMaxCharacters ? term : term.slice(0, termMaxCharacters).toWellFormed();
