import * as z from 'zod';

export const healthView = z.object({
  status: z.enum(['healthy', 'degraded', 'critical']),
  issues: z.array(z.string()),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), ms: z.int() })),
  numbers: z
    .object({
      successRate: z.number().describe('From 0 to 1'),
      averageUploadSeconds: z.number().optional(),
    })
    .optional()
    .describe('Of the last hour; absent where too few uploads ended to say anything'),
});

export const openApiView = z.looseObject({ openapi: z.string() });
