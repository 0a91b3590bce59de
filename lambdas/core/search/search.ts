import type { FileRecord } from '../files/file.ts';
import type { NameBounds } from '../files/names.ts';
import { availableStatuses } from '../files/status.ts';
import { type FileView, fileView } from '../files/view.ts';
import { decideAccess, type Share } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';
import { type Highlight, highlightRecord, highlightText } from './highlight.ts';
import { planFilter, planWords, type SearchBounds, type SearchRequest } from './plan.ts';
import type { IndexHit, IndexQuery, SearchFilter, SearchIndex } from './ports.ts';
import { isOfType, isWithin } from './rank.ts';

export interface SearchReads {
  /** Files as they are at this moment, read consistently; missing ones are left out. */
  files(tenantId: string, fileIds: readonly string[]): Promise<readonly FileRecord[]>;
  /** The user's shares of these files, read consistently. */
  sharesOf(tenantId: string, userId: string, fileIds: readonly string[]): Promise<readonly Share[]>;
  /** Ids of files that are shared with the user, newest shares first; the listing may be some moments behind. */
  sharedFileIds(tenantId: string, userId: string, max: number): Promise<readonly string[]>;
  /** The beginnings of the texts of these files, by file id. */
  excerpts(files: readonly FileRecord[]): Promise<ReadonlyMap<string, string>>;
}

export interface SearchDeps {
  readonly index: Pick<SearchIndex, 'search'>;
  readonly reads: SearchReads;
  readonly bounds: SearchBounds & { readonly sharedMaxFiles: number };
  readonly names: NameBounds;
  readonly now: () => string;
}

export interface Hit {
  readonly file: FileView;
  readonly score: number;
  readonly highlights: readonly Highlight[];
}

export interface SearchResponse {
  readonly hits: readonly Hit[];
  readonly nextCursor?: string;
}

/** The index may know files that are gone by now; so often it is asked for others in their place. */
const maxRounds = 3;

/**
 * What the caller may see and asks for, best first. The index only points at files: each is read from the table and
 * decided on anew before it is told of.
 * @throws validation_failed, cursor_invalid
 */
export async function search(
  deps: SearchDeps,
  caller: Caller,
  request: SearchRequest,
): Promise<SearchResponse> {
  const words = planWords(request.q, deps.bounds);
  const filter = planFilter(request, caller, deps.names);
  const query = await indexQuery(deps, caller, request, filter);
  const found: { file: FileRecord; score: number }[] = [];
  let cursor = request.cursor;
  for (let round = 0; round < maxRounds; round += 1) {
    const limit = request.limit - found.length;
    const page = await deps.index.search({ ...query, limit, ...(cursor !== undefined && { cursor }) });
    found.push(...(await readable(deps, caller, filter, page.hits)));
    cursor = page.nextCursor;
    if (cursor === undefined || found.length === request.limit) break;
  }
  return {
    hits: await shown(deps, words, found),
    ...(cursor !== undefined && { nextCursor: cursor }),
  };
}

async function indexQuery(
  { reads, bounds }: SearchDeps,
  { tenantId, userId, user }: Caller,
  { q, limit }: SearchRequest,
  { statuses, ...filter }: SearchFilter,
): Promise<Omit<IndexQuery, 'cursor'>> {
  const visible =
    user.role === 'user'
      ? { userId, sharedFileIds: await reads.sharedFileIds(tenantId, userId, bounds.sharedMaxFiles) }
      : 'all';
  // The index is not told when processing begins, which it mostly ends within seconds.
  const narrowed = statuses && !statuses.includes('processing');
  return { tenantId, text: q, visible, limit, filter: { ...filter, ...(narrowed && { statuses }) } };
}

/** In the order of the hits. */
async function readable(
  { reads, now }: SearchDeps,
  caller: Caller,
  filter: SearchFilter,
  hits: readonly IndexHit[],
): Promise<readonly { file: FileRecord; score: number }[]> {
  if (hits.length === 0) return [];
  const { tenantId, userId } = caller;
  const files = await reads.files(
    tenantId,
    hits.map(({ fileId }) => fileId),
  );
  const mayBeShared = caller.user.role === 'user' ? files.filter(({ ownerId }) => ownerId !== userId) : [];
  const shares =
    mayBeShared.length === 0
      ? []
      : await reads.sharesOf(
          tenantId,
          userId,
          mayBeShared.map(({ fileId }) => fileId),
        );
  return hits.flatMap(({ fileId, score }) => {
    const file = files.find((other) => other.fileId === fileId);
    if (!file || !admits(filter, file)) return [];
    const share = shares.find((other) => other.fileId === fileId);
    return decideAccess(caller, file, share, now()).level === 'none' ? [] : [{ file, score }];
  });
}

/** The filter, of the file as it is now: the index may still know it in another folder, or with another tag. */
function admits(filter: SearchFilter, file: FileRecord): boolean {
  const { type, path, ownerId, statuses = availableStatuses, tag, from, to, minBytes, maxBytes } = filter;
  return (
    availableStatuses.includes(file.status) &&
    statuses.includes(file.status) &&
    (type === undefined || isOfType(file.mimeType, type)) &&
    (path === undefined || isWithin(file.path, path)) &&
    (ownerId === undefined || file.ownerId === ownerId) &&
    (tag === undefined || file.tags.includes(tag)) &&
    (from === undefined || file.createdAt >= from) &&
    (to === undefined || file.createdAt <= to) &&
    (minBytes === undefined || file.size >= minBytes) &&
    (maxBytes === undefined || file.size <= maxBytes)
  );
}

/** Texts are read for those hits alone of which the record does not say why they were found. */
async function shown(
  { reads }: SearchDeps,
  words: readonly string[],
  found: readonly { file: FileRecord; score: number }[],
): Promise<readonly Hit[]> {
  const looked = found.map((hit) => ({ ...hit, ...highlightRecord(words, hit.file) }));
  const unexplained = looked.filter(({ file, missing }) => file.text && missing.length > 0);
  const excerpts = await reads.excerpts(unexplained.map(({ file }) => file));
  return looked.map(({ file, score, highlights }) => {
    const excerpt = excerpts.get(file.fileId);
    const inText = excerpt === undefined ? [] : highlightText(words, excerpt);
    return { file: fileView(file), score, highlights: [...highlights, ...inText] };
  });
}
