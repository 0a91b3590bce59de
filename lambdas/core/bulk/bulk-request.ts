import { errors } from '../errors.ts';
import { planListing } from '../files/list-plan.ts';
import { type NameBounds, normalizePath } from '../files/names.ts';
import type { JobRecord } from '../jobs/job.ts';
import { type StartJobDeps, startJob } from '../jobs/start-job.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { BulkAction } from './actions.ts';

/** The files of a bulk action as a listing names them; ordered as the listing is. */
export interface BulkFilter {
  readonly path?: string;
  readonly recursive?: boolean;
  readonly status?: string;
  readonly type?: string;
  readonly tag?: string;
}

export interface BulkRequest {
  readonly action: BulkAction['action'];
  readonly fileIds?: readonly string[];
  readonly filter?: BulkFilter;
  readonly params?: Record<string, unknown>;
}

/** What a bulk job keeps: the action with its parameters, and which files. */
export interface BulkJobParams {
  readonly asked: BulkAction;
  readonly fileIds?: readonly string[];
  readonly filter?: BulkFilter;
}

export type BulkDeps = StartJobDeps & { readonly names: NameBounds };

export const bulkKind = (action: BulkAction['action']): string => `files.${action}`;

/** Without a status, an action is for the files that it can be done with. */
export const statusFor = (action: BulkAction['action']): string =>
  action === 'restore' ? 'deleted' : 'available';

/** Checks what can be checked without the files, and leaves the rest to a job. @throws validation_failed */
export async function startBulk(
  deps: BulkDeps,
  caller: Caller,
  { action, fileIds, filter, params = {} }: BulkRequest,
): Promise<JobRecord> {
  if ((fileIds === undefined) === (filter === undefined)) {
    throw errors.invalidField('fileIds', 'required', 'send either fileIds or a filter');
  }
  if (filter) requireFilter(deps, caller, action, filter);
  const asked = normalAction(deps, { action, ...params } as BulkAction);
  const unique = fileIds && [...new Set(fileIds)];
  const kept: BulkJobParams = { asked, ...(unique && { fileIds: unique }), ...(filter && { filter }) };
  return startJob(deps, {
    tenantId: caller.tenantId,
    ownerId: caller.userId,
    counted: true,
    actor: caller.actor,
    kind: bulkKind(action),
    params: kept,
    ...(unique && { total: unique.length }),
  });
}

const normalAction = ({ names }: BulkDeps, asked: BulkAction): BulkAction =>
  asked.action === 'move'
    ? { ...asked, newPath: normalizePath(asked.newPath, names, 'params.newPath') }
    : asked;

/** An empty filter would be all that somebody has: too much for a slip of the pen. */
function requireFilter(
  { names }: BulkDeps,
  caller: Caller,
  action: BulkAction['action'],
  filter: BulkFilter,
): void {
  if (Object.values(filter).every((value) => value === undefined)) {
    const detail = 'name at least one of path, status, type and tag; path "/" with recursive is everything';
    throw errors.invalidField('filter', 'required', detail);
  }
  planListing({ status: statusFor(action), ...filter, limit: 1 }, caller, names);
}
