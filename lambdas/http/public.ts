import type { RouteName } from '../contract/routes.ts';
import { type PublicDownloadDeps, publicDownloadUrl } from '../core/files/public.ts';
import type { RateLimiter } from '../core/ports.ts';
import { publicActor } from '../core/tenancy/actor.ts';
import { Barred } from '../core/tenancy/caller.ts';
import { type AccessAudit, recordAccess, recordBarred } from '../runtime/audited.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import { ok } from '../runtime/http-response.ts';
import { networkOf, originOf } from '../runtime/origin.ts';
import { idPath } from './schemas/fields.ts';
import type { PublicSchemas } from './schemas/public.ts';

export interface PublicRouteDeps {
  readonly downloads: PublicDownloadDeps;
  readonly rates: RateLimiter;
  readonly bounds: {
    readonly publicCallsPerAddressAndMinute: number;
    readonly publicCallsPerSecond: number;
  };
  readonly edgeSecret?: string | undefined;
  readonly schemas: PublicSchemas;
  readonly now: () => string;
  readonly audit: AccessAudit;
}

const oneSecond = 1;

/** What anybody may ask, without a sign-in: URLs of public files, within stricter bounds. */
export function publicRoutes(deps: PublicRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const { rates, bounds, now } = deps;
  return {
    publicFileUrl: async (request) => {
      const origin = originOf(request, deps.edgeSecret);
      // The address first: what one address asks too much of does not use up the second of all others.
      await rates.take(
        `public-address#${networkOf(origin.address)}`,
        'requests',
        bounds.publicCallsPerAddressAndMinute,
        now(),
      );
      await rates.take('public', 'public requests at once', bounds.publicCallsPerSecond, now(), oneSecond);
      const { id } = request.path(idPath);
      const { answer, file, auditLevel } = await publicDownloadUrl(
        deps.downloads,
        origin,
        id,
        request.query(deps.schemas.fileUrl),
      ).catch(async (refusal) => {
        if (refusal instanceof Barred) await recordBarred(deps.audit, request, refusal);
        throw refusal;
      });
      const anybody = { tenantId: file.tenantId, actor: publicActor(origin), level: auditLevel };
      await recordAccess(deps.audit, request, anybody, { kind: 'download', file });
      return ok(answer);
    },
  };
}
