import { errors } from '../errors.ts';
import type { FileRecord, FileRef } from '../files/file.ts';
import { checkLink, type LinkDeps, type LinkProof, type LinkTarget, signLink } from '../files/signed-link.ts';
import { availableStatuses } from '../files/status.ts';
import { type Origin, publicActor } from '../tenancy/actor.ts';
import { barred } from '../tenancy/caller.ts';
import { requireRegion } from '../tenancy/geo.ts';
import { type EffectivePolicy, type PolicyDefaults, type Tenant, tenantPolicy } from '../tenancy/policy.ts';
import type { VariantRequest } from './variant-plan.ts';
import { type VariantDeps, variantOf } from './variants.ts';

export interface ImageLink {
  /** From the API's address on. */
  readonly url: string;
  readonly expiresAt: string;
  /** Pixels of the picture that it opens. */
  readonly width: number;
  readonly height: number;
}

export interface LinkRequest extends VariantRequest {
  readonly expirationSeconds?: number | undefined;
  /** Links of these widths as well, with `h` in proportion. */
  readonly widths?: readonly number[] | undefined;
}

export interface ImageLinks extends ImageLink {
  /** What a `srcset` is made of: by width, each once. */
  readonly sources?: readonly ImageLink[];
}

export interface ImageLinkDeps extends Pick<VariantDeps, 'bounds'> {
  readonly links: LinkDeps;
  readonly linkSeconds: { readonly default: number };
}

/**
 * Links to pictures of a file, for somebody who may read it. Nothing is made before one is opened.
 * @throws upload_state_conflict, type_not_allowed
 */
export async function imageLinks(
  deps: ImageLinkDeps,
  file: FileRecord,
  { expirationSeconds, widths, ...request }: LinkRequest,
): Promise<ImageLinks> {
  const seconds = expirationSeconds ?? deps.linkSeconds.default;
  const link = (asked: VariantRequest) => imageLink(deps, file, asked, seconds);
  const main = await link(request);
  if (!widths) return main;
  const sources = await Promise.all(widths.map((w) => link(ofWidth(request, w))));
  const byWidth = new Map(sources.map((source) => [source.width, source]));
  return { ...main, sources: [...byWidth.values()].sort((one, other) => one.width - other.width) };
}

const ofWidth = ({ w, h, ...rest }: VariantRequest, width: number): VariantRequest => ({
  ...rest,
  w: width,
  ...(w !== undefined && h !== undefined && { h: Math.max(1, Math.round((width * h) / w)) }),
});

async function imageLink(
  deps: ImageLinkDeps,
  file: FileRecord,
  request: VariantRequest,
  seconds: number,
): Promise<ImageLink> {
  const { width, height } = variantOf(deps, file, request).spec;
  const target = imageTarget(file, request);
  const { expires, signature } = await signLink(deps.links, target, seconds);
  const query = new URLSearchParams({
    tenant: file.tenantId,
    ...target.params,
    expires: String(expires),
    signature,
  });
  return {
    url: `/public/storage/files/${encodeURIComponent(file.fileId)}/image?${query}`,
    expiresAt: new Date(expires * 1000).toISOString(),
    width,
    height,
  };
}

/** A link shows the file's content of the moment when it is opened, so no version is part of it. */
function imageTarget({ tenantId, fileId }: FileRef, request: VariantRequest): LinkTarget {
  const named = Object.entries(request).filter(([, value]) => value !== undefined);
  const params = Object.fromEntries(named.map(([name, value]) => [name, String(value)]));
  return { purpose: 'image', tenantId, fileId, params };
}

/** What is known of a file that somebody has a link to. */
export interface LinkedFiles {
  /** Both strongly consistent. */
  linked(ref: FileRef): Promise<{ readonly file?: FileRecord; readonly tenant?: Tenant }>;
}

export interface OpenLinkDeps {
  readonly links: LinkDeps;
  readonly files: LinkedFiles;
  readonly defaults: PolicyDefaults;
}

/** That somebody has a link to a picture which this API gave out and which has not ended. @throws forbidden */
export const checkImageLink = (
  { links }: Pick<OpenLinkDeps, 'links'>,
  ref: FileRef,
  request: VariantRequest,
  proof: LinkProof,
): Promise<void> => checkLink(links, imageTarget(ref, request), proof);

/**
 * The file behind a link that was checked: decided anew at every call that it is there, that its tenant is in business and
 * admits calls from there. Whether the one who asked for the link may still read the file is not: a link is for whoever has
 * it, until it ends.
 * @throws not_found (missing, not available, in the trash, of a suspended tenant: all alike), region_blocked
 */
export async function linkedFile(
  deps: OpenLinkDeps,
  ref: FileRef,
  origin: Origin,
): Promise<{ readonly file: FileRecord } & Pick<EffectivePolicy, 'auditLevel'>> {
  const { file, tenant } = await deps.files.linked(ref);
  if (!file || tenant?.status !== 'active' || !availableStatuses.includes(file.status)) {
    throw errors.notFound('file');
  }
  const { geoRestrictions, auditLevel } = tenantPolicy(tenant, deps.defaults);
  try {
    requireRegion(geoRestrictions, origin.country);
  } catch (refusal) {
    throw barred(refusal, { tenantId: tenant.tenantId, actor: publicActor(origin), auditLevel });
  }
  return { file, auditLevel };
}
