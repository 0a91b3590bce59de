import {
  type ChainPosition,
  chainStart,
  type Digest,
  headHash,
  linkRecords,
  type SegmentHead,
  segmentText,
  signedText,
  type UnsignedHead,
} from './chain.ts';
import type { AuditRecord, RecordRef } from './record.ts';

/** A segment that is decided and may not lie in the bucket yet. */
export interface Exporting {
  readonly head: SegmentHead;
  readonly prev: ChainPosition;
  /** In the order of the chain. */
  readonly records: readonly RecordRef[];
}

export interface ChainHead extends ChainPosition {
  readonly sealedAt: string;
  readonly exporting?: Exporting;
}

export interface ChainStore {
  /** Of records made up to `until` that are not sealed, oldest first within a shard; listing. */
  unsealed(shard: number, until: string): AsyncIterable<readonly RecordRef[]>;
  readonly shards: number;
  head(tenantId: string): Promise<ChainHead | undefined>;
  /** Those that exist; `seq` where they are sealed. */
  records(
    refs: readonly RecordRef[],
  ): Promise<readonly { readonly record: AuditRecord; readonly seq?: number }[]>;
  /** Moves the head, if it is still where `before` has it and nothing is being exported; else false. */
  advance(tenantId: string, before: ChainHead | undefined, after: ChainHead): Promise<boolean>;
  /** Notes the number of each record and that the segment lies in the bucket. Repeating it changes nothing. */
  settle(
    tenantId: string,
    exporting: Exporting,
    records: readonly { ref: RecordRef; seq: number }[],
  ): Promise<void>;
}

export interface SealDeps {
  readonly store: ChainStore;
  readonly bucket: { put(head: UnsignedHead, text: string): Promise<void> };
  readonly signer: { sign(text: string): Promise<{ readonly keyId: string; readonly signature: string }> };
  readonly digest: Digest;
  readonly now: () => string;
  readonly outOfTime: () => boolean;
  readonly onFailure: (tenantId: string, error: unknown) => void;
  readonly concurrency: number;
}

export interface SealResult {
  readonly sealed: number;
  readonly failed: number;
  /** Age of the oldest record that waited for sealing, in seconds; what was not reached counts by its event's time. */
  readonly oldestSeconds: number;
  /** False: time ran out with more left to seal; the next run begins elsewhere. */
  readonly complete: boolean;
}

/** The last moment of the newest minute that is over; ISO times compare as text. */
const endOfLastMinute = (now: string): string =>
  new Date(Math.floor(Date.parse(now) / 60_000) * 60_000 - 1).toISOString();

/**
 * Seals what was recorded in minutes that are over. A record that the index shows late is sealed with the next
 * minute: the chain has the order of sealing, and nothing depends on when that happened.
 */
export async function seal(deps: SealDeps): Promise<SealResult> {
  const now = deps.now();
  const result = { sealed: 0, failed: 0, oldestSeconds: 0, complete: true };
  const waited = (since: string | undefined): void => {
    if (since === undefined) return;
    const seconds = Math.floor((Date.parse(now) - Date.parse(since)) / 1000);
    result.oldestSeconds = Math.max(result.oldestSeconds, seconds);
  };
  for (const shard of shardsFrom(now, deps.store.shards)) {
    for await (const refs of deps.store.unsealed(shard, endOfLastMinute(now))) {
      const tenants = [...Map.groupBy(refs, (ref) => ref.tenantId)];
      for (let start = 0; start < tenants.length; start += deps.concurrency) {
        const some = tenants.slice(start, start + deps.concurrency);
        if (deps.outOfTime()) {
          for (const [, left] of some) waited(left[0]?.at);
          return { ...result, complete: false };
        }
        for (const one of await Promise.all(some.map((tenant) => trySeal(deps, ...tenant)))) {
          result.sealed += one.sealed;
          result.failed += one.failed ? 1 : 0;
          waited(one.oldest);
        }
      }
    }
  }
  return result;
}

/** Every minute begins with another shard, so that one with more than a run can seal does not starve the others. */
function shardsFrom(now: string, shards: number): readonly number[] {
  const first = Math.floor(Date.parse(now) / 60_000) % shards;
  return Array.from({ length: shards }, (_, index) => (first + index) % shards);
}

/** One tenant's failure leaves the others' records to be sealed, and its own to the next run. */
async function trySeal(deps: SealDeps, tenantId: string, refs: readonly RecordRef[]) {
  try {
    return { ...(await sealTenant(deps, tenantId, refs)), failed: false };
  } catch (error) {
    deps.onFailure(tenantId, error);
    return { sealed: 0, oldest: refs[0]?.at, failed: true };
  }
}

/**
 * First the head moves, by one conditional write that names the segment's records and holds its signature; then the
 * segment is written, from records that never change; then the records learn their numbers. Whoever finds a segment
 * that is decided but not settled finishes it, with the very same bytes. Of two runs at once one moves the head.
 */
export async function sealTenant(
  deps: SealDeps,
  tenantId: string,
  candidates: readonly RecordRef[],
): Promise<{ readonly sealed: number; readonly oldest?: string }> {
  let head = await deps.store.head(tenantId);
  if (head?.exporting) {
    await exportSegment(deps, tenantId, head.exporting);
    const { exporting: _, ...settled } = head;
    head = settled;
  }
  const found = await deps.store.records(candidates);
  const records = found
    .filter(({ seq }) => seq === undefined)
    .map(({ record }) => record)
    .sort(byRecording);
  const [first] = records;
  if (!first) return { sealed: 0 };

  const prev: ChainPosition = head ? { seq: head.seq, hash: head.hash } : chainStart;
  const exporting: Exporting = {
    head: await signedHead(deps, tenantId, prev, records),
    prev,
    records: records.map(({ at, recordId }) => ({ tenantId, at, recordId })),
  };
  const { sealedAt, lastSeq: seq } = exporting.head;
  const next = { seq, hash: headHash(deps.digest, exporting.head), sealedAt, exporting };
  if (!(await deps.store.advance(tenantId, head, next))) return { sealed: 0, oldest: first.recordedAt };
  await exportSegment(deps, tenantId, exporting);
  return { sealed: records.length, oldest: first.recordedAt };
}

const byRecording = (a: AuditRecord, b: AuditRecord): number =>
  `${a.recordedAt}#${a.recordId}` < `${b.recordedAt}#${b.recordId}` ? -1 : 1;

async function signedHead(
  deps: SealDeps,
  tenantId: string,
  prev: ChainPosition,
  records: readonly AuditRecord[],
): Promise<SegmentHead> {
  const head: UnsignedHead = {
    tenantId,
    firstSeq: prev.seq + 1,
    lastSeq: prev.seq + records.length,
    prevHash: prev.hash,
    hash: linkRecords(deps.digest, prev, records).at(-1)?.hash ?? prev.hash,
    sealedAt: deps.now(),
  };
  return { ...head, ...(await deps.signer.sign(signedText(head))) };
}

async function exportSegment(deps: SealDeps, tenantId: string, exporting: Exporting): Promise<void> {
  const found = new Map(
    (await deps.store.records(exporting.records)).map(({ record }) => [record.recordId, record]),
  );
  const records = exporting.records.map(({ recordId }) => found.get(recordId));
  const missing = exporting.records.find(({ recordId }) => !found.has(recordId));
  if (missing) throw new Error(`record ${missing.recordId} is gone before it was exported`);
  const sealed = linkRecords(deps.digest, exporting.prev, records);
  await deps.bucket.put(exporting.head, segmentText({ records: sealed, head: exporting.head }));
  const numbered = exporting.records.map((ref, index) => ({ ref, seq: exporting.head.firstSeq + index }));
  await deps.store.settle(tenantId, exporting, numbered);
}
