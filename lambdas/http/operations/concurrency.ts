import { type ClearSlotsDeps, clearSlots } from '../../core/operations/clear-slots.ts';
import {
  type ConcurrencyDeps,
  concurrencyHealth,
  concurrencyStats,
} from '../../core/operations/concurrency.ts';
import { requirePermission } from '../../core/tenancy/roles.ts';
import type { authenticated } from '../../runtime/authenticated.ts';
import { ok } from '../../runtime/http-response.ts';
import { userIdPath } from '../schemas/fields.ts';

export interface ConcurrencyRouteDeps {
  readonly concurrency: ConcurrencyDeps;
  readonly clearing: ClearSlotsDeps;
}

export const concurrencyRoutes = (
  route: ReturnType<typeof authenticated>,
  { concurrency, clearing }: ConcurrencyRouteDeps,
) => ({
  concurrencyStats: route('other', async (_request, caller) => {
    requirePermission(caller, 'concurrency.read');
    return ok(await concurrencyStats(concurrency, caller));
  }),
  clearUserSlots: route('other', async (request, caller) => {
    requirePermission(caller, 'concurrency.clear');
    return ok(await clearSlots(clearing, caller, request.path(userIdPath).userId));
  }),
  concurrencyHealth: route('other', async (_request, caller) => {
    requirePermission(caller, 'concurrency.read');
    return ok(await concurrencyHealth(concurrency, caller));
  }),
});
