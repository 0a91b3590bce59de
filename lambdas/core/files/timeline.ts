import type { FileStore, Page } from '../ports.ts';
import { requireAccess } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { FileEvent } from './event.ts';
import type { FileRef } from './file.ts';

export interface Timeline {
  events(ref: FileRef, page: { limit: number; cursor?: string }): Promise<Page<FileEvent>>;
}

export interface TimelineResponse {
  readonly events: readonly Pick<FileEvent, 'eventId' | 'type' | 'at' | 'data'>[];
  readonly nextCursor?: string;
}

/** What happened to the file, oldest first. @throws not_found */
export async function timelineOf(
  store: Pick<FileStore, 'file'> & Timeline,
  caller: Caller,
  fileId: string,
  page: { limit: number; cursor?: string },
): Promise<TimelineResponse> {
  const ref = { tenantId: caller.tenantId, fileId };
  requireAccess(caller, await store.file(ref));
  const { items, nextCursor } = await store.events(ref, page);
  return {
    events: items.map(({ eventId, type, at, data }) => ({ eventId, type, at, data })),
    ...(nextCursor && { nextCursor }),
  };
}
