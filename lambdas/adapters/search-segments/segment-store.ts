import { keys } from '../../contract/table.ts';
import { errors } from '../../core/errors.ts';
import type { Segment } from '../../core/search/segment/segment.ts';
import type { MergeClaim, SegmentRef, SegmentStore } from '../../core/search/segment-store.ts';
import type { Tenant } from '../../core/tenancy/policy.ts';
import type { Db } from '../dynamodb/client.ts';
import { getItem } from '../dynamodb/file-store.ts';
import { tenantOf } from '../dynamodb/tenancy-store.ts';
import { createSegmentList, type SegmentList } from './segment-list.ts';
import type { SegmentObjects } from './segment-objects.ts';

export interface SegmentStoreDeps {
  readonly db: Db;
  readonly objects: SegmentObjects;
  /** Ids that ascend with time. */
  readonly newId: () => string;
  readonly now: () => string;
}

/** Longer than any run that reads segments: an API function ends after 29 s. */
const readersSeconds = 60;

/** Longer than a run of the worker that merges. Who has not ended by then has crashed. */
const mergeSeconds = 180;

/** Objects that one update removes at most. */
const removedAtOnce = 20;

const after = (now: string, seconds: number): string =>
  new Date(Date.parse(now) + seconds * 1000).toISOString();

/** Segments as objects of the derived bucket, and the list of those that count as one item of the table. */
export function createSegmentStore(deps: SegmentStoreDeps): SegmentStore {
  const { objects, newId, now } = deps;
  const list = createSegmentList(deps.db);
  const livingTenant = async (tenantId: string): Promise<Tenant | undefined> => {
    const item = await getItem(deps.db, keys.tenant(tenantId));
    const tenant = item && tenantOf(item);
    return tenant?.status === 'erasing' ? undefined : tenant;
  };

  const put = async (tenant: Tenant, id: string, segment: Segment): Promise<SegmentRef> => {
    await objects.put(tenant.tenantId, id, segment.bytes, tenant.encryptionKey);
    const { headBytes, documents } = segment;
    return { id, bytes: segment.bytes.length, headBytes, documents };
  };

  const addTo = async (tenantId: string, segment: SegmentRef): Promise<SegmentList | undefined> => {
    const known = await list.add(tenantId, segment);
    if (known || !(await livingTenant(tenantId))) return known;
    await list.create(tenantId);
    return list.add(tenantId, segment);
  };

  /** Objects that nobody reads any more. */
  const tidy = async (tenantId: string, { retired }: SegmentList): Promise<void> => {
    const until = after(now(), -readersSeconds);
    const ids = Object.keys(retired)
      .filter((id) => (retired[id] as string) < until)
      .slice(0, removedAtOnce);
    if (ids.length === 0) return;
    await Promise.all(ids.map((id) => objects.remove(tenantId, id)));
    await list.forget(tenantId, ids);
  };

  return {
    list: async (tenantId) => (await list.read(tenantId)).segments,
    read: async (tenantId, id, at, length) => {
      try {
        return await objects.read(tenantId, id, at, length);
      } catch (cause) {
        throw errors.storageUnavailable(cause);
      }
    },
    add: async (tenantId, segment) => {
      const tenant = await livingTenant(tenantId);
      if (!tenant) return undefined;
      const ref = await put(tenant, newId(), segment);
      const added = await addTo(tenantId, ref);
      // Its erasure removes bytes once: what comes later has to go with who brought it.
      if (!added || !(await livingTenant(tenantId))) {
        await objects.remove(tenantId, ref.id);
        return undefined;
      }
      await tidy(tenantId, added);
      return added.segments;
    },
    claimMerge: async (tenantId): Promise<MergeClaim | undefined> => {
      const id = newId();
      const claimed = await list.claim(tenantId, { id, until: after(now(), mergeSeconds) }, now());
      if (!claimed) return undefined;
      // Who had the claim before and has not ended may have left its segment.
      const left = claimed.merging?.id;
      if (left && claimed.segments.every((segment) => segment.id !== left))
        await objects.remove(tenantId, left);
      return {
        segments: claimed.segments,
        replace: async (inputs, merged) => {
          const tenant = await livingTenant(tenantId);
          if (!tenant) return false;
          const ref = await put(tenant, id, merged);
          const replaced = await list.replace(tenantId, ref, inputs, now());
          if (!replaced || !(await livingTenant(tenantId))) await objects.remove(tenantId, id);
          return replaced;
        },
        release: () => list.release(tenantId, id),
      };
    },
  };
}
