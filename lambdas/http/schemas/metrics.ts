import * as z from 'zod';

export const metricsQuery = z.strictObject({
  window: z.enum(['1h', '24h', '30d']).default('24h'),
  tenant: z.string().min(1).max(128).optional().describe('For root: one tenant instead of the whole stage'),
});

const times = z
  .object({ average: z.number(), p95: z.number(), p99: z.number() })
  .nullable()
  .describe('Seconds; percentiles are within 9.1 % of the exact ones. null: there was nothing to measure');

const count = z.int();
const minutes = z.number();
const ranked = { uploads: count, bytes: count };

export const queueSizeView = z.object({
  name: z.string(),
  visible: count,
  inFlight: count,
  delayed: count,
  deadLetters: count,
});

export const metricsView = z.object({
  window: z.enum(['1h', '24h', '30d']),
  from: z.string().describe('The beginning of the first full hour or day that is counted'),
  to: z.string(),
  tenantId: z.string().optional().describe('Absent: the whole stage'),
  uploads: z.object({
    total: count.describe('Initiated'),
    successful: count,
    failed: count.describe('Stored, but could not be processed'),
    rejected: count,
    expired: count,
    aborted: count,
    active: count.describe('Open now'),
  }),
  successRate: z
    .number()
    .nullable()
    .describe('Of the uploads that ended without being aborted, from 0 to 1; null when none did'),
  uploadSeconds: times,
  processingSeconds: times,
  bytes: count.describe('Stored'),
  throughput: z.object({ bytesPerSecond: z.number(), uploadsPerHour: z.number() }),
  peakConcurrent: count,
  detections: count.describe('Malware found'),
  blocked: count.describe('Rejected for what the file contains'),
  alerts: count.describe('Security alerts'),
  transcodedMinutes: z
    .object({ '1080p': minutes, '720p': minutes, '480p': minutes, '360p': minutes, audio: minutes })
    .describe('Of output that videos and recordings became, by rung of the ladder'),
  storage: z.object({
    bytes: count,
    files: count,
    byTenant: z
      .array(z.object({ tenantId: z.string(), bytes: count, files: count }))
      .optional()
      .describe('For the whole stage: the 100 largest'),
  }),
  queues: z.array(queueSizeView).optional().describe('For the whole stage'),
  top: z.object({
    types: z.array(z.object({ type: z.string(), ...ranked })),
    regions: z.array(z.object({ region: z.string(), ...ranked })).optional(),
    tenants: z.array(z.object({ tenantId: z.string(), ...ranked })).optional(),
    complete: z.boolean().describe('false: there were more tenants or regions than one answer reads'),
  }),
  health: z.object({ score: z.int().describe('0 to 100'), reasons: z.array(z.string()) }),
  series: z
    .array(
      z.object({
        at: z.string(),
        uploads: count,
        successful: count,
        failed: count,
        rejected: count,
        bytes: count,
        peakConcurrent: count,
        uploadSeconds: z.number().nullable().describe('On average'),
      }),
    )
    .describe('A point for each hour, or each day of 30d, oldest first'),
});
