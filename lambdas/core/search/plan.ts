import { errors } from '../errors.ts';
import { type NameBounds, normalizePath } from '../files/names.ts';
import { availableStatuses, statusesOfFilter } from '../files/status.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { SearchFilter } from './ports.ts';
import { queryWords } from './words.ts';

export interface SearchRequest {
  readonly q: string;
  readonly type?: string | undefined;
  readonly path?: string | undefined;
  /** `self`, or the id of a user of the tenant. */
  readonly owner?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly minSize?: number | undefined;
  readonly maxSize?: number | undefined;
  readonly status?: string | undefined;
  readonly tag?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface SearchBounds {
  readonly queryMaxCharacters: number;
  readonly queryMaxWords: number;
}

/**
 * The words of the question.
 * @throws validation_failed with what can be asked
 */
export function planWords(q: string, { queryMaxCharacters, queryMaxWords }: SearchBounds): readonly string[] {
  if (q.length > queryMaxCharacters) {
    throw errors.invalidField('q', 'too_long', `must have at most ${queryMaxCharacters} characters`);
  }
  const words = queryWords(q);
  if (words.length === 0) {
    throw errors.invalidField(
      'q',
      'required',
      'needs a word or a number; to list files without one use GET /storage/files',
    );
  }
  if (words.length > queryMaxWords) {
    throw errors.invalidField('q', 'too_many_words', `must have at most ${queryMaxWords} words`);
  }
  return words;
}

/** @throws validation_failed with what is allowed */
export function planFilter(
  request: SearchRequest,
  caller: Pick<Caller, 'userId'>,
  names: NameBounds,
): SearchFilter {
  const { type, owner, from, to, minSize, maxSize, tag } = request;
  requireOrder('from', from, 'to', to);
  requireOrder('minSize', minSize, 'maxSize', maxSize);
  const statuses = request.status === undefined ? undefined : statusesOf(request.status);
  return {
    ...(type && { type }),
    ...(request.path !== undefined && { path: normalizePath(request.path, names) }),
    ...(owner && { ownerId: owner === 'self' ? caller.userId : owner }),
    ...(statuses && { statuses }),
    ...(tag && { tag: tag.normalize('NFC') }),
    ...(from && { from }),
    ...(to && { to }),
    ...(minSize !== undefined && { minBytes: minSize }),
    ...(maxSize !== undefined && { maxBytes: maxSize }),
  };
}

function requireOrder<T extends string | number>(
  least: string,
  from: T | undefined,
  most: string,
  to: T | undefined,
): void {
  if (from === undefined || to === undefined || from <= to) return;
  throw errors.invalidField(most, 'out_of_range', `must not be less than ${least}`);
}

/** Files are found from when they are stored until they are deleted. */
function statusesOf(filter: string) {
  const found = statusesOfFilter(filter);
  if (found?.every((status) => availableStatuses.includes(status))) return found;
  throw errors.invalidField(
    'status',
    'not_supported',
    `search finds stored files: use ${availableStatuses.join(', ')} or available`,
  );
}
