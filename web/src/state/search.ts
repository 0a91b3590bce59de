import type { SearchHit, SluiceApi } from '../../../client/index.ts';
import { Store } from './store.ts';

export interface SearchState {
  /** What the hits are of; empty before the first search. */
  readonly query: string;
  readonly hits: readonly SearchHit[];
  readonly nextCursor: string | undefined;
  readonly loading: 'first' | 'more' | undefined;
  readonly error: unknown;
}

const NOTHING: SearchState = {
  query: '',
  hits: [],
  nextCursor: undefined,
  loading: undefined,
  error: undefined,
};
const PAGE_HITS = 24;

/** The hits of one question at a time; an answer to an earlier one is dropped. */
export class SearchModel {
  readonly state: Store<SearchState> = new Store<SearchState>(NOTHING);
  readonly #api: Pick<SluiceApi, 'search'>;
  #stop = new AbortController();

  constructor(api: Pick<SluiceApi, 'search'>) {
    this.#api = api;
  }

  /** Earlier hits stay until the new ones are there, so that the page does not flicker while somebody types. */
  async search(query: string): Promise<void> {
    this.stop();
    this.state.update(({ hits }) => ({ ...NOTHING, query, hits, loading: 'first' }));
    await this.#fetch(query, undefined);
  }

  async loadMore(): Promise<void> {
    const { query, nextCursor, loading } = this.state.get();
    if (!nextCursor || loading) return;
    this.state.update((state) => ({ ...state, loading: 'more', error: undefined }));
    await this.#fetch(query, nextCursor);
  }

  remove(id: string): void {
    this.state.update((state) => ({ ...state, hits: state.hits.filter(({ file }) => file.id !== id) }));
  }

  stop(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
  }

  async #fetch(q: string, cursor: string | undefined): Promise<void> {
    const { signal } = this.#stop;
    try {
      const page = await this.#api.search({ q, limit: PAGE_HITS, ...(cursor && { cursor }) }, signal);
      if (signal.aborted) return;
      this.state.update((state) => ({
        ...state,
        hits: cursor ? merge(state.hits, page.hits) : page.hits,
        nextCursor: page.nextCursor,
        loading: undefined,
      }));
    } catch (error) {
      if (signal.aborted) return;
      this.state.update((state) => ({
        ...state,
        // What was found for another question answers none of this one.
        hits: cursor ? state.hits : [],
        loading: undefined,
        error,
      }));
    }
  }
}

/** Something may have changed between two pages, and a hit moved. */
function merge(before: readonly SearchHit[], more: readonly SearchHit[]): readonly SearchHit[] {
  const known = new Set(before.map(({ file }) => file.id));
  return [...before, ...more.filter(({ file }) => !known.has(file.id))];
}
