import type { UploadSnapshot } from './upload-state.ts';

/** All numbers over the uploads that are not cancelled; bytes (without those of failed files) and seconds. */
export interface QueueTotals {
  readonly files: number;
  readonly filesSent: number;
  readonly filesFailed: number;
  /** Sent, and refused by the inspection: nothing of them is kept. */
  readonly filesRejected: number;
  /** Queued or on their way. */
  readonly filesOpen: number;
  readonly bytes: number;
  readonly uploadedBytes: number;
  readonly bytesPerSecond: number;
  readonly etaSeconds: number | undefined;
}

/** Sums up what a page shows above its list. */
export function queueTotals(uploads: readonly UploadSnapshot[]): QueueTotals {
  const counted = uploads.filter((upload) => upload.phase !== 'cancelled');
  const sum = (of: (upload: UploadSnapshot) => number) =>
    counted.reduce((total, upload) => total + of(upload), 0);
  const count = (...phases: UploadSnapshot['phase'][]) =>
    counted.filter((upload) => phases.includes(upload.phase)).length;
  const unlessFailed = (bytes: number, { phase }: UploadSnapshot) => (phase === 'failed' ? 0 : bytes);
  const bytes = sum((upload) => unlessFailed(upload.size, upload));
  const uploadedBytes = sum((upload) => unlessFailed(upload.uploadedBytes, upload));
  const pausedBytes = sum(({ phase, size, uploadedBytes }) =>
    phase === 'paused' ? size - uploadedBytes : 0,
  );
  const bytesPerSecond = sum((upload) => upload.bytesPerSecond);
  return {
    files: counted.length,
    filesSent: count('processing', 'finished'),
    filesFailed: count('failed'),
    filesRejected: count('rejected'),
    filesOpen: count('queued', 'initiating', 'uploading', 'completing'),
    bytes,
    uploadedBytes,
    bytesPerSecond,
    etaSeconds: bytesPerSecond > 0 ? (bytes - uploadedBytes - pausedBytes) / bytesPerSecond : undefined,
  };
}
