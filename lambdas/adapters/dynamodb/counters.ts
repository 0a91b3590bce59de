import type { CounterDelta } from '../../core/files/change.ts';
import type { Usage } from '../../core/tenancy/quota.ts';

export const counterNames = [
  'committedBytes',
  'committedFiles',
  'reservedBytes',
  'reservedFiles',
  'openUploads',
] as const satisfies readonly (keyof CounterDelta)[];

/**
 * ADD creates the item and each number on first use. `revision` counts the changes: whoever finds it unchanged knows
 * that nothing was counted meanwhile, also nothing that was taken back again.
 */
export const addCounters = (table: string, key: { pk: string; sk: string }, delta: CounterDelta) => ({
  TableName: table,
  Key: key,
  UpdateExpression: `ADD ${counterNames.map((name) => `${name} :${name}`).join(', ')}, revision :one`,
  ExpressionAttributeValues: {
    ...Object.fromEntries(counterNames.map((name) => [`:${name}`, delta[name]])),
    ':one': 1,
  } as Record<string, number>,
});

export const usageOf = (item: Record<string, unknown> | undefined): Usage =>
  Object.fromEntries(counterNames.map((name) => [name, Number(item?.[name] ?? 0)])) as unknown as Usage;
