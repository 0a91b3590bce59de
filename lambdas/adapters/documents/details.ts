import type { Details } from '../../core/files/content-facts.ts';

/** Of one entry; a longer one is cut. */
const maxCharacters = 300;
/** Names of sheets, or of columns, that a record shows. */
const maxNames = 50;
const maxNameCharacters = 64;

/** What a document says of itself, in one line; undefined for nothing. */
export function oneLine(text: string | undefined, max = maxCharacters): string | undefined {
  const line = text
    ?.slice(0, 4 * max)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return line ? [...line].slice(0, max).join('') : undefined;
}

export const shortNames = (names: readonly string[]): readonly string[] =>
  names.slice(0, maxNames).map((name) => oneLine(name, maxNameCharacters) ?? '');

/** A time as XML Schema writes it, as ISO 8601 UTC; one without a zone is taken as UTC. Undefined for what is none. */
export function isoTime(text: string | undefined): string | undefined {
  const match = /^\s*(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?)?\s*$/.exec(
    text ?? '',
  );
  if (!match) return undefined;
  const [, day, time = '00:00:00', zone = 'Z'] = match;
  return isoOf(new Date(`${day}T${time}${zone}`));
}

export const isoOf = (date: Date): string | undefined =>
  Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace(/\.\d{3}Z$/, 'Z');

/** A count that a document claims of itself. */
export function countOf(text: string | undefined): number | undefined {
  const count = Number.parseInt(text ?? '', 10);
  return Number.isSafeInteger(count) && count > 0 ? count : undefined;
}

/** Without what is undefined. */
export const present = (details: { readonly [Name in keyof Details]?: Details[Name] | undefined }): Details =>
  Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));

const word = /[\p{L}\p{N}][\p{L}\p{M}\p{N}'’.-]*/gu;

/** Of a whole text: words as they are separated by spaces and punctuation, and characters that are no space. */
export function countText(text: string): Required<Pick<Details, 'words' | 'characters'>> {
  let words = 0;
  for (const _ of text.matchAll(word)) words += 1;
  let characters = 0;
  for (const character of text) if (!/\s/u.test(character)) characters += 1;
  return { words, characters };
}
