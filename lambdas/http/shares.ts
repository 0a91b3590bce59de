import type { RouteName } from '../contract/routes.ts';
import { endShare, listShares, type SharingDeps, shareFile } from '../core/files/shares.ts';
import { about } from '../runtime/audited.ts';
import { type AuthDeps, authenticated } from '../runtime/authenticated.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import { noContent, ok } from '../runtime/http-response.ts';
import { idPath } from './schemas/fields.ts';
import { shareBody, sharePath } from './schemas/shares.ts';

export interface ShareRouteDeps {
  readonly auth: AuthDeps;
  readonly sharing: SharingDeps;
}

/** Whom a file is shared with: the routes below /storage/files/{id}/shares. */
export function shareRoutes({ auth, sharing }: ShareRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const route = authenticated(auth);
  return {
    listShares: route('other', async (request, caller) => {
      const { file, answer } = await listShares(sharing, caller, request.path(idPath).id);
      return about(file, ok(answer));
    }),
    putShare: route('other', async (request, caller) => {
      const { id, userId } = request.path(sharePath);
      return ok(await shareFile(sharing, caller, id, userId, request.body(shareBody)));
    }),
    deleteShare: route('other', async (request, caller) => {
      const { id, userId } = request.path(sharePath);
      await endShare(sharing, caller, id, userId);
      return noContent();
    }),
  };
}
