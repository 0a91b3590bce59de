import type { RouteName } from '../contract/routes.ts';
import { errors } from '../core/errors.ts';
import { issueMachineToken, type MachineTokenDeps } from '../core/tenancy/machine-token.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import type { HttpRequest } from '../runtime/http-request.ts';
import { ok } from '../runtime/http-response.ts';
import { networkOf, originOf } from '../runtime/origin.ts';
import { tokenCredentials, tokenForm } from './schemas/token.ts';

export interface TokenRouteDeps {
  readonly tokens: MachineTokenDeps;
  readonly edgeSecret?: string | undefined;
}

/** Tokens for machine clients, in the words of RFC 6749, so that stock OAuth clients get them. */
export function tokenRoutes({
  tokens,
  edgeSecret,
}: TokenRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  return {
    token: async (request) => {
      const form = request.form(tokenForm);
      const credentials = basicCredentials(request) ?? {
        clientId: form.client_id,
        clientSecret: form.client_secret,
      };
      const { clientId, clientSecret } = tokenCredentials.safeParse(credentials).data ?? {};
      if (!clientId || !clientSecret) {
        throw errors.unauthenticated(
          'Send client_id and client_secret, as form fields or by Basic authentication.',
        );
      }
      const address = networkOf(originOf(request, edgeSecret).address);
      const token = await issueMachineToken(tokens, { clientId, clientSecret, scope: form.scope, address });
      return ok({
        access_token: token.accessToken,
        token_type: 'Bearer',
        expires_in: token.expiresIn,
        scope: token.scope,
      });
    },
  };
}

/** RFC 6749, 2.3.1: both are form-encoded before they are joined. */
function basicCredentials(request: HttpRequest): { clientId: string; clientSecret: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(request.header('authorization') ?? '')?.[1];
  if (!encoded) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  const [[clientId = ''] = [], [clientSecret = ''] = []] = [text.slice(0, colon), text.slice(colon + 1)].map(
    (part) => [...new URLSearchParams(`v=${part}`).values()],
  );
  return { clientId, clientSecret };
}
