import { canonical } from './canonical.ts';
import {
  type ChainPosition,
  chainStart,
  type Digest,
  headHash,
  linkHash,
  parseSegment,
  type Segment,
  type SegmentHead,
  signedText,
} from './chain.ts';

export interface StoredSegment {
  /** Where it lies; its day and first number are part of it. */
  readonly key: string;
  readonly day: string;
  readonly firstSeq: number;
  readonly text: string;
}

export interface VerifyDeps {
  readonly digest: Digest;
  readonly isSignedBy: (keyId: string, text: string, signature: string) => Promise<boolean>;
}

export interface Verified extends ChainPosition {
  readonly segments: number;
  readonly records: number;
  readonly sealedAt?: string;
  /** Hash of each head by its last number. */
  readonly heads: ReadonlyMap<number, string>;
}

/** The first place at which the audit is not what was sealed, as a sentence for a person. */
export class BrokenChain extends Error {
  override readonly name = 'BrokenChain';
}

/**
 * Follows the chain from `from`, through segments in the order of their numbers. Asks nobody but `isSignedBy`.
 * @throws BrokenChain at the first record or segment that was changed, removed or inserted
 */
export async function verifyChain(
  deps: VerifyDeps,
  tenantId: string,
  segments: AsyncIterable<StoredSegment> | Iterable<StoredSegment>,
  from: ChainPosition = chainStart,
  onSegment: (segment: Segment) => void = () => undefined,
): Promise<Verified> {
  const heads = new Map<number, string>();
  let position: Verified = { ...from, segments: 0, records: 0, heads };
  for await (const { key, day, firstSeq, text } of segments) {
    const segment = parseSegment(text);
    if (!segment) throw new BrokenChain(`${key} was changed: it is not what the sealer writes.`);
    checkPlace(key, tenantId, segment.head, position);
    if (segment.head.firstSeq !== firstSeq || segment.head.sealedAt.slice(0, 10) !== day) {
      throw new BrokenChain(`${key} lies where another segment belongs.`);
    }
    const hash = checkRecords(deps.digest, key, segment);
    if (hash !== segment.head.hash) throw new BrokenChain(`The head of ${key} was changed.`);
    if (!(await deps.isSignedBy(segment.head.keyId, signedText(segment.head), segment.head.signature))) {
      throw new BrokenChain(`${key} is not signed by the key of the audit.`);
    }
    onSegment(segment);
    const hashOfHead = headHash(deps.digest, segment.head);
    heads.set(segment.head.lastSeq, hashOfHead);
    position = {
      heads,
      seq: segment.head.lastSeq,
      hash: hashOfHead,
      sealedAt: segment.head.sealedAt,
      segments: position.segments + 1,
      records: position.records + segment.records.length,
    };
  }
  return position;
}

function checkPlace(key: string, tenantId: string, head: SegmentHead, position: ChainPosition): void {
  const expected = position.seq + 1;
  if (head.tenantId !== tenantId) throw new BrokenChain(`${key} belongs to tenant ${head.tenantId}.`);
  if (head.firstSeq > expected) {
    throw new BrokenChain(
      `Records ${expected} to ${head.firstSeq - 1} are missing before ${key}: their segments were removed.`,
    );
  }
  if (head.firstSeq < expected) {
    throw new BrokenChain(`${key} was inserted or repeated: record ${head.firstSeq} is sealed already.`);
  }
  if (head.prevHash !== position.hash) {
    throw new BrokenChain(`${key} does not follow what is before it: one of the two was changed.`);
  }
}

/** Follows the records of one segment; the hash of the last. */
function checkRecords(digest: Digest, key: string, { records, head }: Segment): string {
  let hash = head.prevHash;
  let expected = head.firstSeq;
  for (const { seq, hash: claimed, record } of records) {
    if (seq > expected) throw new BrokenChain(`Record ${expected} was removed from ${key}.`);
    if (seq < expected) throw new BrokenChain(`A record was inserted into ${key} before record ${expected}.`);
    hash = linkHash(digest, hash, seq, record);
    if (hash !== claimed) throw new BrokenChain(`Record ${seq} in ${key} was changed.`);
    expected += 1;
  }
  if (expected <= head.lastSeq) throw new BrokenChain(`Record ${expected} was removed from ${key}.`);
  if (expected > head.lastSeq + 1) {
    throw new BrokenChain(`A record was inserted into ${key} after record ${head.lastSeq}.`);
  }
  return hash;
}

/**
 * Whether the chain still has what it was once known to have: without this, removing the newest segments would leave a
 * shorter chain that is whole, and whoever could sign could have written it anew.
 * @throws BrokenChain
 */
export function checkContains(verified: Verified, known: ChainPosition): void {
  if (verified.seq < known.seq) {
    throw new BrokenChain(
      `Records ${verified.seq + 1} to ${known.seq} are missing: the newest segments were removed.`,
    );
  }
  if (known.seq > 0 && verified.heads.get(known.seq) !== known.hash) {
    throw new BrokenChain(`The segment that ends with record ${known.seq} is not the one that it was.`);
  }
}

/**
 * The table's sealed records against the bucket's: `sealed` by number. What the table has forgotten by age is absent
 * from both sides of the comparison: `oldestKept` is the time before which it may have.
 * @throws BrokenChain
 */
export function compareWithTable(
  sealed: ReadonlyMap<number, { readonly recordId: string; readonly at: string }>,
  inTable: ReadonlyMap<number, unknown>,
  oldestKept: string,
): void {
  for (const [seq, record] of sealed) {
    const other = inTable.get(seq);
    if (other === undefined && record.at > oldestKept) {
      throw new BrokenChain(`Record ${seq} (${record.recordId}) was removed from the table.`);
    }
    if (other !== undefined && canonical(other) !== canonical(record)) {
      throw new BrokenChain(`Record ${seq} (${record.recordId}) was changed in the table.`);
    }
  }
  for (const seq of inTable.keys()) {
    if (!sealed.has(seq)) throw new BrokenChain(`Record ${seq} was inserted into the table.`);
  }
}

/**
 * The table's records without a number: whoever takes one out of the index of what waits keeps it open to changes.
 * @throws BrokenChain for one that was recorded before `sealedBy`, when every one should have its seal
 */
export function checkUnsealed(
  unsealed: readonly { readonly recordId: string; readonly recordedAt: string }[],
  sealedBy: string,
): void {
  const forgotten = unsealed.find(({ recordedAt }) => recordedAt < sealedBy);
  if (!forgotten) return;
  throw new BrokenChain(
    `Record ${forgotten.recordId} of the table has no seal since ${forgotten.recordedAt}: the sealer is behind, or it was hidden from it.`,
  );
}
