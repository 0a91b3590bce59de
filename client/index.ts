/** Sluice's browser client: uploads straight to S3, resumable, bounded, without dependencies. */
export { AdminApi } from './admin-api.ts';
export type * from './api-types.ts';
export { createSluiceClient, type SluiceClient, type SluiceClientOptions } from './create-client.ts';
export type { Unsubscribe } from './emitter.ts';
export type { FileUpload } from './file-upload.ts';
export { HttpClient } from './http-client.ts';
export { watchJob } from './job-watcher.ts';
export type { UploadSession } from './open-upload.ts';
export { type QueueTotals, queueTotals } from './queue-totals.ts';
export { verifyContent, verifyReceipt } from './receipt.ts';
export type { KeyValueStorage } from './resume-store.ts';
export { SluiceApi } from './sluice-api.ts';
export {
  API_ERROR_CODES,
  CLIENT_ERROR_CODES,
  type ErrorCode,
  isSluiceError,
  SluiceError,
  toSluiceError,
} from './sluice-error.ts';
export { SETTLED } from './status-watcher.ts';
export { systemTiming, type Timing } from './timing.ts';
export { RefreshingTokens, type TokenProvider, type TokenSet } from './tokens.ts';
export { listUnfinished, matchSource } from './unfinished.ts';
export type { UploadLocks } from './upload-locks.ts';
export type { UploadQueue } from './upload-queue.ts';
export type { UploadRequest } from './upload-request.ts';
export type { UploadSource } from './upload-source.ts';
export {
  canCancel,
  canPause,
  canResume,
  canRetry,
  isOver,
  type UploadPhase,
  type UploadSnapshot,
} from './upload-state.ts';
