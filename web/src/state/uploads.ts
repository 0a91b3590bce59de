import {
  canCancel,
  isOver,
  listUnfinished,
  matchSource,
  type SluiceClient,
  toSluiceError,
  type UnfinishedUpload,
  type UploadSnapshot,
} from '../../../client/index.ts';
import { Store } from './store.ts';

/** A picked file and the folder that it goes to. */
export interface PickedFile {
  readonly file: File;
  readonly path: string;
}

/** An upload of an earlier page, and how much of it S3 holds (undefined until asked). */
export interface Unfinished extends UnfinishedUpload {
  readonly uploadedBytes?: number;
}

const REDRAW_MS = 100;
/** Speed and time left change even when no byte moves. */
const TICK_MS = 1_000;
/** One call each tells what S3 holds; more rows than this show no percentage. */
const MAX_ASKED_FOR_PARTS = 20;

/** The uploads of this page and those left by earlier ones, for the views. */
export class UploadsModel {
  readonly snapshots: Store<readonly UploadSnapshot[]> = new Store<readonly UploadSnapshot[]>([]);
  readonly unfinished: Store<readonly Unfinished[]> = new Store<readonly Unfinished[]>([]);
  readonly #client: SluiceClient;
  #redraw: ReturnType<typeof setTimeout> | undefined;
  #tick: ReturnType<typeof setInterval> | undefined;

  constructor(client: SluiceClient) {
    this.#client = client;
    client.queue.events.on('change', () => {
      this.#redraw ??= setTimeout(() => this.#draw(), REDRAW_MS);
    });
    document.addEventListener('visibilitychange', this.#onVisible);
  }

  /** Files that an unfinished upload waits for continue it; the others begin anew. */
  add(picked: readonly PickedFile[]): void {
    const waiting = [...this.unfinished.get()];
    const fresh = picked.filter(({ file, path }) => {
      const index = waiting.findIndex(
        (upload) => upload.path === path && matchSource(upload, file, this.#client.resumeStore) === 'same',
      );
      const [match] = index === -1 ? [] : waiting.splice(index, 1);
      if (match) this.#client.queue.addUnfinished(match, file);
      return !match;
    });
    this.unfinished.set(waiting);
    this.#client.queue.add(fresh.map(({ file, path }) => ({ source: file, path })));
  }

  async loadUnfinished(): Promise<void> {
    const { api, queue, locks } = this.#client;
    const held = (await locks?.held()) ?? [];
    const found = await listUnfinished(api, new Set([...held, ...queue.openFileIds()]));
    // Begun by this page while the list was under way.
    const open = queue.openFileIds();
    const known = new Map(this.unfinished.get().map((upload) => [upload.fileId, upload]));
    const uploads = found
      .filter((upload) => !open.has(upload.fileId))
      .map((upload): Unfinished => ({ ...known.get(upload.fileId), ...upload }));
    this.unfinished.set(uploads);
    for (const upload of uploads.slice(0, MAX_ASKED_FOR_PARTS)) {
      const stored = await api.storedParts(upload.fileId).catch(() => undefined);
      if (!stored) continue;
      this.unfinished.update((list) =>
        list.map((other) =>
          other.fileId === upload.fileId ? { ...other, uploadedBytes: stored.uploadedBytes } : other,
        ),
      );
    }
  }

  /** @returns false when the file is not the one that the upload began with. */
  resumeUnfinished(upload: Unfinished, file: File): boolean {
    if (matchSource(upload, file, this.#client.resumeStore) === 'different') return false;
    this.#client.queue.addUnfinished(upload, file);
    this.#forget(upload);
    return true;
  }

  /** @throws SluiceError when the server could not be told. */
  async discardUnfinished(upload: Unfinished): Promise<void> {
    try {
      await this.#client.api.abort(upload.fileId);
    } catch (error) {
      if (toSluiceError(error).code !== 'not_found') throw error;
    }
    this.#client.resumeStore?.forget(upload.fileId);
    this.#forget(upload);
  }

  dismissOver(): void {
    const over = this.snapshots.get().filter((upload) => isOver(upload.phase));
    this.#client.queue.dismiss(over.map((upload) => upload.id));
  }

  /** True while leaving the page would interrupt something. */
  isBusy(): boolean {
    return this.snapshots.get().some((upload) => canCancel(upload.phase) && upload.phase !== 'failed');
  }

  /** Signed out: nothing may go on in the name of who left. What is in S3 stays resumable. */
  stop(): void {
    this.#client.queue.abandonAll();
    document.removeEventListener('visibilitychange', this.#onVisible);
    clearTimeout(this.#redraw);
    clearInterval(this.#tick);
  }

  /** Meanwhile another tab may have taken up an upload, finished it, or closed in the middle of one. */
  readonly #onVisible = () => {
    if (!document.hidden) this.loadUnfinished().catch(() => undefined);
  };

  #forget(upload: Unfinished): void {
    this.unfinished.update((list) => list.filter((other) => other.fileId !== upload.fileId));
  }

  #draw(): void {
    this.#redraw = undefined;
    const snapshots = this.#client.queue.uploads.map((upload) => upload.snapshot());
    this.snapshots.set(snapshots);
    const moving = snapshots.some((upload) => upload.phase === 'uploading');
    if (moving && this.#tick === undefined) this.#tick = setInterval(() => this.#draw(), TICK_MS);
    if (!moving && this.#tick !== undefined) {
      clearInterval(this.#tick);
      this.#tick = undefined;
    }
  }
}
