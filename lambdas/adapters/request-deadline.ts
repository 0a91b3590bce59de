const connectionTimeoutMs = 1_000;

/**
 * HTTP settings of an SDK client whose calls must end within `requestTimeoutMs`. Without `throwOnRequestTimeout`
 * the SDK only logs that the time is over; `socketTimeout` ends a body that stops flowing.
 */
export const withDeadline = (requestTimeoutMs: number) => ({
  requestTimeout: requestTimeoutMs,
  socketTimeout: requestTimeoutMs,
  connectionTimeout: connectionTimeoutMs,
  throwOnRequestTimeout: true,
});
