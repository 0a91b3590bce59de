import { useEffect, useState } from 'preact/hooks';
import type { FileRecord } from '../../../client/index.ts';
import { useConsole } from '../state/console.ts';
import type { SearchState } from '../state/search.ts';
import { useStore } from '../state/store.ts';
import { plural } from '../words/format.ts';
import { explainSearch, isWorthRepeating } from '../words/search.ts';
import { FileCard } from './file-card.tsx';
import { FileDetails } from './file-details.tsx';
import { RetryIcon, SearchIcon } from './icons.tsx';
import { LoadMore } from './load-more.tsx';
import { ErrorNotice } from './notice.tsx';

const summaryOf = ({ hits, nextCursor, loading, error }: SearchState): string => {
  if (loading === 'first') return 'Searching…';
  if (error !== undefined && hits.length === 0) return '';
  if (hits.length === 0) return 'Nothing found';
  return nextCursor ? `The best ${plural(hits.length, 'file')}` : plural(hits.length, 'file');
};

export function SearchResults({ query }: { query: string }) {
  const { search: model } = useConsole();
  const state = useStore(model.state);
  const [open, setOpen] = useState<FileRecord | undefined>(undefined);
  useEffect(() => void model.search(query), [model, query]);
  const again = () => void model.search(query);
  const isEmpty = state.hits.length === 0 && !state.loading && state.error === undefined;

  return (
    <section class="files" aria-label="Search results" data-testid="search-results">
      <div class="files-head">
        <h2 class="search-title">
          Results for <q>{query}</q>
        </h2>
        <p class="muted" role="status" data-testid="search-summary">
          {summaryOf(state)}
        </p>
        <button
          type="button"
          class="icon-button"
          aria-label="Search again"
          title="Search again"
          onClick={again}
          data-testid="search-again"
        >
          <RetryIcon />
        </button>
      </div>

      {state.error !== undefined && (
        <ErrorNotice error={state.error} explainBy={explainSearch}>
          {isWorthRepeating(state.error) && (
            <button type="button" class="button" onClick={again}>
              Try again
            </button>
          )}
        </ErrorNotice>
      )}
      {state.hits.length > 0 && (
        <ul
          class="grid grid-wide"
          aria-busy={state.loading === 'first'}
          data-testid="search-hits"
          data-query={state.query}
        >
          {state.hits.map(({ file, highlights }) => (
            <FileCard key={file.id} file={file} highlights={highlights} onOpen={() => setOpen(file)} />
          ))}
        </ul>
      )}
      {isEmpty && state.query === query && (
        <div class="empty" data-testid="search-empty">
          <span class="empty-icon">
            <SearchIcon />
          </span>
          <h3>Nothing found</h3>
          <p class="muted">
            Names, tags, metadata and the text of documents are searched, for whole words or the beginning of
            a name. What has just been uploaded is found after a few seconds.
          </p>
        </div>
      )}
      {state.nextCursor && (
        <LoadMore loading={state.loading} onMore={() => void model.loadMore()} testId="search-more" />
      )}
      {open && <FileDetails key={open.id} file={open} onClose={() => setOpen(undefined)} onOpen={setOpen} />}
    </section>
  );
}
