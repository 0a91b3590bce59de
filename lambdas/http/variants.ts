import type { RouteName } from '../contract/routes.ts';
import type { FileRecord } from '../core/files/file.ts';
import {
  checkImageLink,
  type ImageLinkDeps,
  imageLinks,
  linkedFile,
  type OpenLinkDeps,
} from '../core/images/image-link.ts';
import type { VariantRequest } from '../core/images/variant-plan.ts';
import { type VariantDeps, variantUrl } from '../core/images/variants.ts';
import type { FileStore } from '../core/ports.ts';
import { requireAccess } from '../core/tenancy/access.ts';
import { publicActor } from '../core/tenancy/actor.ts';
import { Barred } from '../core/tenancy/caller.ts';
import { about, recordAccess, recordBarred } from '../runtime/audited.ts';
import { type AuthDeps, authenticated } from '../runtime/authenticated.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import type { HttpRequest } from '../runtime/http-request.ts';
import { found, type HttpResponse, ok } from '../runtime/http-response.ts';
import { admitLink, type LinkRates } from './admit-link.ts';
import { idPath } from './schemas/fields.ts';
import type { VariantSchemas } from './schemas/variants.ts';

export interface VariantRouteDeps extends LinkRates {
  readonly auth: AuthDeps;
  readonly store: Pick<FileStore, 'file' | 'share'>;
  readonly variants: VariantDeps;
  readonly linking: ImageLinkDeps;
  readonly opening: OpenLinkDeps;
  readonly schemas: VariantSchemas;
}

/** Before a URL's end: a kept redirect must lead somewhere. */
const marginSeconds = 60;

/** Pictures of files: redirects to what was made once, for callers and for whoever has a link. */
export function variantRoutes(deps: VariantRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const route = authenticated(deps.auth);
  const { schemas } = deps;
  const { now } = deps.auth;
  const access = { store: deps.store, now };
  const id = (request: HttpRequest): string => request.path(idPath).id;

  /** `endsAt`: of the permission by which somebody asks, in seconds since 1970. */
  const redirect = async (
    request: HttpRequest,
    file: FileRecord,
    asked: VariantRequest,
    vary: string,
    endsAt = Number.POSITIVE_INFINITY,
  ): Promise<HttpResponse> => {
    const { url, expiresAt } = await variantUrl(deps.variants, file, asked, request.header('accept'));
    const ends = Math.min(Date.parse(expiresAt) / 1000, endsAt);
    const maxAge = Math.floor(ends - Date.parse(now()) / 1000) - marginSeconds;
    return found(url, Math.max(0, maxAge), vary);
  };

  return {
    fileImage: route('other', async (request, caller) => {
      const asked = request.query(schemas.image);
      const file = await requireAccess(access, caller, id(request), 'read');
      // Another caller of the same browser may not see it.
      return about(file, await redirect(request, file, asked, 'Accept, Authorization'));
    }),
    imageLinks: route('other', async (request, caller) => {
      const asked = request.query(schemas.links);
      const file = await requireAccess(access, caller, id(request), 'read');
      return about(file, ok(await imageLinks(deps.linking, file, asked)));
    }),
    linkedImage: async (request) => {
      const { tenant: tenantId, expires, signature, ...asked } = request.query(schemas.linked);
      const ref = { tenantId, fileId: id(request) };
      const address = await admitLink(deps, request, 'pictures', () =>
        checkImageLink(deps.opening, ref, asked, { expires, signature }),
      );
      const { file, auditLevel } = await linkedFile(deps.opening, ref, address).catch(async (refusal) => {
        if (refusal instanceof Barred) await recordBarred(deps.auth.audit, request, refusal);
        throw refusal;
      });
      const response = await redirect(request, file, asked, 'Accept', expires);
      const anybody = { tenantId, actor: publicActor(address), level: auditLevel };
      await recordAccess(deps.auth.audit, request, anybody, { kind: 'read', file });
      return response;
    },
  };
}
