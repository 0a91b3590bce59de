import type { ConflictChoice, UnfinishedUpload } from './api-types.ts';
import { backoffMs } from './backoff.ts';
import { Emitter } from './emitter.ts';
import { FileUpload, type UploadDeps, type UploadEvents } from './file-upload.ts';
import type { SluiceError } from './sluice-error.ts';
import type { UploadRequest } from './upload-request.ts';
import type { UploadSource } from './upload-source.ts';
import { canPause, isOver } from './upload-state.ts';

export interface UploadQueueOptions {
  /** Files whose bytes are on their way at once; the server's slots may make it fewer. */
  readonly maxFilesInFlight: number;
}

/** All that its uploads tell, and its own end. */
export interface QueueEvents extends UploadEvents {
  /** Nothing is left to send. */
  idle: undefined;
}

const UPLOAD_EVENTS = ['change', 'opened', 'sent', 'settled', 'cancelled'] as const;
const LIMIT_WAIT = { baseDelayMs: 2_000, maxDelayMs: 30_000 };
/** Waiting for a slot is no failure, but it has an end: an upload left alone overnight should say what is wrong. */
export const QUEUE_PATIENCE_MS = 6 * 60 * 60 * 1000;

/** Runs uploads in the order of their adding, a few at a time, and waits where the server says that it is too much. */
export class UploadQueue {
  readonly events: Emitter<QueueEvents> = new Emitter<QueueEvents>();
  readonly #deps: UploadDeps;
  readonly #options: UploadQueueOptions;
  readonly #uploads = new Map<string, FileUpload>();
  readonly #running = new Set<FileUpload>();
  readonly #limitedSinceMs = new Map<string, number>();

  /** Slots that the server leaves to this page; asked when the queue starts moving. */
  #freeSlots = Number.POSITIVE_INFINITY;
  #slotsAsked: Promise<void> | undefined;
  #wait: { readonly end: AbortController; readonly error: SluiceError } | undefined;
  #waits = 0;

  constructor(deps: UploadDeps, options: UploadQueueOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  add(requests: readonly UploadRequest[]): FileUpload[] {
    const added = requests.map((request) => this.#adopt(new FileUpload(this.#deps, request)));
    void this.#pump();
    return added;
  }

  /** Goes on with an upload of an earlier page: only parts that S3 does not hold are sent. */
  addUnfinished(upload: UnfinishedUpload, source: UploadSource): FileUpload {
    const resumed = this.#adopt(new FileUpload(this.#deps, { source, path: upload.path }, upload));
    void this.#pump();
    return resumed;
  }

  get uploads(): readonly FileUpload[] {
    return [...this.#uploads.values()];
  }

  /** The uploads' ids on the server, of those that are not over. */
  openFileIds(): Set<string> {
    const open = this.uploads.filter((upload) => !isOver(upload.phase));
    return new Set(open.map((upload) => upload.fileId).filter((fileId) => fileId !== undefined));
  }

  pause(id: string): void {
    this.#uploads.get(id)?.pause();
  }

  /** Goes on after a pause, or tries a failed upload again. */
  resume(id: string, changes: { readonly onConflict?: ConflictChoice } = {}): void {
    const upload = this.#uploads.get(id);
    if (!upload) return;
    this.#limitedSinceMs.delete(id);
    upload.requeue(changes);
    void this.#pump();
  }

  pauseAll(): void {
    // From the end: otherwise each paused upload would let the next one start.
    for (const upload of this.uploads.toReversed()) if (canPause(upload.phase)) upload.pause();
  }

  /** Whoever ran this queue has left: nothing goes on, and what S3 holds waits for another page. */
  abandonAll(): void {
    for (const upload of this.uploads.toReversed()) upload.abandon();
  }

  resumeAll(): void {
    for (const upload of this.uploads) if (upload.phase === 'paused') upload.requeue();
    void this.#pump();
  }

  async cancel(id: string): Promise<void> {
    await this.#uploads.get(id)?.cancel();
    this.#slotFreed();
    void this.#pump();
  }

  /** Takes uploads that are over, or have failed, off the list. */
  dismiss(ids: readonly string[]): void {
    for (const id of ids) {
      const upload = this.#uploads.get(id);
      if (!upload || !(isOver(upload.phase) || upload.phase === 'failed')) continue;
      // A failed upload may still hold a session open.
      void upload.cancel();
      this.#uploads.delete(id);
      this.#limitedSinceMs.delete(id);
      this.events.emit('change', upload);
    }
  }

  #adopt(upload: FileUpload): FileUpload {
    this.#uploads.set(upload.id, upload);
    for (const event of UPLOAD_EVENTS) upload.events.on(event, () => this.events.emit(event, upload));
    return upload;
  }

  async #pump(): Promise<void> {
    if (this.#running.size === 0 && this.#next()) await this.#askForSlots();
    while (!this.#wait && this.#running.size < this.#limit()) {
      const next = this.#next();
      if (!next) break;
      void this.#run(next);
    }
    if (this.#running.size === 0 && !this.#next()) this.events.emit('idle', undefined);
  }

  #next(): FileUpload | undefined {
    return this.uploads.find((upload) => upload.phase === 'queued' && !this.#running.has(upload));
  }

  /** At least one, even when no slot seems free: the server's answer then says how long to wait. */
  #limit(): number {
    return Math.min(this.#options.maxFilesInFlight, Math.max(1, this.#freeSlots));
  }

  async #askForSlots(): Promise<void> {
    this.#slotsAsked ??= this.#deps.api
      .quota()
      .then(
        ({ slots }) => {
          // Paused uploads of this page hold a slot too, so they are rightly among the used ones.
          this.#freeSlots = slots.max - slots.used;
        },
        () => undefined,
      )
      .finally(() => {
        this.#slotsAsked = undefined;
      });
    await this.#slotsAsked;
  }

  async #run(upload: FileUpload): Promise<void> {
    this.#running.add(upload);
    const outcome = await upload.run();
    this.#running.delete(upload);
    if (outcome.kind === 'limited') this.#onLimited(upload, outcome.error);
    else {
      this.#limitedSinceMs.delete(upload.id);
      if (outcome.kind === 'sent') this.#waits = 0;
      if (outcome.kind !== 'paused') this.#slotFreed();
    }
    void this.#pump();
  }

  #onLimited(upload: FileUpload, error: SluiceError): void {
    const now = this.#deps.timing.now();
    const since = this.#limitedSinceMs.get(upload.id) ?? now;
    this.#limitedSinceMs.set(upload.id, since);
    if (now - since > QUEUE_PATIENCE_MS) {
      upload.giveUp(error);
      return;
    }
    if (!this.#wait) void this.#waitFor(error);
  }

  /** The whole line waits: whoever comes next would only meet the same limit. */
  async #waitFor(error: SluiceError): Promise<void> {
    const wait = { end: new AbortController(), error };
    this.#wait = wait;
    this.#waits++;
    const { timing } = this.#deps;
    try {
      await timing.sleep(
        backoffMs(LIMIT_WAIT, this.#waits, timing.random(), error.retryAfterSeconds),
        wait.end.signal,
      );
    } catch {
      // A slot came free before the time was over.
    }
    this.#wait = undefined;
    void this.#pump();
  }

  #slotFreed(): void {
    if (this.#wait?.error.code === 'concurrency_limit_exceeded') this.#wait.end.abort();
  }
}
