import { type SearchDeps, search } from '../core/search/search.ts';
import { type AuthDeps, authenticated } from '../runtime/authenticated.ts';
import { ok } from '../runtime/http-response.ts';
import type { SearchSchemas } from './schemas/search.ts';

export interface SearchRouteDeps {
  readonly auth: AuthDeps;
  readonly searching: SearchDeps;
  readonly schemas: SearchSchemas;
}

export function searchRoutes({ auth, searching, schemas }: SearchRouteDeps) {
  const route = authenticated(auth);
  return {
    searchFiles: route('other', async (request, caller) =>
      ok(await search(searching, caller, request.query(schemas.searchFiles))),
    ),
  };
}
