import { SluiceError, toSluiceError } from './sluice-error.ts';
import type { Timing } from './timing.ts';

/** Where a call gets its bearer token from. */
export interface TokenProvider {
  /** A token that is good for some time still. */
  accessToken(): Promise<string>;
  /** A token other than `refused`, which the server has just answered 401 to. */
  renew(refused: string): Promise<string>;
}

export interface TokenSet {
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
  /** Milliseconds since the epoch, on this machine's clock. */
  readonly expiresAtMs: number;
}

export interface RefreshingTokensOptions {
  readonly tokens: TokenSet;
  /** Trades a refresh token for new tokens; rejects when the session is over. */
  readonly refresh: (refreshToken: string) => Promise<TokenSet>;
  readonly timing: Pick<Timing, 'now'>;
  /** New tokens, to be kept where a reload finds them. */
  readonly onChange?: (tokens: TokenSet) => void;
  /** Nothing more can be had: the person has to sign in again. */
  readonly onSignedOut?: (error: SluiceError) => void;
}

/** Renewed this long before the end, so that no call leaves with a token which dies on its way. */
export const RENEW_BEFORE_EXPIRY_MS = 60_000;

export class RefreshingTokens implements TokenProvider {
  readonly #options: RefreshingTokensOptions;
  #tokens: TokenSet;
  #renewal: Promise<string> | undefined;

  constructor(options: RefreshingTokensOptions) {
    this.#options = options;
    this.#tokens = options.tokens;
  }

  accessToken(): Promise<string> {
    const leftMs = this.#tokens.expiresAtMs - this.#options.timing.now();
    // Without a refresh token there is nothing to renew with: the server decides when it is over.
    if (leftMs > RENEW_BEFORE_EXPIRY_MS || !this.#tokens.refreshToken) {
      return Promise.resolve(this.#tokens.accessToken);
    }
    return this.#renewOnce();
  }

  renew(refused: string): Promise<string> {
    // Another call may have renewed while this one was under way.
    if (refused !== this.#tokens.accessToken) return Promise.resolve(this.#tokens.accessToken);
    return this.#renewOnce();
  }

  /** All callers share one renewal: a refresh token may be good for a single use. */
  #renewOnce(): Promise<string> {
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #renew(): Promise<string> {
    const { refreshToken } = this.#tokens;
    if (!refreshToken) throw this.#signedOut(undefined);
    try {
      const fresh = await this.#options.refresh(refreshToken);
      // Issuers that do not rotate refresh tokens leave them out of the answer.
      this.#tokens = { ...fresh, refreshToken: fresh.refreshToken ?? refreshToken };
    } catch (error) {
      const reason = toSluiceError(error);
      // No answer is not a no: the session lives on and the call is tried again.
      if (reason.status === 0 || reason.status === 429 || reason.status >= 500) throw reason;
      throw this.#signedOut(reason);
    }
    this.#options.onChange?.(this.#tokens);
    return this.#tokens.accessToken;
  }

  #signedOut(cause: SluiceError | undefined): SluiceError {
    const error = new SluiceError({
      status: 401,
      code: 'signed_out',
      detail: 'Your session has ended. Sign in again to go on.',
      cause,
    });
    this.#options.onSignedOut?.(error);
    return error;
  }
}
