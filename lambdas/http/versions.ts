import type { RouteName } from '../contract/routes.ts';
import { listVersions, type RestoreVersionDeps, restoreVersion } from '../core/files/versions.ts';
import { etagOf, fileView } from '../core/files/view.ts';
import type { VersionListing } from '../core/ports.ts';
import { about } from '../runtime/audited.ts';
import { type AuthDeps, authenticated } from '../runtime/authenticated.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import { ok } from '../runtime/http-response.ts';
import { idPath } from './schemas/fields.ts';
import { type VersionSchemas, versionPath } from './schemas/versions.ts';

export interface VersionRouteDeps {
  readonly auth: AuthDeps;
  readonly versions: RestoreVersionDeps & { readonly store: VersionListing };
  readonly schemas: VersionSchemas;
}

/** The contents that a file had: the routes below /storage/files/{id}/versions. */
export function versionRoutes(deps: VersionRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const route = authenticated(deps.auth);
  return {
    listVersions: route('other', async (request, caller) => {
      const page = request.query(deps.schemas.listVersions);
      const { file, answer } = await listVersions(deps.versions, caller, request.path(idPath).id, page);
      return about(file, ok(answer));
    }),
    restoreVersion: route('other', async (request, caller) => {
      const { id, v } = request.path(versionPath);
      const target = { fileId: id, ifMatch: request.header('if-match') };
      const file = await restoreVersion(deps.versions, caller, target, v);
      const answer = ok(fileView(file));
      return { ...answer, headers: { ...answer.headers, etag: etagOf(file) } };
    }),
  };
}
