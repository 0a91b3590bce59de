import type { FileListing } from '../files/list.ts';
import { planListing } from '../files/list-plan.ts';
import type { NameBounds } from '../files/names.ts';
import type { AskerDeps } from '../jobs/asker.ts';
import type { JobResult } from '../jobs/job.ts';
import type { FileStore } from '../ports.ts';
import { type AccessDeps, requireAccess } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';
import { type BulkJobParams, statusFor } from './bulk-request.ts';
import { type FileAction, filesPerStep, refusalOf } from './file-action.ts';

export type FindDeps = AskerDeps &
  AccessDeps & {
    readonly store: FileStore & Pick<FileListing, 'listFiles'>;
    readonly names: NameBounds;
  };

/** Where the search goes on: in the list of named files, or in a listing. */
export interface Place {
  readonly index?: number;
  readonly cursor?: string;
}

export interface Found {
  readonly pending: readonly string[];
  /** Absent: there are no more. */
  readonly place?: Place;
  /** What is decided without a change: refused, or nothing to do. */
  readonly results: readonly JobResult[];
}

type Search = Pick<FileAction, 'need' | 'isDone'>;

/** The next files of a bulk action. */
export const findMore = (
  deps: FindDeps,
  caller: Caller,
  action: Search,
  { asked, fileIds, filter = {} }: BulkJobParams,
  place: Place,
): Promise<Found> =>
  fileIds
    ? nextNamed(deps, caller, action, fileIds, place.index ?? 0)
    : nextListed(deps, caller, { status: statusFor(asked.action), ...filter }, place.cursor);

/**
 * Who may not is told so here, once; what a later step finds gone was there when it was asked for. Files that are
 * already as they shall be are left alone.
 */
async function nextNamed(
  deps: FindDeps,
  caller: Caller,
  action: Search,
  fileIds: readonly string[],
  index: number,
): Promise<Found> {
  const end = index + filesPerStep;
  const pending: string[] = [];
  const results: JobResult[] = [];
  await Promise.all(
    fileIds.slice(index, end).map(async (fileId) => {
      try {
        const file = await requireAccess(deps, caller, fileId, action.need);
        if (action.isDone(file)) results.push({ fileId, outcome: 'skipped' });
        else pending.push(fileId);
      } catch (error) {
        results.push({ fileId, ...refusalOf(error) });
      }
    }),
  );
  return { pending, results, ...(end < fileIds.length && { place: { index: end } }) };
}

async function nextListed(
  deps: FindDeps,
  caller: Caller,
  filter: NonNullable<BulkJobParams['filter']>,
  cursor: string | undefined,
): Promise<Found> {
  const request = { ...filter, limit: filesPerStep, ...(cursor !== undefined && { cursor }) };
  const page = await deps.store.listFiles(planListing(request, caller, deps.names));
  return {
    pending: page.items.map(({ fileId }) => fileId),
    results: [],
    ...(page.nextCursor !== undefined && { place: { cursor: page.nextCursor } }),
  };
}
