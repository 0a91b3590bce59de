import * as z from 'zod';

/**
 * What the EventBridge bus carries (DESIGN 7). An event is also an item of the table, written in the transaction
 * of the change it tells. Consumers drop repeats by `eventId`.
 */
export const eventSource = 'sluice';
export const eventSchemaVersion = 1;

export const fileEventTypes = [
  'file.initiated',
  'file.uploaded',
  'file.held',
  'file.stored',
  'file.rejected',
  'file.processing',
  'file.ready',
  'file.failed',
  'file.expired',
  'file.aborted',
  'file.purged',
] as const;

export const fileEventSchema = z.object({
  schemaVersion: z.literal(eventSchemaVersion),
  eventId: z.string(),
  type: z.enum(fileEventTypes),
  at: z.iso.datetime(),
  tenantId: z.string(),
  fileId: z.string(),
  ownerId: z.string(),
  /** Facts of the change: size in bytes, reason, seconds taken. Never names, tags or other user text. */
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
