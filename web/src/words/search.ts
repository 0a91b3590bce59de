import { type Highlight, toSluiceError } from '../../../client/index.ts';
import { type Explanation, explain } from './errors.ts';

/** The same question once more would get the same answer where it was the question that was wrong. */
export const isWorthRepeating = (cause: unknown): boolean =>
  toSluiceError(cause).code !== 'validation_failed';

/** Why a search came to nothing, and what to type instead. */
export function explainSearch(cause: unknown): Explanation {
  const { code, errors } = toSluiceError(cause);
  if (code === 'cursor_invalid')
    return { title: 'The results have changed meanwhile', advice: 'Search again.' };
  if (code !== 'validation_failed') return explain(cause);
  const [field] = errors ?? [];
  if (field?.code === 'required')
    return { title: 'Nothing to search for', advice: 'Type a word or a number.' };
  if (field?.code === 'too_long' || field?.code === 'too_many_words')
    return { title: 'That is too much to search for', advice: 'Type fewer words.' };
  return { title: 'There is no more to show', advice: 'Add a word to find what you look for.' };
}

/** Before the first match of a passage; a card is narrow, and what matches has to be in sight. */
const LEAD_CHARACTERS = 32;

/** The same passage, beginning shortly before its first match. */
export function fromMatch({ fragments }: Highlight): Highlight['fragments'] {
  const [first, ...others] = fragments;
  if (!first || first.match || first.text.length <= LEAD_CHARACTERS) return fragments;
  // By code points: half of one is no character.
  const lead = [...first.text].slice(-LEAD_CHARACTERS).join('');
  // From a word's beginning, where there is one.
  return [{ text: `…${lead.replace(/^\S{0,16}\s+/u, '')}`, match: false }, ...others];
}

const FIELD_WORDS: Readonly<Record<Highlight['field'], string>> = {
  name: 'Name',
  tags: 'Tag',
  metadata: 'Metadata',
  text: 'Text',
};

export const fieldWords = ({ field, key }: Highlight): string => key ?? FIELD_WORDS[field];
