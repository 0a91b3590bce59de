import { metricsReport, type ReportDeps } from '../../core/metrics/report.ts';
import { metricsScope } from '../../core/metrics/scope.ts';
import type { authenticated } from '../../runtime/authenticated.ts';
import { ok } from '../../runtime/http-response.ts';
import { metricsQuery } from '../schemas/metrics.ts';

export interface MetricsRouteDeps {
  readonly reporting: ReportDeps & { readonly tenants: Parameters<typeof metricsScope>[0] };
}

export const metricsRoutes = (route: ReturnType<typeof authenticated>, { reporting }: MetricsRouteDeps) => ({
  getMetrics: route('other', async (request, caller) => {
    const { window, tenant } = request.query(metricsQuery);
    const tenantId = await metricsScope(reporting.tenants, caller, tenant);
    return ok(await metricsReport(reporting, window, tenantId));
  }),
});
