import type { FileStatus } from './api-types.ts';
import type { SluiceError } from './sluice-error.ts';

/**
 * queued -> initiating -> uploading -> completing -> processing -> finished | rejected
 * and from anywhere before `processing`: paused, failed (both go on from `queued`), cancelled.
 */
export type UploadPhase =
  | 'queued'
  | 'initiating'
  | 'uploading'
  | 'paused'
  | 'completing'
  | 'processing'
  | 'finished'
  | 'rejected'
  | 'failed'
  | 'cancelled';

/** What a page shows of one upload. Sizes in bytes. */
export interface UploadSnapshot {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly phase: UploadPhase;
  readonly uploadedBytes: number;
  readonly bytesPerSecond: number;
  readonly etaSeconds: number | undefined;
  readonly partsDone: number;
  /** 0 until the server has planned the parts. */
  readonly totalParts: number;
  readonly fileId: string | undefined;
  /** As the server last told it. */
  readonly fileStatus: FileStatus | undefined;
  /** Why the inspection rejected the file. */
  readonly reason: string | undefined;
  /** Why it failed, or, while `queued`, which limit it waits for. */
  readonly error: SluiceError | undefined;
}

const OVER: ReadonlySet<UploadPhase> = new Set<UploadPhase>(['finished', 'rejected', 'cancelled']);
const STOPPABLE: ReadonlySet<UploadPhase> = new Set<UploadPhase>(['queued', 'initiating', 'uploading']);

export const isOver = (phase: UploadPhase): boolean => OVER.has(phase);
export const canPause = (phase: UploadPhase): boolean => STOPPABLE.has(phase);
export const canResume = (phase: UploadPhase): boolean => phase === 'paused';
export const canRetry = (phase: UploadPhase): boolean => phase === 'failed';
export const canCancel = (phase: UploadPhase): boolean =>
  STOPPABLE.has(phase) || phase === 'paused' || phase === 'failed';
