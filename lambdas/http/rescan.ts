import type { RouteName } from '../contract/routes.ts';
import { type RequestRescanDeps, requestRescan } from '../core/intake/request-rescan.ts';
import { type AuthDeps, authenticated } from '../runtime/authenticated.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import { accepted } from '../runtime/http-response.ts';
import { idPath } from './schemas/fields.ts';

export interface RescanRouteDeps {
  readonly auth: AuthDeps;
  readonly rescans: RequestRescanDeps;
}

export function rescanRoutes({ auth, rescans }: RescanRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const route = authenticated(auth);
  return {
    rescanFile: route('other', async (request, caller) => {
      const target = { fileId: request.path(idPath).id, ifMatch: request.header('if-match') };
      const { fileId, status } = await requestRescan(rescans, caller, target);
      return accepted({ fileId, status });
    }),
  };
}
