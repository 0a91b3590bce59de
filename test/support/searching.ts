import type { Db } from '../../lambdas/adapters/dynamodb/client.ts';
import type { SegmentObjects } from '../../lambdas/adapters/search-segments/segment-objects.ts';
import { createSegmentStore } from '../../lambdas/adapters/search-segments/segment-store.ts';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { keys } from '../../lambdas/contract/table.ts';
import type { IndexQuery, SearchIndex } from '../../lambdas/core/search/ports.ts';
import { createSegmentIndex } from '../../lambdas/core/search/segment-index.ts';
import { memoryDb } from './memory-dynamodb/client.ts';

export interface Requests {
  puts: number;
  gets: number;
  getBytes: number;
  removals: number;
}

/** Segments in memory, which counts what S3 would be asked for. */
export function memoryObjects(): SegmentObjects & {
  readonly requests: Requests;
  readonly objects: Map<string, Uint8Array>;
} {
  const objects = new Map<string, Uint8Array>();
  const requests: Requests = { puts: 0, gets: 0, getBytes: 0, removals: 0 };
  return {
    objects,
    requests,
    put: async (tenantId, id, bytes) => {
      requests.puts += 1;
      objects.set(`${tenantId}/${id}`, bytes);
    },
    read: async (tenantId, id, at, length) => {
      const bytes = objects.get(`${tenantId}/${id}`)?.subarray(at, at + length);
      if (!bytes) throw new Error(`no object ${id}`);
      requests.gets += 1;
      requests.getBytes += bytes.length;
      return bytes;
    },
    remove: async (tenantId, id) => {
      requests.removals += 1;
      objects.delete(`${tenantId}/${id}`);
    },
  };
}

const keepBytes = 256 * 1024 * 1024;

/** Segments of the tenants of a table, in a bucket in memory. */
export function memorySegments(db: Db, now: () => string) {
  const objects = memoryObjects();
  let ids = 0;
  const store = createSegmentStore({
    db,
    objects,
    newId: () => {
      ids += 1;
      return `S${String(ids).padStart(8, '0')}`;
    },
    now,
  });
  /** Another instance of a function: it has read nothing yet. */
  const open = (): SearchIndex => createSegmentIndex({ store, bounds: defaultLimits.search, keepBytes, now });
  return { objects, store, open };
}

/** The index of the functions over a table and a bucket in memory, with a clock that is set by hand. */
export function memoryIndex(tenants: readonly string[] = ['acme']) {
  const { db, table } = memoryDb();
  for (const tenantId of tenants) {
    table.put({ ...keys.tenant(tenantId), tenantId, status: 'active' });
  }
  const time = { now: Date.parse('2026-11-21T10:00:00Z') };
  const segments = memorySegments(db, () => new Date(time.now).toISOString());
  return { index: segments.open(), ...segments, table, db, time };
}

export const ask = (text: string, more: Partial<IndexQuery> = {}): IndexQuery => ({
  tenantId: 'acme',
  text,
  visible: 'all',
  filter: {},
  limit: 20,
  ...more,
});

/** The ids of all hits, page by page. */
export async function allHits(index: SearchIndex, query: IndexQuery): Promise<readonly string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await index.search({ ...query, ...(cursor !== undefined && { cursor }) });
    found.push(...page.hits.map(({ fileId }) => fileId));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
}
