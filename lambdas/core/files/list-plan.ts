import { errors } from '../errors.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { Category } from './content-facts.ts';
import { type NameBounds, normalizePath } from './names.ts';
import { type Status, statuses, statusesOfFilter } from './status.ts';

export interface ListRequest {
  readonly status?: string;
  readonly path?: string;
  readonly recursive?: boolean;
  /** A MIME type, or its first half, as in `image`. */
  readonly type?: string;
  readonly category?: Category;
  readonly tag?: string;
  readonly sort?: string;
  /** `self`, the id of a user of the tenant, or `all`. */
  readonly owner?: string;
  /** What colleagues share with the caller instead of the caller's own. */
  readonly shared?: boolean;
  /** Bounds of createdAt, both inclusive, ISO 8601 UTC with milliseconds. */
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
  readonly offset?: number;
  readonly cursor?: string;
}

/** What is left of the files that a listing reads, and which page of it. */
export interface FileFilter {
  readonly tenantId: string;
  readonly descending: boolean;
  readonly statuses: readonly Status[];
  /** Only files in exactly this folder, or, with `recursive`, also below it. */
  readonly path?: { readonly folder: string; readonly recursive: boolean };
  readonly type?: string;
  readonly category?: Category;
  readonly tag?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
  readonly offset: number;
  readonly cursor?: string;
}

/** One listing, and the index that is in its order. */
export type FileQuery = FileFilter &
  (
    | {
        /** `folder` is one folder by name; the others are all files of an owner by time, last change or size. */
        readonly index: 'owner' | 'folder' | 'updated' | 'size';
        readonly ownerId: string;
      }
    /** All owners, by time: the partitions of `statuses`, merged. */
    | { readonly index: 'status' }
  );

export interface SharedQuery extends FileFilter {
  readonly userId: string;
}

type Who = Pick<Caller, 'tenantId' | 'userId' | 'user'>;

/** Which sort goes with which listing; the first is the default. */
const sorts = {
  byTime: ['-createdAt', 'createdAt'],
  byName: ['name', '-name'],
  byChangeOrSize: ['-updatedAt', 'updatedAt', '-size', 'size'],
} as const;

const indexOfSort = { name: 'folder', createdAt: 'owner', updatedAt: 'updated', size: 'size' } as const;

/** What a listing shows unless it is asked for something else: everything but what was deleted. */
export const defaultStatuses = statuses.filter((status) => status !== 'purged' && status !== 'deleted');

/** @throws validation_failed with what is allowed, forbidden (other people's files) */
export function planListing(request: ListRequest, caller: Who, names: NameBounds): FileQuery {
  const path = request.path === undefined ? undefined : normalizePath(request.path, names);
  const owner = ownerOf(request, caller);
  const filter = filterOf(request, caller);
  if (owner === 'all') {
    if (request.status === undefined) {
      throw errors.invalidField('status', 'required', 'goes with owner=all: a status or a group');
    }
    if (path !== undefined) {
      throw errors.invalidField('path', 'not_supported', 'lies within one owner: name the owner, not all');
    }
    const sort = requireSort(request.sort, [...sorts.byTime], "over all owners' files");
    return { ...filter, index: 'status', descending: sort.startsWith('-') };
  }
  // The index by name holds what a folder shows, and a folder does not show its trash.
  const byName = path !== undefined && !request.recursive && !filter.statuses.includes('deleted');
  const sort = requireSort(
    request.sort,
    [...(byName ? sorts.byName : []), ...sorts.byTime, ...sorts.byChangeOrSize],
    byName ? 'within one folder' : 'without a path, recursively or in the trash',
  );
  return {
    ...filter,
    index: indexOfSort[sort.replace('-', '') as keyof typeof indexOfSort],
    ownerId: owner,
    descending: sort.startsWith('-'),
    ...(path !== undefined && { path: { folder: path, recursive: request.recursive ?? false } }),
  };
}

/** @throws validation_failed with what is allowed */
export function planShared(request: ListRequest, caller: Who): SharedQuery {
  for (const field of ['owner', 'path', 'recursive', 'offset'] as const) {
    if (request[field] !== undefined) {
      throw errors.invalidField(field, 'not_supported', 'does not go with shared=true');
    }
  }
  const sort = requireSort(request.sort, [...sorts.byTime], 'of what is shared, which is by time of sharing');
  return { ...filterOf(request, caller), userId: caller.userId, descending: sort.startsWith('-') };
}

function ownerOf({ owner }: ListRequest, caller: Who): string {
  if (owner === undefined || owner === 'self' || owner === caller.userId) return caller.userId;
  if (caller.user.role === 'user') {
    throw errors.forbidden(
      "Only admins list other people's files. Leave out owner for yours, or send shared=true.",
    );
  }
  return owner;
}

function filterOf(request: ListRequest, { tenantId }: Who): Omit<FileFilter, 'descending'> {
  const { type, category, tag, from, to, limit, offset = 0, cursor } = request;
  if (from !== undefined && to !== undefined && from > to) {
    throw errors.invalidField('to', 'out_of_range', 'must not be before from');
  }
  // Kept while following a cursor, it would leave out as many files of every page.
  if (cursor !== undefined && request.offset !== undefined && request.offset > 0) {
    throw errors.invalidField(
      'offset',
      'not_supported',
      'does not go with cursor, which says where to go on',
    );
  }
  return {
    tenantId,
    statuses: requireStatuses(request.status),
    ...(type && { type }),
    ...(category && { category }),
    ...(tag && { tag: tag.normalize('NFC') }),
    ...(from && { from }),
    ...(to && { to }),
    limit,
    offset,
    ...(cursor && { cursor }),
  };
}

function requireSort(asked: string | undefined, allowed: readonly string[], where: string): string {
  if (asked === undefined) return allowed[0] as string;
  if (allowed.includes(asked)) return asked;
  throw errors.invalidField('sort', 'not_supported', `${where}, sort by one of ${allowed.join(', ')}`);
}

function requireStatuses(filter: string | undefined): readonly Status[] {
  if (filter === undefined) return defaultStatuses;
  const found = statusesOfFilter(filter);
  if (found) return found;
  const known = statuses.filter((status) => status !== 'purged').join(', ');
  throw errors.invalidField(
    'status',
    'not_supported',
    `use a status (${known}) or available, pending, ended`,
  );
}
