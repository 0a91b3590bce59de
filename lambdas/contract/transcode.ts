import * as z from 'zod';

/** What every step of the transcode workflow gets: what it works on. Everything else is in the transcode's own item. */
export const transcodeJob = z.object({
  tenantId: z.string(),
  fileId: z.string(),
  /** Of the file's content. */
  version: z.number().int(),
  /** From 1: each attempt is an execution of its own. */
  attempt: z.number().int(),
});

export type TranscodeJob = z.infer<typeof transcodeJob>;

/** Executions are named by what they do, so that none is started twice. */
export const executionName = ({ fileId, version, attempt }: Omit<TranscodeJob, 'tenantId'>): string =>
  `${fileId}-v${version}-${attempt}`;

/**
 * What a step answers with, and what the workflow branches on. Only the unexpected throws. `gone`: the file was deleted, or
 * has another content by now.
 */
export const stepOutcomes = {
  probe: ['probed', 'refused', 'gone'],
  admit: ['admitted', 'wait', 'refused', 'gone'],
  encode: ['encoded', 'wait', 'refused', 'gone'],
  verify: ['verified', 'refused', 'gone'],
  settle: ['ready', 'failed', 'gone'],
} as const;

export type StepName = keyof typeof stepOutcomes;

export const encoders = ['ffmpeg', 'mediaconvert'] as const;

export type EncoderName = (typeof encoders)[number];
