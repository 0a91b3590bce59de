import { errors } from '../errors.ts';
import { Kept } from './kept.ts';
import { audienceOf, matchWord, type OpenSegment } from './matches.ts';
import { type MergeBounds, planMerge } from './merge-policy.ts';
import type { IndexPage, IndexQuery, SearchIndex } from './ports.ts';
import { decodePlace, encodePlace, hitOf, rank } from './rank.ts';
import { buildSegment } from './segment/build.ts';
import { mergeSegments, newestDocuments } from './segment/merge.ts';
import { blockOf, findInBlock, readHead, type SegmentHead } from './segment/segment.ts';
import type { Postings } from './segment/terms.ts';
import type { SegmentRef, SegmentStore } from './segment-store.ts';
import { queryWords } from './words.ts';

export interface SegmentIndexOptions {
  readonly store: SegmentStore;
  readonly bounds: MergeBounds & { readonly windowHits: number; readonly goneKeepSeconds: number };
  readonly now: () => string;
  /** What one instance of a function keeps of segments that it has read. */
  readonly keepBytes: number;
}

/** A segment no larger than this is read in one go; of a larger one the head, and of its body what words need. */
const wholeMaxBytes = 512 * 1024;

/** A head takes about so much more memory when it is read than as bytes. */
const openFactor = 3;

/**
 * The index that costs nothing when idle: each update is one small segment, questions read all segments of the tenant,
 * and segments that have become many are merged by who has added one.
 */
export function createSegmentIndex(options: SegmentIndexOptions): SearchIndex {
  const { store, bounds, keepBytes, now } = options;
  const kept = new Kept(keepBytes);
  return {
    update: async (tenantId, changes) => {
      if (changes.length === 0) return;
      const segments = await store.add(tenantId, buildSegment(changes, Date.parse(now())));
      if (segments && planMerge(segments, bounds).length > 0) await merge(options, tenantId);
    },
    // Segments and their list go with the tenant's prefix and partition.
    forget: async () => undefined,
    search: async (query) => {
      const { after, given } = query.cursor ? decodePlace(query.cursor) : { after: undefined, given: 0 };
      requireWindow(given, bounds.windowHits);
      const segments = await open(store, kept, query.tenantId);
      const audience = audienceOf(segments, query.visible);
      const words = await Promise.all(
        queryWords(query.text).map(async (word) => {
          const body = await Promise.all(segments.map((segment) => segment.body(word)));
          return matchWord(word, segments, body, audience);
        }),
      );
      const places = rank(segments, audience, words, { ...query, limit: query.limit + 1, after });
      return pageOf(places, query, given);
    },
  };
}

function pageOf(places: ReturnType<typeof rank>, { limit }: IndexQuery, given: number): IndexPage {
  const page = places.slice(0, limit);
  const last = page.at(-1);
  return {
    hits: page.map(hitOf),
    ...(last && places.length > limit && { nextCursor: encodePlace(last, given + page.length) }),
  };
}

function requireWindow(given: number, windowHits: number): void {
  if (given < windowHits) return;
  throw errors.invalidField(
    'cursor',
    'out_of_range',
    `search serves the first ${windowHits} hits: add words or filters to narrow it`,
  );
}

async function merge({ store, bounds, now }: SegmentIndexOptions, tenantId: string): Promise<void> {
  const claim = await store.claimMerge(tenantId);
  if (!claim) return;
  const inputs = planMerge(claim.segments, bounds);
  if (inputs.length === 0) return claim.release();
  const read = await Promise.all(
    inputs.map(async ({ id, bytes, headBytes }) => ({
      id,
      headBytes,
      bytes: await store.read(tenantId, id, 0, bytes),
    })),
  );
  const isAll = inputs.length === claim.segments.length;
  const forgetBefore = isAll ? Date.parse(now()) - 1000 * bounds.goneKeepSeconds : 0;
  await claim.replace(inputs, mergeSegments(read, forgetBefore));
}

interface Searchable extends OpenSegment {
  /** Where a word stands in metadata and text. */
  body(word: string): Promise<Postings | undefined>;
}

interface Opened {
  readonly head: SegmentHead;
  /** All of it, where it was read in one go. */
  readonly whole?: Uint8Array;
}

async function open(store: SegmentStore, kept: Kept, tenantId: string): Promise<readonly Searchable[]> {
  const refs = await store.list(tenantId);
  const opened = await Promise.all(
    refs.map(async (ref) => ({ id: ref.id, ...(await openOne(store, kept, tenantId, ref)) })),
  );
  // Which documents count follows from the segments alone, so that it is found out once for each state of the index.
  const counts = await kept.get(`counts of ${tenantId}/${refs.map(({ id }) => id).join()}`, async () => ({
    value: newestDocuments(opened),
    bytes: refs.reduce((sum, { documents }) => sum + documents, 0),
  }));
  return opened.map(({ id, head, whole }, index) => ({
    head,
    counts: counts[index] as Uint8Array,
    body: async (word) => {
      const block = blockOf(head.blocks, word);
      if (!block) return undefined;
      const { at, length } = block;
      const bytes =
        whole?.subarray(at, at + length) ??
        (await kept.get(`${tenantId}/${id}/${at}`, async () => ({
          value: await store.read(tenantId, id, at, length),
          bytes: length,
        })));
      return findInBlock(bytes, word);
    },
  }));
}

const openOne = (store: SegmentStore, kept: Kept, tenantId: string, ref: SegmentRef): Promise<Opened> =>
  kept.get(`${tenantId}/${ref.id}`, async () => {
    const length = ref.bytes <= wholeMaxBytes ? ref.bytes : ref.headBytes;
    const bytes = await store.read(tenantId, ref.id, 0, length);
    const head = readHead(bytes, ref.headBytes);
    const value = length === ref.bytes ? { head, whole: bytes } : { head };
    return { value, bytes: openFactor * ref.headBytes + length };
  });
