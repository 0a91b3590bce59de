import { createAccessLog } from '../adapters/dynamodb/access-log.ts';
import type { Db } from '../adapters/dynamodb/client.ts';
import { createDirectory } from '../adapters/dynamodb/directory.ts';
import { createRateLimiter } from '../adapters/dynamodb/rate-limiter.ts';
import { envNames } from '../contract/env.ts';
import type { Limits } from '../contract/limits.ts';
import type { AuthDeps } from '../runtime/authenticated.ts';
import { clock } from '../runtime/clock.ts';

/** What every function reads of its environment whose routes need a sign-in. */
export const authEnv = [
  envNames.stage,
  envNames.limits,
  envNames.table,
  envNames.tenantClaim,
  envNames.machineClaim,
  envNames.edgeSecret,
] as const;

interface AuthEnv {
  readonly SLUICE_LIMITS: Limits;
  readonly TENANT_CLAIM: string;
  readonly MACHINE_CLAIM: string;
  readonly EDGE_SECRET?: string | undefined;
}

/** Who calls, how often, and what the audit keeps of it: alike in every function. */
export const wireAuth = (db: Db, env: AuthEnv): AuthDeps => ({
  directory: createDirectory(db),
  rates: createRateLimiter(db),
  limits: env.SLUICE_LIMITS,
  tenantClaim: env.TENANT_CLAIM,
  machineClaim: env.MACHINE_CLAIM,
  edgeSecret: env.EDGE_SECRET,
  now: clock.now,
  audit: { ...clock, ...createAccessLog(db, env.SLUICE_LIMITS) },
});
