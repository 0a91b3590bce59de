import { errors } from '../errors.ts';
import { whyNotYet } from '../files/download.ts';
import type { FileRecord, FileRef } from '../files/file.ts';
import { extensionOf } from '../files/names.ts';
import { availableStatuses } from '../files/status.ts';
import type { DownloadSigner, FileStore, RateLimiter } from '../ports.ts';
import { locationOf } from '../processing/process-image.ts';
import { ImageUnreadable } from './ports.ts';
import { variantFormats } from './variant-format.ts';
import {
  planVariant,
  type VariantBounds,
  type VariantPlan,
  type VariantRequest,
  type VariantSource,
  type VariantSpec,
} from './variant-plan.ts';

export interface VariantMaker {
  /**
   * The part of a picture, centred, that fills exactly `spec`: upright, sRGB, without metadata, of an animation the first
   * frame. The same bytes and spec always give the same bytes.
   * @throws ImageUnreadable
   */
  make(source: Uint8Array, spec: VariantSpec): Promise<Uint8Array>;
}

export interface VariantBucket {
  /** Where the variant of the file's present content lies; nothing else has this name. */
  keyOf(file: FileRecord, name: string): string;
  has(key: string): Promise<boolean>;
  /** Something that was made of a file, which lies in the same bucket. */
  read(key: string): Promise<Uint8Array>;
  put(file: FileRecord, key: string, mimeType: string, body: Uint8Array): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface VariantDeps {
  readonly store: Pick<FileStore, 'file'>;
  readonly variants: VariantBucket;
  readonly library: { read(location: { key: string; versionId: string }): Promise<Uint8Array> };
  readonly maker: VariantMaker;
  readonly signer: DownloadSigner;
  readonly rates: RateLimiter;
  readonly now: () => string;
  readonly bounds: VariantBounds;
  readonly perTenantAndMinute: number;
  /** Life of the URL that a variant is opened by. */
  readonly urlSeconds: number;
}

/** Where a variant's bytes are for a while. */
export interface VariantUrl {
  readonly url: string;
  readonly expiresAt: string;
}

/** Signed bytes say so themselves: they never change under their key. */
const cacheControl = 'private, max-age=31536000, immutable';

/**
 * A URL of the variant that the request comes to, for somebody who may read the file. The first who asks waits until it is
 * made; it then lies in the derived bucket until its file, or the content that it shows, goes.
 * @throws upload_state_conflict, type_not_allowed, rate_limited (too many are made for the tenant's files), not_found
 */
export async function variantUrl(
  deps: VariantDeps,
  file: FileRecord,
  request: VariantRequest,
  accept: string | undefined,
): Promise<VariantUrl> {
  const plan = variantOf(deps, file, request, accept);
  const { spec } = plan;
  const { mimeType, extension } = variantFormats[spec.format];
  const name = `${nameOf(spec)}${extension}`;
  const key = deps.variants.keyOf(file, name);
  if (!(await deps.variants.has(key))) await makeVariant(deps, file, plan, key);
  const stem = file.filename.slice(0, file.filename.length - extensionOf(file.filename).length);
  return deps.signer.sign({
    bucket: 'derived',
    key,
    filename: `${stem}-${spec.width}x${spec.height}${extension}`,
    mimeType,
    cacheControl,
    disposition: 'inline',
    seconds: deps.urlSeconds,
  });
}

/** What the request comes to; nothing is made. @throws upload_state_conflict, type_not_allowed */
export function variantOf(
  { bounds }: Pick<VariantDeps, 'bounds'>,
  file: FileRecord,
  request: VariantRequest,
  accept?: string,
): VariantPlan {
  if (!availableStatuses.includes(file.status)) throw errors.uploadStateConflict(whyNotYet(file));
  return planVariant(file, request, accept, bounds);
}

/** All that decides the bytes, beside the content. */
const nameOf = ({ width, height, quality }: VariantSpec): string =>
  `${width}x${height}${quality === undefined ? '' : `q${quality}`}`;

/** Two at once write the same bytes under the same key. */
async function makeVariant(
  deps: VariantDeps,
  file: FileRecord,
  { spec, source }: VariantPlan,
  key: string,
): Promise<void> {
  const { tenantId, fileId } = file;
  await deps.rates.take(`variants#${tenantId}`, 'new pictures', deps.perTenantAndMinute, deps.now());
  const body = await deps.maker.make(await readSource(deps, file, source), spec).catch((error: unknown) => {
    throw error instanceof ImageUnreadable ? errors.noPicture(file.mimeType, error.reason) : error;
  });
  await deps.variants.put(file, key, variantFormats[spec.format].mimeType, body);
  if (await stillShows(deps, { tenantId, fileId }, file.version)) return;
  // Purged or withdrawn while we worked: whoever removed the bytes may have looked before these were written.
  await deps.variants.delete(key);
  throw errors.notFound('file');
}

const readSource = ({ library, variants }: VariantDeps, file: FileRecord, source: VariantSource) =>
  source.kind === 'original' ? library.read(locationOf(file)) : variants.read(source.key);

async function stillShows({ store }: VariantDeps, ref: FileRef, version: number): Promise<boolean> {
  const current = await store.file(ref);
  return current?.version === version && availableStatuses.includes(current.status);
}
