import { errors } from '../errors.ts';
import type { DownloadSigner } from '../ports.ts';
import { type Origin, publicActor } from '../tenancy/actor.ts';
import { barred } from '../tenancy/caller.ts';
import { requireRegion } from '../tenancy/geo.ts';
import { type EffectivePolicy, type PolicyDefaults, type Tenant, tenantPolicy } from '../tenancy/policy.ts';
import { type Download, signUrl } from './download.ts';
import type { FileRecord } from './file.ts';
import { availableStatuses } from './status.ts';

/** What is known of an id that somebody without a sign-in asks for. */
export interface PublicCandidate {
  readonly file?: FileRecord;
  readonly tenant?: Tenant;
}

export interface PublicFiles {
  /** By the same reads whether there is such a file or not, all strongly consistent. */
  candidate(fileId: string): Promise<PublicCandidate>;
}

export interface PublicDownloadDeps {
  readonly files: PublicFiles;
  readonly signer: DownloadSigner;
  readonly urlSeconds: { readonly default: number };
  readonly defaults: PolicyDefaults;
}

/** Public, with bytes to show, and of a tenant that is in business. */
const isServedPublicly = ({ file, tenant }: PublicCandidate): boolean =>
  file !== undefined &&
  tenant?.status === 'active' &&
  tenant.tenantId === file.tenantId &&
  file.isPublic &&
  availableStatuses.includes(file.status);

/**
 * A signed URL of a public file, for anybody. Decided anew at every call, so that making a file private ends new URLs
 * at once.
 * @throws not_found (missing, private, not available, in the trash, of a suspended tenant: all alike), region_blocked
 */
export async function publicDownloadUrl(
  deps: PublicDownloadDeps,
  origin: Origin,
  fileId: string,
  request: { readonly expirationSeconds?: number },
): Promise<Download & Pick<EffectivePolicy, 'auditLevel'>> {
  const candidate = await deps.files.candidate(fileId);
  const { file, tenant } = candidate;
  if (!file || !tenant || !isServedPublicly(candidate)) throw errors.notFound('file');
  const { geoRestrictions, auditLevel } = tenantPolicy(tenant, deps.defaults);
  try {
    requireRegion(geoRestrictions, origin.country);
  } catch (refusal) {
    throw barred(refusal, { tenantId: tenant.tenantId, actor: publicActor(origin), auditLevel });
  }
  const answer = await signUrl(deps, file, file, { ...request, disposition: 'inline' });
  return { answer, file, auditLevel };
}
