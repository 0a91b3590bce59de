import type { FileStatus } from './api-types.ts';
import { backoffMs } from './backoff.ts';
import type { SluiceApi } from './sluice-api.ts';
import { SluiceError, toSluiceError } from './sluice-error.ts';
import type { Timing } from './timing.ts';
import { progressOf, type UploadProgress } from './upload-progress.ts';

/** Nothing more happens by itself after these; `held` waits for the scanner, which may take days. */
export const SETTLED: ReadonlySet<FileStatus> = new Set<FileStatus>([
  'held',
  'ready',
  'rejected',
  'failed',
  'aborted',
  'expired',
  'deleted',
  'purged',
]);

const FIRST_POLL_MS = 600;
const SLOWEST_POLL_MS = 15_000;
const POLL_GROWTH = 1.5;
/** Between two calls, however many files are watched: 150 calls a minute of the 600 that a user has. */
const MIN_GAP_MS = 400;
/** Then the file is left to whoever looks at it next; long videos take longer than anybody stares at a bar. */
const WATCH_LIMIT_MS = 15 * 60_000;
const HOPELESS: ReadonlySet<string> = new Set(['not_found', 'forbidden', 'signed_out', 'cancelled']);
const POLL_RETRY = { baseDelayMs: 1_000, maxDelayMs: 30_000 };

/** One upload of a file: that which brings it, or one that replaces its content. */
export interface WatchedUpload {
  readonly fileId: string;
  readonly uploadId: string;
}

interface Watched {
  readonly upload: WatchedUpload;
  readonly onProgress: (progress: UploadProgress) => void;
  readonly resolve: (progress: UploadProgress) => void;
  readonly reject: (error: SluiceError) => void;
  readonly endsAtMs: number;
  intervalMs: number;
  dueAtMs: number;
  failures: number;
  last: UploadProgress | undefined;
}

/** Polls the status of any number of uploads one after the other, so that a thousand files do not become a storm of calls. */
export class StatusWatcher {
  readonly #api: Pick<SluiceApi, 'fileStatus'>;
  readonly #timing: Timing;
  readonly #watched = new Set<Watched>();
  #running = false;
  #wake = new AbortController();

  constructor(api: Pick<SluiceApi, 'fileStatus'>, timing: Timing) {
    this.#api = api;
    this.#timing = timing;
  }

  /** Resolves with the first settled status, or with the last one seen when patience ends (15 min). */
  watch(upload: WatchedUpload, onProgress: (progress: UploadProgress) => void): Promise<UploadProgress> {
    return new Promise((resolve, reject) => {
      const now = this.#timing.now();
      this.#watched.add({
        upload,
        onProgress,
        resolve,
        reject,
        endsAtMs: now + WATCH_LIMIT_MS,
        intervalMs: FIRST_POLL_MS,
        dueAtMs: now + FIRST_POLL_MS,
        failures: 0,
        last: undefined,
      });
      this.#wake.abort();
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      for (;;) {
        const next = [...this.#watched].sort((a, b) => a.dueAtMs - b.dueAtMs)[0];
        if (!next) return;
        const waitMs = Math.max(0, next.dueAtMs - this.#timing.now());
        if (waitMs > 0 && (await this.#interruptedSleep(waitMs))) continue;
        await this.#poll(next);
        await this.#timing.sleep(MIN_GAP_MS);
      }
    } finally {
      this.#running = false;
    }
  }

  /** @returns true when something changed meanwhile and the order has to be looked at again. */
  async #interruptedSleep(ms: number): Promise<boolean> {
    this.#wake = new AbortController();
    try {
      await this.#timing.sleep(ms, this.#wake.signal);
      return false;
    } catch {
      return true;
    }
  }

  async #poll(watched: Watched): Promise<void> {
    try {
      const { fileId, uploadId } = watched.upload;
      const progress = progressOf(await this.#api.fileStatus(fileId), uploadId);
      if (progress.status !== watched.last?.status) watched.intervalMs = FIRST_POLL_MS;
      watched.failures = 0;
      watched.last = progress;
      watched.onProgress(progress);
      if (SETTLED.has(progress.status)) {
        this.#finish(watched, () => watched.resolve(progress));
        return;
      }
      this.#again(watched, watched.intervalMs);
      watched.intervalMs = Math.min(SLOWEST_POLL_MS, watched.intervalMs * POLL_GROWTH);
    } catch (cause) {
      const error = toSluiceError(cause);
      if (HOPELESS.has(error.code)) {
        this.#finish(watched, () => watched.reject(error));
        return;
      }
      watched.failures++;
      this.#again(
        watched,
        backoffMs(POLL_RETRY, watched.failures, this.#timing.random(), error.retryAfterSeconds),
      );
    }
  }

  #again(watched: Watched, delayMs: number): void {
    watched.dueAtMs = this.#timing.now() + delayMs;
    if (watched.dueAtMs <= watched.endsAtMs) return;
    const { last } = watched;
    this.#finish(watched, () =>
      last
        ? watched.resolve(last)
        : watched.reject(
            new SluiceError({
              status: 0,
              code: 'timeout',
              detail: 'The server did not tell what became of the file.',
            }),
          ),
    );
  }

  #finish(watched: Watched, settle: () => void): void {
    this.#watched.delete(watched);
    settle();
  }
}
