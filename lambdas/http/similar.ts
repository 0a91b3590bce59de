import type { RouteName } from '../contract/routes.ts';
import { type SimilarDeps, similarFiles } from '../core/files/similar.ts';
import { about } from '../runtime/audited.ts';
import { type AuthDeps, authenticated } from '../runtime/authenticated.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import { ok } from '../runtime/http-response.ts';
import { idPath } from './schemas/fields.ts';
import { similarQuery } from './schemas/similar.ts';

export interface SimilarRouteDeps {
  readonly auth: AuthDeps;
  readonly similar: SimilarDeps;
}

export function similarRoutes({ auth, similar }: SimilarRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const route = authenticated(auth);
  return {
    similarFiles: route('other', async (request, caller) => {
      const { id } = request.path(idPath);
      const { file, answer } = await similarFiles(similar, caller, id, request.query(similarQuery));
      return about(file, ok(answer));
    }),
  };
}
