import * as z from 'zod';

/** Answers of the routes for operators. */
export const concurrencyStatsView = z.object({
  activeUploads: z.int(),
  maxUploads: z.int(),
  utilization: z.number().describe('Of the slots, from 0 to 1'),
  peakToday: z.int(),
  byUser: z
    .array(z.object({ userId: z.string(), active: z.int(), max: z.int() }))
    .describe('Those with the most open uploads first, at most 100'),
  usersActive: z.int(),
});

export const clearedSlotsView = z.object({
  ended: z.int().describe('Uploads that this call ended'),
  left: z.int().describe('Uploads whose bytes are being put together: they become files'),
  complete: z.boolean().describe('false: there are more than one call ends, repeat it'),
});

export const concurrencyHealthView = z.object({
  consistent: z.boolean(),
  slots: z.object({ counted: z.int(), sessions: z.int() }),
  lastSweep: z
    .object({
      startedAt: z.string(),
      endedAt: z.string(),
      complete: z.boolean(),
      ageSeconds: z.int(),
      actions: z.record(z.string(), z.int()).optional().describe('For root: what was done over all tenants'),
    })
    .optional(),
  issues: z.array(z.string()),
});
