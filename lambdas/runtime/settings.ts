import type { Limits } from '../contract/limits.ts';

/** What the file store needs of the limits. */
export const storeSettings = (limits: Limits) => ({
  retryMs: limits.upload.reserveRetryMs,
  publishDelaySeconds: limits.pipeline.publishDelaySeconds,
  inactivitySeconds: limits.upload.inactivitySeconds,
});
