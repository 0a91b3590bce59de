import * as z from 'zod';

/**
 * What the EventBridge bus carries (DESIGN 7). An event is also an item of the table, written in the transaction
 * of the change it tells. Consumers drop repeats by `eventId`.
 */
export const eventSource = 'sluice';
export const eventSchemaVersion = 1;

/** What happens to a file, in its timeline and on the bus. */
export const fileEventTypes = [
  'file.initiated',
  'file.uploaded',
  'file.held',
  'file.stored',
  'file.rejected',
  /** A content that was stored is gone: a later scan found malware in it. */
  'file.withdrawn',
  'file.processing',
  'file.ready',
  'file.failed',
  'file.expired',
  'file.aborted',
  'file.deleted',
  'file.restored',
  'file.purged',
  'file.shared',
  'file.moved',
  /** Tags, metadata, sensitivity, visibility, legal hold. */
  'file.changed',
] as const;

/** What happens in a tenant, to no single file. */
export const tenantEventTypes = [
  'quota.low',
  'security.alert',
  'tenant.created',
  'tenant.changed',
  'tenant.erased',
  'user.created',
  'user.changed',
  'user.removed',
  'client.created',
  'client.removed',
  'folder.created',
  'folder.moved',
  'folder.deleted',
  'uploads.cleared',
  'queue.redriven',
  'counters.repaired',
] as const;

/** Who looked at what, for the audit; how much of it is kept is the tenant's auditLevel. */
export const accessEventTypes = ['access.download', 'access.read', 'access.refused'] as const;

export const eventTypes = [...fileEventTypes, ...tenantEventTypes, ...accessEventTypes] as const;
export type EventType = (typeof eventTypes)[number];

/** What the numbers are made of: what moves a count, a counter or a slot. */
export const talliedEventTypes = [
  'file.initiated',
  'file.uploaded',
  'file.stored',
  'file.rejected',
  'file.withdrawn',
  'file.ready',
  'file.failed',
  'file.expired',
  'file.aborted',
  'file.purged',
  'security.alert',
  'counters.repaired',
  'tenant.erased',
] as const satisfies readonly EventType[];

/** What changes how, or whether, a file is found by a search: all that happens to it once it is stored. */
export const indexedEventTypes = [
  'file.stored',
  'file.ready',
  'file.failed',
  'file.withdrawn',
  'file.deleted',
  'file.restored',
  'file.purged',
  'file.moved',
  'file.changed',
  'tenant.erased',
] as const satisfies readonly EventType[];

/** Who caused an event and from where. `system`: a worker or a schedule, nobody asked at that moment. */
export const actorSchema = z.object({
  kind: z.enum(['user', 'machine', 'public', 'system']),
  userId: z.string().optional(),
  role: z.enum(['user', 'admin', 'root']).optional(),
  /** The machine client that acted for `userId`. */
  clientId: z.string().optional(),
  address: z.string().optional(),
  /** ISO 3166 alpha-2, believed only from the edge. */
  country: z.string().optional(),
  requestId: z.string().optional(),
});

export const eventSchema = z.object({
  schemaVersion: z.literal(eventSchemaVersion),
  eventId: z.string(),
  type: z.enum(eventTypes),
  at: z.iso.datetime(),
  tenantId: z.string(),
  /** Both absent where the event concerns no single file. */
  fileId: z.string().optional(),
  ownerId: z.string().optional(),
  actor: actorSchema,
  /** Facts of the change: size in bytes, reason, seconds taken. Never names, tags or other user text. */
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

/** An event as EventBridge puts it into a queue. */
export const deliveredEvent = z.object({ region: z.string(), detail: eventSchema });
