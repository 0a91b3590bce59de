import type { FileRecord, FileStatus, SluiceApi } from '../../../client/index.ts';
import { Store } from './store.ts';

export type StatusFilter = 'all' | 'available' | 'pending' | 'ended' | 'deleted';

export interface FilesState {
  readonly files: readonly FileRecord[];
  readonly nextCursor: string | undefined;
  readonly loading: 'first' | 'more' | undefined;
  /** Of the last load; files that were there stay visible. */
  readonly error: unknown;
  readonly filter: StatusFilter;
}

const PAGE_FILES = 24;
/** The server's own bound for one page. */
const MAX_PAGE_FILES = 1_000;
const FIRST_POLL_MS = 1_200;
const SLOWEST_POLL_MS = 20_000;
const POLL_GROWTH = 1.4;
/** Pages fetched in a row while none of them holds a file to show; then the button is there. */
const MAX_BLIND_PAGES = 5;
/** News that come in one burst make one refresh. */
const SETTLE_MS = 300;

/** The pipeline has these in its hands. `held` may take days and `uploading` is somebody's line: not worth polling. */
const MOVING: ReadonlySet<FileStatus> = new Set<FileStatus>([
  'uploaded',
  'inspecting',
  'stored',
  'processing',
]);
/** Not files yet, or never: the upload panel tells of them. */
const HIDDEN: ReadonlySet<FileStatus> = new Set<FileStatus>(['uploading', 'aborted', 'expired', 'purged']);

/** The list of files: pages, filter, and polling only while something in it is about to change. */
export class FilesModel {
  readonly state: Store<FilesState> = new Store<FilesState>({
    files: [],
    nextCursor: undefined,
    loading: 'first',
    error: undefined,
    filter: 'all',
  });
  readonly #api: Pick<SluiceApi, 'files'>;
  #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAtMs = Number.POSITIVE_INFINITY;
  #refreshing = false;
  #pollMs = FIRST_POLL_MS;
  #blindPages = 0;

  constructor(api: Pick<SluiceApi, 'files'>) {
    this.#api = api;
    document.addEventListener('visibilitychange', this.#onVisible);
  }

  visible(files: readonly FileRecord[]): readonly FileRecord[] {
    return this.state.get().filter === 'ended' ? files : files.filter((file) => !HIDDEN.has(file.status));
  }

  async load(filter: StatusFilter = this.state.get().filter): Promise<void> {
    const sameList = filter === this.state.get().filter;
    const files = sameList ? this.state.get().files : [];
    this.#stop.abort();
    this.#stop = new AbortController();
    this.state.set({ files, nextCursor: undefined, loading: 'first', error: undefined, filter });
    await this.#fetch(PAGE_FILES, undefined);
  }

  async loadMore(): Promise<void> {
    const { nextCursor, loading } = this.state.get();
    if (!nextCursor || loading) return;
    this.state.update((state) => ({ ...state, loading: 'more' }));
    await this.#fetch(PAGE_FILES, nextCursor);
  }

  /** Something happened to a file: look soon, and often for a while. */
  refreshSoon(): void {
    this.#pollMs = FIRST_POLL_MS;
    this.#schedule(SETTLE_MS);
  }

  remove(id: string): void {
    this.state.update((state) => ({ ...state, files: state.files.filter((file) => file.id !== id) }));
  }

  stop(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
    document.removeEventListener('visibilitychange', this.#onVisible);
  }

  readonly #onVisible = () => {
    if (!document.hidden) this.#scheduleIfMoving();
  };

  /** As many as are shown, in one call, whatever the pages were. */
  async #refresh(): Promise<void> {
    const { files, loading } = this.state.get();
    // Two at once could answer in the wrong order.
    if (loading || this.#refreshing) return this.#schedule(SETTLE_MS);
    this.#refreshing = true;
    try {
      await this.#fetch(Math.min(MAX_PAGE_FILES, Math.max(PAGE_FILES, files.length)), undefined);
    } finally {
      this.#refreshing = false;
    }
  }

  async #fetch(limit: number, cursor: string | undefined): Promise<void> {
    const { signal } = this.#stop;
    const { filter } = this.state.get();
    try {
      const status = filter === 'all' ? {} : { status: filter };
      const page = await this.#api.files(
        { sort: '-createdAt', recursive: true, limit, ...status, ...(cursor && { cursor }) },
        signal,
      );
      const before = this.state.get().files;
      const files = cursor ? merge(before, page.files) : page.files;
      if (changed(before, files)) this.#pollMs = FIRST_POLL_MS;
      this.state.update((state) => ({
        ...state,
        files,
        nextCursor: page.nextCursor ?? undefined,
        loading: undefined,
        error: undefined,
      }));
    } catch (error) {
      if (signal.aborted) return;
      this.state.update((state) => ({ ...state, loading: undefined, error }));
    }
    this.#scheduleIfMoving();
    // A page of nothing but cancelled uploads looks like an empty list and is none.
    const { files, nextCursor } = this.state.get();
    if (this.visible(files).length === 0 && nextCursor && ++this.#blindPages <= MAX_BLIND_PAGES)
      await this.loadMore();
    else this.#blindPages = 0;
  }

  #scheduleIfMoving(): void {
    if (document.hidden || !this.state.get().files.some((file) => MOVING.has(file.status))) return;
    this.#schedule(this.#pollMs);
    this.#pollMs = Math.min(SLOWEST_POLL_MS, this.#pollMs * POLL_GROWTH);
  }

  #schedule(delayMs: number): void {
    if (this.#stop.signal.aborted) return;
    // Never later than it was to be: news that keep coming would put it off for good.
    const dueAtMs = performance.now() + delayMs;
    if (dueAtMs >= this.#dueAtMs) return;
    clearTimeout(this.#timer);
    this.#dueAtMs = dueAtMs;
    this.#timer = setTimeout(() => {
      this.#dueAtMs = Number.POSITIVE_INFINITY;
      void this.#refresh();
    }, delayMs);
  }
}

/** A page that moved under the cursor may repeat files. */
function merge(before: readonly FileRecord[], more: readonly FileRecord[]): readonly FileRecord[] {
  const known = new Set(before.map((file) => file.id));
  return [...before, ...more.filter((file) => !known.has(file.id))];
}

const signature = (files: readonly FileRecord[]) => files.map((file) => `${file.id}:${file.etag}`).join();
const changed = (before: readonly FileRecord[], after: readonly FileRecord[]) =>
  signature(before) !== signature(after);
