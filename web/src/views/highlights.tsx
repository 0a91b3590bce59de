import type { Highlight } from '../../../client/index.ts';
import { fieldWords, fromMatch } from '../words/search.ts';

/** Pieces of plain text: whatever a file is called or says, it stays text. */
export function Fragments({ fragments }: Pick<Highlight, 'fragments'>) {
  return (
    <>
      {fragments.map(({ text, match }, index) =>
        match ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
      )}
    </>
  );
}

/** Where a hit matches, besides its name, which stands on the card anyway. */
export function Highlights({ id, highlights }: { id: string; highlights: readonly Highlight[] }) {
  const elsewhere = highlights.filter(({ field }) => field !== 'name');
  if (elsewhere.length === 0) return null;
  return (
    <span class="card-highlights" id={id}>
      {elsewhere.map((highlight, index) => (
        <span key={index} class="highlight" data-testid="highlight" data-field={highlight.field}>
          <span class="highlight-field">{fieldWords(highlight)}</span>{' '}
          <Fragments fragments={fromMatch(highlight)} />
        </span>
      ))}
    </span>
  );
}
