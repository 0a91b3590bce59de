import { bandsWithin, type HashBand, maxBandedDistance } from '../images/hash-bands.ts';
import { hashDistance } from '../images/perceptual-hash.ts';
import type { BatchStore, FileStore } from '../ports.ts';
import { decideAccess, requireAccess, suffices } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { FileRecord } from './file.ts';
import { availableStatuses } from './status.ts';
import { type ListedFileView, listedFileView } from './view.ts';

/** Bits of 64 by which what looks alike may differ: what is recompressed, scaled, brightened or cropped a little does by less. */
export const similarDistance = { default: 8, max: maxBandedDistance } as const;

export const similarLimit = { default: 20, max: 100 } as const;

/**
 * Files that one call looks at: the caller's own before those of others, which may all be private, and the nearest first. Of
 * more copies of one picture than this some are left out.
 */
const maxFilesRead = 300;
const filesReadAtOnce = 100;

export interface Resemblance {
  readonly fileId: string;
  readonly ownerId: string;
  readonly perceptualHash: string;
}

export interface Resemblances {
  /** Files of the tenant that are noted under one of the bands; some repeatedly, some that have changed since. */
  resemblances(tenantId: string, bands: readonly HashBand[]): Promise<readonly Resemblance[]>;
}

export interface SimilarDeps {
  readonly store: Pick<FileStore, 'file' | 'share'> & Pick<BatchStore, 'files'> & Resemblances;
  readonly now: () => string;
}

export interface SimilarResponse {
  /** Nearest first. */
  readonly files: readonly { readonly file: ListedFileView; readonly distance: number }[];
}

export interface SimilarRequest {
  readonly maxDistance: number;
  readonly limit: number;
}

/**
 * Pictures that look like this one and that the caller may read. Nothing for a file that is no picture, or none that could
 * be recognised. Entries only say where to look: what is shown is decided from each file as it is now.
 * @throws not_found
 */
export async function similarFiles(
  deps: SimilarDeps,
  caller: Caller,
  fileId: string,
  { maxDistance, limit }: SimilarRequest,
): Promise<{ readonly file: FileRecord; readonly answer: SimilarResponse }> {
  const file = await requireAccess(deps, caller, fileId, 'read');
  const { perceptualHash: hash, tenantId } = file;
  if (!hash) return { file, answer: { files: [] } };
  const noted = await deps.store.resemblances(tenantId, bandsWithin(hash, maxDistance));
  const candidates = nearest(noted, file, caller.userId, maxDistance);
  const files: SimilarResponse['files'][number][] = [];
  for (let from = 0; from < candidates.length && files.length < limit; from += filesReadAtOnce) {
    const ids = candidates.slice(from, from + filesReadAtOnce);
    const found = new Map((await deps.store.files(tenantId, ids)).map((other) => [other.fileId, other]));
    const shown = await Promise.all(ids.map((id) => readable(deps, caller, found.get(id))));
    for (const other of shown) {
      if (!other?.perceptualHash) continue;
      const distance = hashDistance(hash, other.perceptualHash);
      if (distance <= maxDistance) files.push({ file: listedFileView(other), distance });
    }
  }
  files.sort((a, b) => a.distance - b.distance);
  return { file, answer: { files: files.slice(0, limit) } };
}

/** Ids, each once, nearest first. */
function nearest(
  noted: readonly Resemblance[],
  { fileId: itself, perceptualHash = '' }: FileRecord,
  userId: string,
  maxDistance: number,
): readonly string[] {
  const candidates = new Map(
    noted
      .filter(({ fileId }) => fileId !== itself)
      .map(({ fileId, ownerId, perceptualHash: other }) => {
        const distance = hashDistance(perceptualHash, other);
        return [fileId, { fileId, distance, isOwn: ownerId === userId }] as const;
      }),
  );
  return [...candidates.values()]
    .filter(({ distance }) => distance <= maxDistance)
    .sort((a, b) => Number(b.isOwn) - Number(a.isOwn) || a.distance - b.distance)
    .slice(0, maxFilesRead)
    .sort((a, b) => a.distance - b.distance)
    .map(({ fileId }) => fileId);
}

async function readable(
  { store, now }: SimilarDeps,
  caller: Caller,
  file: FileRecord | undefined,
): Promise<FileRecord | undefined> {
  if (!file || !availableStatuses.includes(file.status)) return undefined;
  if (suffices(decideAccess(caller, file, undefined, now()), 'read')) return file;
  if (file.shareCount === undefined) return undefined;
  const share = await store.share(file, caller.userId);
  return suffices(decideAccess(caller, file, share, now()), 'read') ? file : undefined;
}
