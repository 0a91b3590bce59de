import type { Limits } from '../contract/limits.ts';

/** What the file store needs of the limits. */
export const storeSettings = (limits: Limits) => ({
  retryMs: limits.upload.reserveRetryMs,
  publishDelaySeconds: limits.pipeline.publishDelaySeconds,
  inactivitySeconds: limits.upload.inactivitySeconds,
});

/** What the job store needs of the limits. */
export const jobStoreSettings = (limits: Limits) => ({
  retryMs: limits.upload.reserveRetryMs,
  publishDelaySeconds: limits.pipeline.publishDelaySeconds,
  keepSeconds: limits.jobs.keepSeconds,
});
