import * as z from 'zod';

/** Background jobs. */
export const jobLimits = z.object({
  /** How long one delivery works on one job before others have their turn. */
  sliceSeconds: z.number().int().positive(),
  /** A step of a job that takes longer loses the job to whoever comes next. */
  leaseSeconds: z.number().int().positive(),
  /** Slices in a row that may come to nothing before a job has failed. */
  maxAttempts: z.number().int().positive(),
  /** How long an ended job and its results can be asked for. */
  keepSeconds: z.number().int().positive(),
  /** Jobs of one user that may wait or run at the same time. */
  maxUnfinishedPerUser: z.number().int().positive(),
  /** Files of one job that are being processed at the same time. */
  processWindowFiles: z.number().int().positive(),
  /** How long a job waits at most before it looks again at what is being processed; 900 s is SQS's bound. */
  processPollMaxSeconds: z.number().int().positive().max(900),
  /** Files that one bulk action may name. */
  bulkMaxFiles: z.number().int().positive(),
});

export const defaultJobLimits: z.infer<typeof jobLimits> = {
  sliceSeconds: 60,
  leaseSeconds: 120,
  maxAttempts: 5,
  keepSeconds: 30 * 86_400,
  maxUnfinishedPerUser: 20,
  processWindowFiles: 50,
  processPollMaxSeconds: 60,
  bulkMaxFiles: 1_000,
};
