import * as z from 'zod';
import { queueSizeView } from './metrics.ts';

export const queuePath = z.object({ q: z.string().min(1) });

export const queuesView = z.object({
  queues: z.array(
    queueSizeView.omit({ deadLetters: true }).extend({
      dlq: z.object({
        visible: z.int(),
        oldestSeconds: z.int().optional().describe('Age of the oldest message of `failed`'),
      }),
      failed: z
        .array(
          z.object({
            messageId: z.string(),
            receives: z.int(),
            at: z.string(),
            tenantId: z.string().optional(),
            fileId: z.string().optional(),
            reason: z.enum(['malformed']).optional(),
          }),
        )
        .describe('Up to 10 dead letters'),
    }),
  ),
});

export const redrivenView = z.object({
  moved: z.int().describe('Messages sent back, at most 1,000 a call'),
});
