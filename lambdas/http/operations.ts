import type { RouteName } from '../contract/routes.ts';
import { type AuthDeps, authenticated } from '../runtime/authenticated.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import { type AuditRouteDeps, auditRoutes } from './operations/audit.ts';
import { type ConcurrencyRouteDeps, concurrencyRoutes } from './operations/concurrency.ts';
import { type MetricsRouteDeps, metricsRoutes } from './operations/metrics.ts';
import { type QueueRouteDeps, queueRoutes } from './operations/queues.ts';

export interface OperationRouteDeps
  extends ConcurrencyRouteDeps,
    AuditRouteDeps,
    MetricsRouteDeps,
    QueueRouteDeps {
  readonly auth: AuthDeps;
}

/** What an operator looks at and does: concurrency, audit, numbers, queues. One file for each in operations/. */
export function operationRoutes(deps: OperationRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const route = authenticated(deps.auth);
  return {
    ...concurrencyRoutes(route, deps),
    ...auditRoutes(route, deps, deps.auth.audit),
    ...metricsRoutes(route, deps),
    ...queueRoutes(route, deps),
  };
}
