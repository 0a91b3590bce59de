import type { PasswordLogin } from '../adapters/cognito/password-login.ts';
import type { RouteName } from '../contract/routes.ts';
import type { RateLimiter } from '../core/ports.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import type { HttpRequest } from '../runtime/http-request.ts';
import { ok } from '../runtime/http-response.ts';
import { networkOf, originOf } from '../runtime/origin.ts';
import { loginBody, refreshBody } from './schemas/auth.ts';

export interface AuthRouteDeps {
  readonly login: PasswordLogin;
  readonly rates: RateLimiter;
  readonly bounds: { readonly loginsPerAddressAndMinute: number; readonly loginsPerEmailAndMinute: number };
  /** What the edge sends along; absent: there is none, and no forwarded address is believed. */
  readonly edgeSecret?: string;
  readonly now: () => string;
}

/** Sign-in for curl, scripts and the console: a thin front of Cognito, throttled by address and by email. */
export function authRoutes(deps: AuthRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const { rates, bounds, now } = deps;
  const throttleAddress = (request: HttpRequest): Promise<void> =>
    rates.take(
      `login-address#${networkOf(originOf(request, deps.edgeSecret).address)}`,
      'sign-ins',
      bounds.loginsPerAddressAndMinute,
      now(),
    );
  return {
    login: async (request) => {
      const { email, password } = request.body(loginBody);
      await throttleAddress(request);
      await rates.take(
        `login-email#${email.toLowerCase()}`,
        'sign-ins',
        bounds.loginsPerEmailAndMinute,
        now(),
      );
      return ok(await deps.login.login(email, password));
    },
    refresh: async (request) => {
      const { refreshToken } = request.body(refreshBody);
      await throttleAddress(request);
      return ok(await deps.login.refresh(refreshToken));
    },
  };
}
