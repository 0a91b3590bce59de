import { backoffMs, type RetryPolicy } from './backoff.ts';
import { cancelled, errorFromResponse, SluiceError, toSluiceError } from './sluice-error.ts';
import type { Timing } from './timing.ts';
import type { TokenProvider } from './tokens.ts';

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Repeating the call does no harm. Default: true for GET, PUT and DELETE. */
  readonly repeatable?: boolean;
  /** Default: true. */
  readonly authenticated?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpClientOptions {
  /** Origin and stage of the API, without a slash at its end; '' for the page's own origin. */
  readonly baseUrl: string;
  readonly timing: Timing;
  readonly tokens?: TokenProvider;
  readonly retry?: RetryPolicy;
  /** For one attempt, not for all of them. */
  readonly deadlineMs?: number;
  readonly fetch?: typeof fetch;
}

export const API_RETRY: RetryPolicy = { maxAttempts: 4, baseDelayMs: 300, maxDelayMs: 8_000 };
/** API Gateway gives up after 30 s; a little more lets its own answer arrive. */
export const API_DEADLINE_MS = 35_000;
/** Longer Retry-Afters are for the caller to decide on: nobody looks at a frozen button for that long. */
export const MAX_INLINE_WAIT_SECONDS = 10;

const RETRYABLE_STATUS = new Set([0, 408, 500, 502, 503, 504]);
/** Limits that do not go away within seconds; the upload queue waits for them with its own patience. */
const QUEUED_CODES = new Set(['concurrency_limit_exceeded', 'daily_files_exceeded', 'hourly_bytes_exceeded']);

export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #fetch: typeof fetch;
  #serverAheadMs = 0;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  }

  /**
   * The server's time in milliseconds as its Date headers tell it: expiries are compared with this, because the
   * clocks of people's machines are wrong more often than one would think.
   */
  serverNow(): number {
    return this.#options.timing.now() + this.#serverAheadMs;
  }

  /** Where a path of the API is, as a page may load it. */
  urlOf(path: string): string {
    return `${this.#options.baseUrl}${path}`;
  }

  /** The parsed JSON body; undefined for 204. Rejects with `SluiceError` only. */
  async request<T>(call: HttpCall): Promise<T> {
    const policy = this.#options.retry ?? API_RETRY;
    const repeatable = call.repeatable ?? call.method !== 'POST';
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt<T>(call);
      } catch (cause) {
        if (call.signal?.aborted) throw cancelled(call.signal.reason);
        const error = toSluiceError(cause);
        if (!repeatable || attempt >= policy.maxAttempts || !worthRetrying(error)) throw error;
        const delayMs = backoffMs(policy, attempt, this.#options.timing.random(), error.retryAfterSeconds);
        await this.#options.timing.sleep(delayMs, call.signal);
      }
    }
  }

  async #attempt<T>(call: HttpCall): Promise<T> {
    const { tokens } = this.#options;
    if (call.authenticated === false || !tokens) return this.#read<T>(await this.#send(call));
    const token = await tokens.accessToken();
    const response = await this.#send(call, token);
    if (response.status !== 401) return this.#read<T>(response);
    // A 401 did nothing on the server, so that one more try is safe even for calls that are not repeatable.
    await response.body?.cancel().catch(() => undefined);
    return this.#read<T>(await this.#send(call, await tokens.renew(token)));
  }

  #send(call: HttpCall, token?: string): Promise<Response> {
    const deadline = AbortSignal.timeout(this.#options.deadlineMs ?? API_DEADLINE_MS);
    return this.#fetch(`${this.#options.baseUrl}${call.path}${queryString(call.query)}`, {
      method: call.method,
      headers: {
        accept: 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      signal: call.signal ? AbortSignal.any([call.signal, deadline]) : deadline,
    });
  }

  async #read<T>(response: Response): Promise<T> {
    const date = Date.parse(response.headers.get('date') ?? '');
    if (!Number.isNaN(date)) this.#serverAheadMs = date - this.#options.timing.now();
    if (!response.ok) throw await errorFromResponse(response, this.serverNow());
    if (response.status === 204) return undefined as T;
    const body = await response.text();
    try {
      return (body === '' ? undefined : JSON.parse(body)) as T;
    } catch (cause) {
      throw new SluiceError({
        status: response.status,
        code: 'unexpected_response',
        detail: 'The server answered with something that is not JSON.',
        cause,
      });
    }
  }
}

function worthRetrying(error: SluiceError): boolean {
  if (error.code === 'cancelled' || error.code === 'internal' || QUEUED_CODES.has(error.code)) {
    return error.code === 'internal' && error.status >= 500;
  }
  if ((error.retryAfterSeconds ?? 0) > MAX_INLINE_WAIT_SECONDS) return false;
  // 409 with Retry-After: the first request with this idempotency key is still running.
  if (error.status === 409) return error.retryAfterSeconds !== undefined;
  return error.status === 429 || RETRYABLE_STATUS.has(error.status);
}

function queryString(query: HttpCall['query']): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) params.set(name, String(value));
  }
  const encoded = params.toString();
  return encoded === '' ? '' : `?${encoded}`;
}
