import type { RouteName } from '../contract/routes.ts';
import { type ReconcileDeps, reconcileTenant } from '../core/quota/start-reconciliation.ts';
import { type RebuildDeps, rebuildSearch } from '../core/search/rebuild.ts';
import { type ClientDeps, createClient, listClients, removeClient } from '../core/tenancy/admin/clients.ts';
import { type EraseDeps, eraseTenant } from '../core/tenancy/admin/erase.ts';
import {
  changeTenant,
  createTenant,
  getTenant,
  listTenants,
  type TenantDeps,
} from '../core/tenancy/admin/tenants.ts';
import { changeUser, createUser, listUsers, removeUser, type UserDeps } from '../core/tenancy/admin/users.ts';
import { type AuthDeps, authenticated } from '../runtime/authenticated.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import type { HttpRequest } from '../runtime/http-request.ts';
import { accepted, created, noContent, ok } from '../runtime/http-response.ts';
import { clientPath, type TenantSchemas, tenantPath, userPath } from './schemas/tenants.ts';

export interface TenantRouteDeps {
  readonly auth: AuthDeps;
  readonly admin: TenantDeps & UserDeps & ClientDeps & EraseDeps & ReconcileDeps & RebuildDeps;
  readonly schemas: TenantSchemas;
}

/** The routes of API.md, "tenancy". Each parses, calls one use case and maps the answer. */
export function tenantRoutes({
  auth,
  admin,
  schemas,
}: TenantRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const route = authenticated(auth);
  const t = (request: HttpRequest): string => request.path(tenantPath).t;
  return {
    listTenants: route('other', async (request, caller) =>
      ok(await listTenants(admin, caller, request.query(schemas.page))),
    ),
    createTenant: route('other', async (request, caller) =>
      created(await createTenant(admin, caller, request.body(schemas.createTenant))),
    ),
    getTenant: route('other', async (request, caller) => ok(await getTenant(admin, caller, t(request)))),
    changeTenant: route('other', async (request, caller) =>
      ok(await changeTenant(admin, caller, t(request), request.body(schemas.changeTenant))),
    ),
    eraseTenant: route('other', async (request, caller) =>
      accepted(await eraseTenant(admin, caller, t(request))),
    ),
    reconcileTenant: route('other', async (request, caller) =>
      accepted(await reconcileTenant(admin, caller, t(request))),
    ),
    rebuildSearch: route('other', async (request, caller) =>
      accepted(await rebuildSearch(admin, caller, t(request))),
    ),
    listUsers: route('other', async (request, caller) =>
      ok(await listUsers(admin, caller, t(request), request.query(schemas.page))),
    ),
    createUser: route('other', async (request, caller) =>
      created(await createUser(admin, caller, t(request), request.body(schemas.createUser))),
    ),
    changeUser: route('other', async (request, caller) => {
      const { t: tenantId, u } = request.path(userPath);
      return ok(await changeUser(admin, caller, tenantId, u, request.body(schemas.changeUser)));
    }),
    removeUser: route('other', async (request, caller) => {
      const { t: tenantId, u } = request.path(userPath);
      await removeUser(admin, caller, tenantId, u);
      return noContent();
    }),
    listClients: route('other', async (request, caller) =>
      ok(await listClients(admin, caller, t(request), request.query(schemas.page))),
    ),
    createClient: route('other', async (request, caller) =>
      created(await createClient(admin, caller, t(request), request.body(schemas.createClient))),
    ),
    removeClient: route('other', async (request, caller) => {
      const { t: tenantId, clientId } = request.path(clientPath);
      await removeClient(admin, caller, tenantId, clientId);
      return noContent();
    }),
  };
}
