import type { Limits } from '../../contract/limits.ts';
import { auditPageView, auditSchemas } from '../schemas/audit.ts';
import { metricsQuery, metricsView } from '../schemas/metrics.ts';
import { clearedSlotsView, concurrencyHealthView, concurrencyStatsView } from '../schemas/operations.ts';
import { queuesView, redrivenView } from '../schemas/queues.ts';
import { type OperationsOf, success } from './operation.ts';

export function operatorOperations(limits: Limits): Partial<OperationsOf<'operations'>> {
  return {
    searchAudit: {
      summary: 'Who did what, newest first (admin: the own tenant; root: any)',
      query: auditSchemas(limits).searchAudit,
      success: success(200, 'Records and how risky each looked', auditPageView),
      refusals: ['forbidden', 'not_found', 'cursor_invalid'],
    },
    concurrencyStats: {
      summary: "The tenant's open uploads, by user too (admin)",
      success: success(200, 'Slots in use', concurrencyStatsView),
      refusals: ['forbidden'],
    },
    clearUserSlots: {
      summary: 'End all open uploads of a user of the tenant, as aborts would (admin)',
      success: success(200, 'What was ended', clearedSlotsView),
      refusals: ['forbidden', 'not_found'],
    },
    concurrencyHealth: {
      summary: "Whether the tenant's slots belong to sessions, and the sweep's last run (admin)",
      success: success(200, 'Consistency of the slots', concurrencyHealthView),
      refusals: ['forbidden'],
    },
    getMetrics: {
      summary:
        'Numbers of the stage (root) or of a tenant (its admins): at least the window, from a full hour or day',
      query: metricsQuery,
      success: success(200, 'Numbers and a series for charts', metricsView),
      refusals: ['forbidden', 'not_found'],
    },
    listQueues: {
      summary: 'The queues and their dead letters (root)',
      success: success(200, 'Sizes, and a look at what failed', queuesView),
      refusals: ['forbidden'],
    },
    redriveQueue: {
      summary: 'Send the dead letters of a queue to it again, at most 1,000 a call (root)',
      success: success(200, 'How many were sent', redrivenView),
      refusals: ['forbidden', 'not_found'],
    },
  };
}
