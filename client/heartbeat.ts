import type { SluiceApi } from './sluice-api.ts';
import { SluiceError } from './sluice-error.ts';
import type { Timing } from './timing.ts';

/** The server takes this many uploads in one heartbeat call. */
export const HEARTBEAT_BATCH = 100;

interface Beating {
  readonly everySeconds: number;
  readonly onGone: (error: SluiceError) => void;
}

/** Keeps all running uploads of this page alive by one call per interval; silent as soon as none is left. */
export class Heartbeat {
  readonly #api: Pick<SluiceApi, 'heartbeat'>;
  readonly #timing: Timing;
  readonly #beating = new Map<string, Beating>();
  #loop: AbortController | undefined;

  constructor(api: Pick<SluiceApi, 'heartbeat'>, timing: Timing) {
    this.#api = api;
    this.#timing = timing;
  }

  /**
   * @param onGone called at most once, when the server no longer knows the upload as open.
   * @returns ends it for this upload.
   */
  start(fileId: string, everySeconds: number, onGone: (error: SluiceError) => void): () => void {
    const beating: Beating = { everySeconds, onGone };
    this.#beating.set(fileId, beating);
    if (!this.#loop) {
      this.#loop = new AbortController();
      void this.#run(this.#loop.signal);
    }
    return () => {
      if (this.#beating.get(fileId) === beating) this.#stop(fileId);
    };
  }

  #stop(fileId: string): void {
    this.#beating.delete(fileId);
    if (this.#beating.size > 0) return;
    this.#loop?.abort();
    this.#loop = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const everySeconds = Math.min(...[...this.#beating.values()].map((beating) => beating.everySeconds));
      try {
        await this.#timing.sleep(everySeconds * 1000, signal);
        await this.#beat(signal);
      } catch {
        // A missed beat costs nothing, the server waits for many of them; the next one comes anyway.
      }
    }
  }

  async #beat(signal: AbortSignal): Promise<void> {
    const fileIds = [...this.#beating.keys()];
    for (let from = 0; from < fileIds.length; from += HEARTBEAT_BATCH) {
      const { gone } = await this.#api.heartbeat(fileIds.slice(from, from + HEARTBEAT_BATCH), signal);
      for (const fileId of gone) {
        const beating = this.#beating.get(fileId);
        if (!beating) continue;
        this.#stop(fileId);
        beating.onGone(uploadGone());
      }
    }
  }
}

const uploadGone = () =>
  new SluiceError({
    status: 410,
    code: 'upload_expired',
    detail: 'The upload is no longer open on the server. Start it again.',
  });
