import type { Page } from '../ports.ts';
import { isSharedWith, type Share } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { FileRecord } from './file.ts';
import { type FileQuery, type ListRequest, planListing, planShared, type SharedQuery } from './list-plan.ts';
import type { NameBounds } from './names.ts';
import { type ListedFileView, listedFileView } from './view.ts';

export interface FileListing {
  /** A page may be shorter than `limit` while `nextCursor` says that there is more. */
  listFiles(query: FileQuery): Promise<Page<FileRecord>>;
  /** What is shared with a user, by the time of sharing; expired shares and files in the trash too. */
  sharedFiles(query: SharedQuery): Promise<Page<SharedFile>>;
}

export interface SharedFile {
  readonly file: FileRecord;
  readonly share: Share;
}

export interface ListDeps {
  readonly store: FileListing;
  readonly names: NameBounds;
  readonly now: () => string;
}

export interface ListResponse {
  readonly files: readonly ListedFileView[];
  readonly nextCursor?: string;
}

/**
 * The caller's files, those that colleagues share with the caller, or, for admins, anybody's in the tenant.
 * @throws validation_failed, cursor_invalid, forbidden
 */
export async function listFiles(deps: ListDeps, caller: Caller, request: ListRequest): Promise<ListResponse> {
  if (request.shared) return listShared(deps, caller, request);
  const { items, nextCursor } = await deps.store.listFiles(planListing(request, caller, deps.names));
  return { files: items.map(listedFileView), ...(nextCursor && { nextCursor }) };
}

async function listShared(deps: ListDeps, caller: Caller, request: ListRequest): Promise<ListResponse> {
  const query = planShared(request, caller);
  const { items, nextCursor } = await deps.store.sharedFiles(query);
  const now = deps.now();
  const mine = items.filter(
    ({ file, share }) => matches(query, file) && isSharedWith(caller, file, share, now),
  );
  return {
    files: mine.map(({ file, share }) => ({
      ...listedFileView(file),
      share: {
        access: share.access,
        createdAt: share.createdAt,
        ...(share.expiresAt && { expiresAt: share.expiresAt }),
      },
    })),
    ...(nextCursor && { nextCursor }),
  };
}

/** Whether a listing shows the file: what an index without the file's attributes cannot say. */
export function matches(query: Omit<FileQuery, 'index'>, file: FileRecord): boolean {
  const { path, type, category, tag, from, to } = query;
  if (category && file.category !== category) return false;
  if (!query.statuses.includes(file.status)) return false;
  if (path && file.path !== path.folder && !(path.recursive && file.path.startsWith(below(path.folder)))) {
    return false;
  }
  if (type && !(type.includes('/') ? file.mimeType === type : file.mimeType.startsWith(`${type}/`))) {
    return false;
  }
  if (tag && !file.tags.includes(tag)) return false;
  return (from === undefined || file.createdAt >= from) && (to === undefined || file.createdAt <= to);
}

/** What the paths of everything below a folder begin with. */
export const below = (folder: string): string => (folder === '/' ? '/' : `${folder}/`);
