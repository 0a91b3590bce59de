import { type NativeAttributeValue, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../contract/table.ts';
import type { SegmentRef } from '../../core/search/segment-store.ts';
import type { Db } from '../dynamodb/client.ts';
import { getItem, ifCondition } from '../dynamodb/file-store.ts';

/**
 * A tenant's list of segments: one item. Adding a segment is a write of its own entry, so that workers do not wait for
 * each other; merging, which takes entries away, is for one at a time.
 */
export interface SegmentList {
  readonly segments: readonly SegmentRef[];
  /** Segments whose place others have taken, with the time since when: somebody may still be reading them. */
  readonly retired: Readonly<Record<string, string>>;
  /** Who merges, by the id of the segment that it will make, and until when. */
  readonly merging?: { readonly id: string; readonly until: string };
}

type Entry = Omit<SegmentRef, 'id'>;

const none: SegmentList = { segments: [], retired: {} };

function listOf(item: Record<string, unknown> | undefined): SegmentList {
  if (!item) return none;
  const entries = Object.entries((item.segments ?? {}) as Record<string, Entry>);
  const segments = entries.map(([id, entry]) => ({ id, ...entry })).sort((a, b) => (a.id < b.id ? -1 : 1));
  const { retired, merging } = item as unknown as SegmentList;
  return { segments, retired: retired ?? {}, ...(merging && { merging }) };
}

const entryOf = ({ bytes, headBytes, documents }: SegmentRef): Entry => ({ bytes, headBytes, documents });

type Update = Pick<
  UpdateCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ReturnValues'
> & { readonly ExpressionAttributeValues?: Record<string, NativeAttributeValue> };

/** The writes of the list, each of them atomic. Undefined: its condition did not hold, and nothing has changed. */
export function createSegmentList(db: Db) {
  const update = async (tenantId: string, input: Update) =>
    ifCondition(() =>
      db.client.send(
        new UpdateCommand({
          TableName: db.table,
          Key: keys.searchIndex(tenantId),
          ReturnValues: 'ALL_NEW',
          ...input,
        }),
      ),
    );
  return {
    read: async (tenantId: string): Promise<SegmentList> =>
      listOf(await getItem(db, keys.searchIndex(tenantId))),
    /** For the tenant's first segment; one that is there stays as it is. */
    create: async (tenantId: string): Promise<void> => {
      await update(tenantId, {
        UpdateExpression:
          'SET #kind = :kind, #segments = if_not_exists(#segments, :none), #retired = if_not_exists(#retired, :none)',
        ExpressionAttributeNames: { '#kind': 'kind', '#segments': 'segments', '#retired': 'retired' },
        ExpressionAttributeValues: { ':kind': 'searchIndex', ':none': {} },
      });
    },
    /** Undefined where there is no list. */
    add: async (tenantId: string, segment: SegmentRef): Promise<SegmentList | undefined> => {
      const written = await update(tenantId, {
        UpdateExpression: 'SET #segments.#id = :entry',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#segments': 'segments', '#id': segment.id },
        ExpressionAttributeValues: { ':entry': entryOf(segment) },
      });
      return written && listOf(written.Attributes);
    },
    /** The list as it was before; undefined while somebody else merges. */
    claim: async (
      tenantId: string,
      merging: NonNullable<SegmentList['merging']>,
      now: string,
    ): Promise<SegmentList | undefined> => {
      const written = await update(tenantId, {
        UpdateExpression: 'SET #merging = :merging',
        ConditionExpression:
          'attribute_exists(pk) AND (attribute_not_exists(#merging) OR #merging.#until < :now)',
        ExpressionAttributeNames: { '#merging': 'merging', '#until': 'until' },
        ExpressionAttributeValues: { ':merging': merging, ':now': now },
        ReturnValues: 'ALL_OLD',
      });
      return written && listOf(written.Attributes);
    },
    /** The claimed segment in place of `inputs`. */
    replace: async (
      tenantId: string,
      merged: SegmentRef,
      inputs: readonly SegmentRef[],
      now: string,
    ): Promise<boolean> => {
      const names = inputs.map((_, index) => `#in${index}`);
      const written = await update(tenantId, {
        UpdateExpression: `SET #segments.#id = :entry, ${names.map((name) => `#retired.${name} = :now`).join(', ')} REMOVE #merging, ${names.map((name) => `#segments.${name}`).join(', ')}`,
        ConditionExpression: '#merging.#mergingId = :id',
        ExpressionAttributeNames: {
          '#segments': 'segments',
          '#retired': 'retired',
          '#merging': 'merging',
          '#mergingId': 'id',
          '#id': merged.id,
          ...Object.fromEntries(inputs.map(({ id }, index) => [names[index] as string, id])),
        },
        ExpressionAttributeValues: { ':entry': entryOf(merged), ':now': now, ':id': merged.id },
      });
      return written !== undefined;
    },
    release: async (tenantId: string, id: string): Promise<void> => {
      await update(tenantId, {
        UpdateExpression: 'REMOVE #merging',
        ConditionExpression: '#merging.#mergingId = :id',
        ExpressionAttributeNames: { '#merging': 'merging', '#mergingId': 'id' },
        ExpressionAttributeValues: { ':id': id },
      });
    },
    /** What is retired is forgotten, once its objects are removed. */
    forget: async (tenantId: string, ids: readonly string[]): Promise<void> => {
      await update(tenantId, {
        UpdateExpression: `REMOVE ${ids.map((_, index) => `#retired.#id${index}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: {
          '#retired': 'retired',
          ...Object.fromEntries(ids.map((id, index) => [`#id${index}`, id])),
        },
      });
    },
  };
}
