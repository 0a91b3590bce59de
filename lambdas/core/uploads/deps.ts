import type {
  BatchStore,
  FileQueues,
  FileStore,
  IntakeBucket,
  RateLimiter,
  UploadListing,
  UploadSigner,
} from '../ports.ts';
import type { StalenessBounds } from './session.ts';

export interface UploadLimits extends StalenessBounds {
  readonly heartbeatSeconds: number;
  readonly lifetimeSeconds: number;
  readonly urlSeconds: { readonly min: number; readonly max: number; readonly default: number };
  readonly urlsPerCall: { readonly default: number; readonly batchDefault: number; readonly max: number };
  readonly inlineCompleteMaxParts: number;
  readonly sha256MaxBytes: number;
  readonly idempotencySeconds: number;
  readonly idempotencyWaitMs: number;
  readonly otherCallsPerMinute: number;
}

/** What the upload use cases work with; the clock and the ids come in like everything else. */
export interface UploadDeps {
  readonly store: FileStore & UploadListing & BatchStore;
  readonly intake: IntakeBucket;
  readonly signer: UploadSigner;
  readonly queues: Pick<FileQueues, 'complete'>;
  readonly rates: RateLimiter;
  readonly limits: UploadLimits;
  readonly names: { readonly segmentMaxBytes: number; readonly pathMaxBytes: number };
  /** Of the largest object that the stage's scanner takes; undefined: of any size. */
  readonly scannerMaxBytes: number | undefined;
  /** ISO 8601 UTC. */
  readonly now: () => string;
  /** Sortable by time and unique. */
  readonly newId: () => string;
  readonly sleep: (ms: number) => Promise<void>;
}
