import { Store } from '../state/store.ts';

export interface PlayerState {
  /** From the first wish to play on, until there is something that could. */
  readonly loading: boolean;
  /** Why it does not play. */
  readonly failure: unknown;
  /** What is chosen: the name of a quality; undefined: whatever the line allows. */
  readonly chosen: string | undefined;
  /** The quality that is seen at this moment, as far as it is known. */
  readonly shown: string | undefined;
}

/** What plays in the element, until it is let go. */
export interface Attached {
  choose(quality: string | undefined): void;
  detach(): void;
}

export interface AttachOptions {
  readonly media: HTMLMediaElement;
  readonly url: string;
  /** Seconds to begin at. */
  readonly at: number;
  readonly quality: string | undefined;
  readonly onShown: (quality: string) => void;
  /** The URL, or one that it led to, may have ended: there is nothing to be had by it any more. */
  readonly onEnded: (cause: unknown) => void;
  readonly onFailure: (cause: unknown) => void;
}

export type Attach = (options: AttachOptions) => Attached | Promise<Attached>;

export interface PlayerOptions {
  readonly media: HTMLMediaElement;
  /** Asks for a fresh URL. */
  readonly open: () => Promise<string>;
  readonly attach: Attach;
}

/** A fresh URL that is refused within this time is refused for another reason than its age. */
const RENEWAL_PAUSE_MS = 60_000;

/** Loads nothing before somebody wants to play or to look; renews URLs that have ended, at the same time of the recording. */
export class Player {
  readonly state: Store<PlayerState> = new Store<PlayerState>({
    loading: false,
    failure: undefined,
    chosen: undefined,
    shown: undefined,
  });
  readonly #options: PlayerOptions;
  #attaching: Promise<void> | undefined;
  #attached: Attached | undefined;
  #renewedAtMs = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: PlayerOptions) {
    this.#options = options;
  }

  toggle(): void {
    const { media } = this.#options;
    if (media.paused) void this.#play();
    else media.pause();
  }

  seek(seconds: number): void {
    // Also while it loads, and wherever that began.
    const go = () => {
      if (this.#attached) this.#options.media.currentTime = seconds;
    };
    if (this.#attached) go();
    else void this.#attach(seconds).then(go);
  }

  choose(quality: string | undefined): void {
    this.#note({ chosen: quality });
    this.#attached?.choose(quality);
  }

  /** After a failure: from where it stood. */
  again(): void {
    this.#note({ failure: undefined });
    void this.#reopen(true);
  }

  close(): void {
    this.#closed = true;
    this.#attached?.detach();
  }

  async #play(): Promise<void> {
    await this.#attach(0);
    // Refused where the browser wants a click first, or when it was let go meanwhile: it stands paused, as it says.
    if (this.#attached) await this.#options.media.play().catch(() => undefined);
  }

  #attach(at: number): Promise<void> {
    this.#attaching ??= this.#load(at);
    return this.#attaching;
  }

  async #load(at: number): Promise<void> {
    const { media, open, attach } = this.#options;
    this.#note({ loading: true });
    try {
      const attached = await attach({
        ...{ media, at, url: await open(), quality: this.state.get().chosen },
        onShown: (shown) => this.#note({ shown }),
        onEnded: (cause) => this.#renew(cause),
        onFailure: (failure) => this.#fail(failure),
      });
      if (this.#closed) attached.detach();
      else this.#attached = attached;
    } catch (failure) {
      this.#fail(failure);
    }
    this.#note({ loading: false });
  }

  #renew(cause: unknown): void {
    if (!this.#attached) return;
    const now = performance.now();
    if (now - this.#renewedAtMs < RENEWAL_PAUSE_MS) {
      this.#fail(cause);
      return;
    }
    this.#renewedAtMs = now;
    void this.#reopen(!this.#options.media.paused);
  }

  async #reopen(goOn: boolean): Promise<void> {
    const at = this.#options.media.currentTime;
    this.#letGo();
    await this.#attach(at);
    if (goOn) await this.#play();
  }

  #fail(failure: unknown): void {
    this.#options.media.pause();
    this.#attaching = undefined;
    if (!this.#closed) this.#note({ failure });
  }

  #letGo(): void {
    this.#attached?.detach();
    this.#attached = undefined;
    this.#attaching = undefined;
  }

  #note(change: Partial<PlayerState>): void {
    this.state.update((state) => ({ ...state, ...change }));
  }
}
