import { errors } from '../errors.ts';
import type { Page } from '../ports.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { FileRecord } from './file.ts';
import { type NameBounds, normalizePath } from './names.ts';
import { type Status, statuses, statusesOfFilter } from './status.ts';
import { type FileView, fileView } from './view.ts';

export interface ListRequest {
  readonly status?: string;
  readonly path?: string;
  readonly recursive?: boolean;
  /** A MIME type, or its first half, as in `image`. */
  readonly type?: string;
  readonly tag?: string;
  readonly sort?: string;
  readonly limit: number;
  readonly offset?: number;
  readonly cursor?: string;
}

/** One Query of one index with what is filtered from its pages. */
export interface FileQuery {
  readonly tenantId: string;
  readonly ownerId: string;
  /** `folder` reads the index of one folder by name, `owner` that of all the owner's files by time. */
  readonly index: 'owner' | 'folder';
  readonly descending: boolean;
  readonly statuses: readonly Status[];
  /** Only files in exactly this folder, or, with `recursive`, also below it. */
  readonly path?: { readonly folder: string; readonly recursive: boolean };
  readonly type?: string;
  readonly tag?: string;
  readonly limit: number;
  readonly offset: number;
  readonly cursor?: string;
}

export interface FileListing {
  /** A page may be shorter than `limit` while `nextCursor` says that there is more. */
  listFiles(query: FileQuery): Promise<Page<FileRecord>>;
}

/** Which sort goes with which listing; the first is the default. */
const sorts = { byTime: ['-createdAt', 'createdAt'], byFolder: ['name', '-name'] } as const;

/** The caller's own files. @throws validation_failed, cursor_invalid */
export async function listFiles(
  deps: { readonly store: FileListing; readonly names: NameBounds },
  caller: Caller,
  request: ListRequest,
): Promise<{ files: readonly FileView[]; nextCursor?: string }> {
  const page = await deps.store.listFiles(planListing(request, caller, deps.names));
  return { files: page.items.map(fileView), ...(page.nextCursor && { nextCursor: page.nextCursor }) };
}

export function planListing(
  request: ListRequest,
  caller: Pick<Caller, 'tenantId' | 'userId'>,
  names: NameBounds,
): FileQuery {
  const path = request.path === undefined ? undefined : normalizePath(request.path, names);
  const oneFolder = path !== undefined && !request.recursive;
  const sort = requireSort(request.sort, oneFolder);
  return {
    tenantId: caller.tenantId,
    ownerId: caller.userId,
    index: sort.endsWith('name') ? 'folder' : 'owner',
    ...(path !== undefined && { path: { folder: path, recursive: request.recursive ?? false } }),
    descending: sort.startsWith('-'),
    statuses: requireStatuses(request.status),
    ...(request.type && { type: request.type }),
    ...(request.tag && { tag: request.tag }),
    limit: request.limit,
    offset: request.offset ?? 0,
    ...(request.cursor && { cursor: request.cursor }),
  };
}

function requireSort(asked: string | undefined, oneFolder: boolean): string {
  const allowed: readonly string[] = oneFolder ? [...sorts.byFolder, ...sorts.byTime] : sorts.byTime;
  if (asked === undefined) return allowed[0] as string;
  if (allowed.includes(asked)) return asked;
  const where = oneFolder ? 'within one folder' : 'without a path, or recursively';
  throw errors.invalidField('sort', 'not_supported', `${where}, sort by one of ${allowed.join(', ')}`);
}

function requireStatuses(filter: string | undefined): readonly Status[] {
  if (filter === undefined) return statuses.filter((status) => status !== 'purged');
  const found = statusesOfFilter(filter);
  if (found) return found;
  throw errors.invalidField(
    'status',
    'not_supported',
    `use a status (${statuses.filter((status) => status !== 'purged').join(', ')}) or available, pending, ended`,
  );
}
