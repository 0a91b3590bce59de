import type { FileRecord } from '../files/file.ts';
import { allowedTypos, typosBetween } from './typo.ts';
import { type Word, wordsOf } from './words.ts';

/** A piece of a field as data: whoever shows it decides how a match looks, and escapes it as any other text. */
export interface Fragment {
  readonly text: string;
  readonly match: boolean;
}

export interface Highlight {
  readonly field: 'name' | 'tags' | 'metadata' | 'text';
  /** Of `metadata`: the field's name. */
  readonly key?: string;
  /** In order; together the whole name, tag or value, or a passage of the text. */
  readonly fragments: readonly Fragment[];
}

/** Passages of a text that one hit shows, and characters of each around what matches. */
const passagesMax = 2;
const passageCharacters = 160;
/** A metadata value may be long; shown is what is about the match. */
const wholeMaxCharacters = 255;

export interface Highlights {
  readonly highlights: readonly Highlight[];
  /** Words of the question that stand in none of the fields. */
  readonly missing: readonly string[];
}

/** Where the words stand in what the record itself says. */
export function highlightRecord(
  words: readonly string[],
  file: Pick<FileRecord, 'filename' | 'tags' | 'metadata'>,
): Highlights {
  const found = new Set<string>();
  const highlights: Highlight[] = [];
  const look = (field: Highlight['field'], text: string, key?: string): void => {
    const loosely = field === 'name' || field === 'tags';
    const spans = spansIn(text, words, loosely ? isLike : isSame, found);
    if (spans.length === 0) return;
    const [passage] = text.length <= wholeMaxCharacters ? [whole(text)] : passagesOf(text, spans, 1);
    if (!passage) return;
    const fragments = fragmentsOf(text, spans, passage);
    highlights.push({ field, ...(key !== undefined && { key }), fragments });
  };
  look('name', file.filename);
  for (const tag of file.tags) look('tags', tag);
  for (const [key, value] of Object.entries(file.metadata)) {
    // The field's own name is searched, too; what is shown of it is the value.
    spansIn(key, words, isSame, found);
    look('metadata', value, key);
  }
  return { highlights, missing: words.filter((word) => !found.has(word)) };
}

/** The passages of a text that tell most. */
export function highlightText(words: readonly string[], text: string): readonly Highlight[] {
  const spans = spansIn(text, words, isSame, new Set());
  return passagesOf(text, spans, passagesMax).map((passage) => ({
    field: 'text',
    fragments: fragmentsOf(text, spans, passage),
  }));
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly word: string;
}

type Likeness = (word: string, found: Word) => number | undefined;

const isSame: Likeness = (word, { term }) => (word === term ? term.length : undefined);

/** As in the index: the word itself, else a word that begins so, else one that it may have been meant to be. */
const isLike: Likeness = (word, { term }) => {
  if (term.startsWith(word)) return word.length;
  return typosBetween(word, term, allowedTypos(word)) === undefined ? undefined : term.length;
};

/** What matches, from the left, without overlaps: `IMG2024` is one span, although its parts match as well. */
function spansIn(text: string, words: readonly string[], like: Likeness, found: Set<string>): Span[] {
  const spans: Span[] = [];
  for (const candidate of wordsOf(text)) {
    for (const word of words) {
      const length = like(word, candidate);
      if (length === undefined) continue;
      found.add(word);
      const last = spans.at(-1);
      // The beginning of a word is marked as such where folding has left its length alone.
      const unfolded = candidate.term.length === candidate.end - candidate.start;
      const end = unfolded ? candidate.start + length : candidate.end;
      if (last && candidate.start < last.end) {
        if (end > last.end) spans[spans.length - 1] = { ...last, end };
      } else spans.push({ start: candidate.start, end, word });
    }
  }
  return spans;
}

interface Passage {
  readonly start: number;
  readonly end: number;
}

const whole = (text: string): Passage => ({ start: 0, end: text.length });

/** Those with the most different words, in the order of the text. */
function passagesOf(text: string, spans: readonly Span[], max: number): readonly Passage[] {
  const chosen: Passage[] = [];
  const candidates = spans
    .map(({ start }, index) => {
      // No further than the passage: a text may be one word ten thousand times.
      const inside = new Set<string>();
      let next = index;
      for (let span = spans[next]; span && span.end <= start + passageCharacters; span = spans[next]) {
        inside.add(span.word);
        next += 1;
      }
      return { start, words: inside.size, spans: next - index };
    })
    .sort((a, b) => b.words - a.words || b.spans - a.spans || a.start - b.start);
  for (const { start } of candidates) {
    if (chosen.length === max) break;
    const passage = widened(text, start);
    if (chosen.every((other) => passage.end <= other.start || passage.start >= other.end))
      chosen.push(passage);
  }
  return chosen.sort((a, b) => a.start - b.start);
}

/** A quarter of the passage stands before its first match; it begins and ends with whole words where one is near. */
function widened(text: string, match: number): Passage {
  const from = Math.max(0, match - passageCharacters / 4);
  const to = Math.min(text.length, from + passageCharacters);
  const start = from === 0 ? 0 : from + Math.max(0, text.slice(from, match).search(/(?<=\s)\S/));
  const tail = text.slice(match, to).search(/\s\S*$/);
  return { start, end: to === text.length || tail <= 0 ? to : match + tail };
}

function fragmentsOf(text: string, spans: readonly Span[], { start, end }: Passage): readonly Fragment[] {
  const fragments: Fragment[] = [];
  let at = start;
  for (const span of spans) {
    if (span.start < at || span.end > end) continue;
    if (span.start > at) fragments.push({ text: text.slice(at, span.start), match: false });
    fragments.push({ text: text.slice(span.start, span.end), match: true });
    at = span.end;
  }
  if (at < end) fragments.push({ text: text.slice(at, end), match: false });
  return fragments;
}
