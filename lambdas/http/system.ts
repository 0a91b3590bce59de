import type { RouteName } from '../contract/routes.ts';
import type { Health } from '../core/health/judge.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import { type HttpResponse, json, ok } from '../runtime/http-response.ts';
import { apiHealth, type HealthDeps, storageHealth } from './health.ts';

export interface SystemRouteDeps {
  readonly health: HealthDeps;
  readonly openapi: () => unknown;
  /** The present key first. */
  readonly publicKeys: () => Promise<readonly unknown[]>;
}

/**
 * A key is what it is for as long as it exists. This is how long a new one may stay unknown, and how often each reader
 * asks.
 */
const keysMaxAgeSeconds = 3_600;

/** What answers without a sign-in: health, the keys that check receipts, and the API's own description. */
export function systemRoutes(deps: SystemRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const ofApi = apiHealth(deps.health);
  const ofStorage = storageHealth(deps.health);
  return {
    health: async () => healthAnswer(await ofApi()),
    storageHealth: async () => healthAnswer(await ofStorage()),
    publicKeys: async () => cacheable(ok({ keys: await deps.publicKeys() })),
    openapi: async () => ok(deps.openapi()),
  };
}

const healthAnswer = (health: Health) => json(health.status === 'critical' ? 503 : 200, health);

const cacheable = (answer: HttpResponse): HttpResponse => ({
  ...answer,
  headers: { ...answer.headers, 'cache-control': `public, max-age=${keysMaxAgeSeconds}` },
});
