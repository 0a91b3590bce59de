import * as z from 'zod';
import { actorSchema, eventTypes } from '../../contract/events.ts';
import type { Limits } from '../../contract/limits.ts';
import { operations, outcomes } from '../../core/audit/operations.ts';
import { id, moment, pageQuery } from './fields.ts';

const risk = z
  .string()
  .regex(/^(0(\.\d{1,2})?|1(\.0{1,2})?)$/, 'must be from 0 to 1, with at most two decimals')
  .meta({ type: 'number', minimum: 0, maximum: 1, pattern: undefined })
  .transform(Number);

export const auditSchemas = (limits: Limits) => ({
  searchAudit: pageQuery(limits).extend({
    tenant: id.describe('For root; the own tenant otherwise').optional(),
    from: moment.describe('7 days before "to" unless given').optional(),
    to: moment.describe('Now unless given').optional(),
    userId: id.optional(),
    fileId: id.optional(),
    type: z.enum(eventTypes).optional(),
    operation: z.enum(operations).optional(),
    outcome: z.enum(outcomes).optional(),
    minRisk: risk.optional(),
  }),
});

export type AuditSchemas = ReturnType<typeof auditSchemas>;

export const auditRecordView = z.object({
  recordId: z.string(),
  at: z.string().describe('When it happened'),
  recordedAt: z.string().describe('When the record was made'),
  tenantId: z.string(),
  actor: actorSchema,
  type: z.enum(eventTypes),
  operation: z.enum(operations),
  outcome: z.enum(outcomes),
  fileId: z.string().optional(),
  ownerId: z.string().optional(),
  risk: z.number().describe('From 0 to 1'),
  factors: z.array(z.string()).describe('What raised the risk beside the operation'),
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  seq: z.int().optional().describe('Its number in the hash chain; absent until it is sealed'),
});

export const auditPageView = z.object({
  records: z.array(auditRecordView),
  nextCursor: z.string().optional(),
});
