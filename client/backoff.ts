/** How often something is tried again and how long it waits in between. */
export interface RetryPolicy {
  /** All attempts, the first one included. */
  readonly maxAttempts: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
}

/**
 * Full jitter: uniform between 0 and the exponential bound, so that clients which failed together do not come back
 * together. A Retry-After is a floor below which nobody comes back; the jitter is then added on top of it.
 * @param attempt 1 for the wait after the first failure.
 */
export function backoffMs(
  policy: Pick<RetryPolicy, 'baseDelayMs' | 'maxDelayMs'>,
  attempt: number,
  random: number,
  retryAfterSeconds?: number,
): number {
  const bound = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
  const jitter = random * bound;
  return retryAfterSeconds === undefined ? jitter : retryAfterSeconds * 1000 + random * policy.baseDelayMs;
}
