import type { Page } from '../ports.ts';
import { type AccessDeps, decideAccess, requireAccess, suffices } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { FileEvent } from './event.ts';
import type { FileRecord, FileRef } from './file.ts';

export interface Timeline {
  events(ref: FileRef, page: { limit: number; cursor?: string }): Promise<Page<FileEvent>>;
}

export interface TimelineResponse {
  readonly events: readonly Pick<FileEvent, 'eventId' | 'type' | 'at' | 'data'>[];
  readonly nextCursor?: string;
}

/**
 * What happened to the file, oldest first. With whom else it was shared is for its owner and admins only, so that a
 * page may be shorter for others; what its processing has cost is for admins alone.
 * @throws not_found
 */
export async function timelineOf(
  deps: AccessDeps & { readonly store: Timeline },
  caller: Caller,
  fileId: string,
  page: { limit: number; cursor?: string },
): Promise<{ readonly file: FileRecord; readonly answer: TimelineResponse }> {
  const file = await requireAccess(deps, caller, fileId, 'read');
  const { items, nextCursor } = await deps.store.events({ tenantId: caller.tenantId, fileId }, page);
  const seesShares = suffices(decideAccess(caller, file, undefined, deps.now()), 'manage');
  const shown = items.filter(
    ({ type, data }) => seesShares || type !== 'file.shared' || data.userId === caller.userId,
  );
  const events = shown.map(({ eventId, type, at, data }) => ({
    ...{ eventId, type, at },
    data: caller.user.role === 'user' ? withoutCosts(data) : data,
  }));
  return { file, answer: { events, ...(nextCursor && { nextCursor }) } };
}

const withoutCosts = ({ estimatedCost: _, ...data }: FileEvent['data']): FileEvent['data'] => data;
