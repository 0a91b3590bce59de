import type { RouteName } from '../contract/routes.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import { json, ok } from '../runtime/http-response.ts';

export interface HealthCheck {
  readonly name: string;
  /** Resolves when the dependency answers. */
  readonly probe: () => Promise<void>;
}

export interface SystemRouteDeps {
  readonly checks: readonly HealthCheck[];
  /** A dependency that has not answered by then counts as down. */
  readonly deadlineMs: number;
  readonly openapi: () => unknown;
}

interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
}

/** What answers without a sign-in: health, and the API's own description. */
export function systemRoutes(deps: SystemRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  return {
    health: async () => {
      const checks = await Promise.all(deps.checks.map((check) => run(check, deps.deadlineMs)));
      const issues = checks.filter((check) => !check.ok).map((check) => `${check.name} does not answer`);
      const status = issues.length > 0 ? 'critical' : 'healthy';
      return json(status === 'critical' ? 503 : 200, { status, issues, checks });
    },
    openapi: async () => ok(deps.openapi()),
  };
}

async function run({ name, probe }: HealthCheck, deadlineMs: number): Promise<CheckResult> {
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('deadline')), deadlineMs);
  });
  const answered = await Promise.race([probe(), deadline]).then(
    () => true,
    () => false,
  );
  clearTimeout(timer);
  return { name, ok: answered, ms: Math.round(performance.now() - startedAt) };
}
