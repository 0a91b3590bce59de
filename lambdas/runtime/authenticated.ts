import { routes } from '../contract/routes.ts';
import { fullScope, scopeNames, scopeOf } from '../contract/scopes.ts';
import { errors } from '../core/errors.ts';
import type { RateLimiter } from '../core/ports.ts';
import {
  admitCaller,
  admitMachine,
  Barred,
  type Caller,
  type Directory,
  type MachineDirectory,
} from '../core/tenancy/caller.ts';
import type { PolicyDefaults } from '../core/tenancy/policy.ts';
import { type AboutFile, type AccessAudit, audited, recordBarred } from './audited.ts';
import type { RouteHandler } from './http-function.ts';
import type { HttpEvent, HttpRequest } from './http-request.ts';
import type { HttpResponse } from './http-response.ts';
import { originOf } from './origin.ts';

export interface AuthDeps {
  readonly directory: Directory & MachineDirectory;
  readonly rates: RateLimiter;
  readonly limits: PolicyDefaults & {
    readonly rates: { readonly heartbeatCallsPerMinute: number; readonly otherCallsPerMinute: number };
  };
  /** The claim that names a person's tenant, and the one that names a machine's client in a token without tenant. */
  readonly tenantClaim: string;
  readonly machineClaim: string;
  /** What the edge sends along; absent: there is none, and nothing that it would tell is believed. */
  readonly edgeSecret?: string | undefined;
  readonly now: () => string;
  readonly audit: AccessAudit;
}

/** Which of a user's windows a call counts in; initiations are counted by the use case, since replays are free. */
export type RateClass = 'heartbeat' | 'other' | 'initiation';

/** Wraps a route whose caller must be known: token claims, then the table's word on tenant and user, then the rate. */
export const authenticated =
  (deps: AuthDeps) =>
  (
    rateClass: RateClass,
    handler: (request: HttpRequest, caller: Caller) => Promise<HttpResponse | AboutFile>,
  ): RouteHandler =>
  async (request) => {
    const caller = await admit(deps, request).catch((refusal) => turnAway(deps, request, refusal));
    await countCall(deps, caller, rateClass);
    return audited(deps.audit, request, caller, () => handler(request, caller));
  };

/** Recorded as often as a caller who is let in may call, so that nobody fills the audit by being refused. */
async function turnAway(deps: AuthDeps, request: HttpRequest, refusal: unknown): Promise<never> {
  if (refusal instanceof Barred) {
    const scope = `barred#${refusal.tenantId}#${refusal.actor.userId}`;
    await deps.rates.take(scope, 'requests', deps.limits.rates.otherCallsPerMinute, deps.now());
    await recordBarred(deps.audit, request, refusal);
  }
  throw refusal;
}

async function countCall(deps: AuthDeps, caller: Caller, rateClass: RateClass): Promise<void> {
  if (rateClass === 'initiation') return;
  const { heartbeatCallsPerMinute, otherCallsPerMinute } = deps.limits.rates;
  const scope = `${rateClass}#${caller.tenantId}#${caller.userId}`;
  if (rateClass === 'heartbeat')
    await deps.rates.take(scope, 'heartbeats', heartbeatCallsPerMinute, deps.now());
  else await deps.rates.take(scope, 'requests', otherCallsPerMinute, deps.now());
}

/** Whom a machine acts for: the id of a user of its tenant. */
const onBehalfOfHeader = 'on-behalf-of';

/** A token that names a tenant is a person's; one that names none is a machine's, whose tenant the table knows. */
async function admit(deps: AuthDeps, request: HttpRequest): Promise<Caller> {
  const { directory, limits } = deps;
  const origin = originOf(request, deps.edgeSecret);
  const onBehalfOf = request.header(onBehalfOfHeader);
  const claims = accessClaims(request.event);
  const tenantId = textOf(claims[deps.tenantClaim]);
  const userId = textOf(claims.sub);
  if (tenantId && userId) {
    if (onBehalfOf !== undefined) {
      throw errors.forbidden(
        'On-Behalf-Of is for machine clients. Leave it out: you are who you signed in as.',
      );
    }
    return admitCaller(directory, limits, { tenantId, userId }, origin);
  }
  const clientId = tenantId ? undefined : textOf(claims[deps.machineClaim]);
  if (!clientId) throw errors.unauthenticated('The token names no tenant. Sign in again.');
  const machine = { clientId, scopes: scopesOf(claims), onBehalfOf };
  return admitMachine(directory, limits, machine, scopeOf(routes[request.route]), origin);
}

/** @throws unauthenticated */
function accessClaims(event: HttpEvent): Record<string, unknown> {
  const claims = event.requestContext.authorizer?.jwt?.claims ?? {};
  // An id token of the same pool passes the authorizer too; it is not meant for an API.
  if (claims.token_use !== undefined && claims.token_use !== 'access') {
    throw errors.unauthenticated('Send the access token, not the id token.');
  }
  return claims;
}

const textOf = (claim: unknown): string | undefined =>
  typeof claim === 'string' && claim !== '' ? claim : undefined;

function scopesOf({ scope }: Record<string, unknown>): readonly string[] {
  const granted = textOf(scope)?.split(' ') ?? [];
  return scopeNames.filter((name) => granted.includes(fullScope(name)));
}
