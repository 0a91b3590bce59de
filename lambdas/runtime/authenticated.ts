import { errors } from '../core/errors.ts';
import type { RateLimiter } from '../core/ports.ts';
import { admitCaller, type Caller, type Directory } from '../core/tenancy/caller.ts';
import type { PolicyDefaults } from '../core/tenancy/policy.ts';
import type { RouteHandler } from './http-function.ts';
import type { HttpEvent, HttpRequest } from './http-request.ts';
import type { HttpResponse } from './http-response.ts';
import { originOf } from './origin.ts';

export interface AuthDeps {
  readonly directory: Directory;
  readonly rates: RateLimiter;
  readonly limits: PolicyDefaults & {
    readonly rates: { readonly heartbeatCallsPerMinute: number; readonly otherCallsPerMinute: number };
  };
  readonly tenantClaim: string;
  /** What the edge sends along; absent: there is none, and nothing that it would tell is believed. */
  readonly edgeSecret?: string | undefined;
  readonly now: () => string;
}

/** Which of a user's windows a call counts in; initiations are counted by the use case, since replays are free. */
export type RateClass = 'heartbeat' | 'other' | 'initiation';

/** Wraps a route whose caller must be known: token claims, then the table's word on tenant and user, then the rate. */
export const authenticated =
  (deps: AuthDeps) =>
  (
    rateClass: RateClass,
    handler: (request: HttpRequest, caller: Caller) => Promise<HttpResponse>,
  ): RouteHandler =>
  async (request) => {
    const caller = await admitCaller(
      deps.directory,
      deps.limits,
      identityOf(request.event, deps.tenantClaim),
      originOf(request, deps.edgeSecret),
    );
    await countCall(deps, caller, rateClass);
    return handler(request, caller);
  };

async function countCall(deps: AuthDeps, caller: Caller, rateClass: RateClass): Promise<void> {
  if (rateClass === 'initiation') return;
  const { heartbeatCallsPerMinute, otherCallsPerMinute } = deps.limits.rates;
  const scope = `${rateClass}#${caller.tenantId}#${caller.userId}`;
  if (rateClass === 'heartbeat')
    await deps.rates.take(scope, 'heartbeats', heartbeatCallsPerMinute, deps.now());
  else await deps.rates.take(scope, 'requests', otherCallsPerMinute, deps.now());
}

function identityOf(event: HttpEvent, tenantClaim: string): { tenantId: string; userId: string } {
  const claims = event.requestContext.authorizer?.jwt?.claims ?? {};
  // An id token of the same pool passes the authorizer too; it is not meant for an API.
  if (claims.token_use !== undefined && claims.token_use !== 'access') {
    throw errors.unauthenticated('Send the access token, not the id token.');
  }
  const { sub } = claims;
  const tenantId = claims[tenantClaim];
  if (typeof sub !== 'string' || typeof tenantId !== 'string' || tenantId === '') {
    throw errors.unauthenticated('The token names no tenant. Sign in again.');
  }
  return { tenantId, userId: sub };
}
