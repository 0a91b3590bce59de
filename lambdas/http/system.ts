import type { RouteName } from '../contract/routes.ts';
import type { Health } from '../core/health/judge.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import { json, ok } from '../runtime/http-response.ts';
import { apiHealth, type HealthDeps, storageHealth } from './health.ts';

export interface SystemRouteDeps {
  readonly health: HealthDeps;
  readonly openapi: () => unknown;
}

/** What answers without a sign-in: health, and the API's own description. */
export function systemRoutes(deps: SystemRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const ofApi = apiHealth(deps.health);
  const ofStorage = storageHealth(deps.health);
  return {
    health: async () => healthAnswer(await ofApi()),
    storageHealth: async () => healthAnswer(await ofStorage()),
    openapi: async () => ok(deps.openapi()),
  };
}

const healthAnswer = (health: Health) => json(health.status === 'critical' ? 503 : 200, health);
