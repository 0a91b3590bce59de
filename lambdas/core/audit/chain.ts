import { canonical } from './canonical.ts';

/**
 * A tenant's audit as a chain of segments. Each record is hashed together with its number and what came before it:
 * SHA-256(previous hash || SHA-256({seq, record})), hashes as lower-case hex. A segment ends with a signed head, and
 * the next segment's chain begins with the hash of that head, signature included: nothing before the newest head can
 * change, vanish or be added without every later hash and signature being wrong.
 */

/** SHA-256 of a text's UTF-8, as lower-case hex. */
export type Digest = (text: string) => string;

/** What the chain of a tenant begins with. */
export const genesisHash = '0'.repeat(64);

export interface ChainPosition {
  /** The last number given; 0 before the first. */
  readonly seq: number;
  /** Of the newest segment's head. */
  readonly hash: string;
}

export const chainStart: ChainPosition = { seq: 0, hash: genesisHash };

export interface SealedRecord {
  readonly seq: number;
  readonly hash: string;
  readonly record: unknown;
}

export interface UnsignedHead {
  readonly tenantId: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Hash of the head before; `genesisHash` for the first segment. */
  readonly prevHash: string;
  /** Of the last record. */
  readonly hash: string;
  readonly sealedAt: string;
}

export interface SegmentHead extends UnsignedHead {
  /** The KMS key of `signature`, which is base64 of ECDSA P-256 over SHA-256 of the canonical JSON of what is above. */
  readonly keyId: string;
  readonly signature: string;
}

export interface Segment {
  readonly records: readonly SealedRecord[];
  readonly head: SegmentHead;
}

export const linkHash = (digest: Digest, prevHash: string, seq: number, record: unknown): string =>
  digest(prevHash + digest(canonical({ seq, record })));

export function linkRecords(
  digest: Digest,
  from: ChainPosition,
  records: readonly unknown[],
): readonly SealedRecord[] {
  let { hash } = from;
  return records.map((record, index) => {
    const seq = from.seq + 1 + index;
    hash = linkHash(digest, hash, seq, record);
    return { seq, hash, record };
  });
}

/** What the key signs. */
export const signedText = ({ tenantId, firstSeq, lastSeq, prevHash, hash, sealedAt }: UnsignedHead): string =>
  canonical({ tenantId, firstSeq, lastSeq, prevHash, hash, sealedAt });

export const headHash = (digest: Digest, head: SegmentHead): string => digest(canonical(head));

/** As it lies in the audit bucket: a line for each record, and the head. */
export const segmentText = ({ records, head }: Segment): string =>
  [...records, { head }].map((line) => `${canonical(line)}\n`).join('');

/** Undefined for a text that the sealer cannot have written. */
export function parseSegment(text: string): Segment | undefined {
  try {
    const lines = text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    const segment: Segment = { records: lines.slice(0, -1), head: lines.at(-1).head };
    // Also finds what JSON.parse passes over: other spaces, a key twice, a line without its end.
    const isWhole =
      hasShape(segment.head, headShape) && segment.records.every((line) => hasShape(line, lineShape));
    return isWhole && segmentText(segment) === text ? segment : undefined;
  } catch {
    return undefined;
  }
}

const lineShape: Record<keyof SealedRecord, string> = { seq: 'number', hash: 'string', record: 'object' };
const headShape: Record<keyof SegmentHead, string> = {
  tenantId: 'string',
  firstSeq: 'number',
  lastSeq: 'number',
  prevHash: 'string',
  hash: 'string',
  sealedAt: 'string',
  keyId: 'string',
  signature: 'string',
};

const hasShape = (value: object, shape: Readonly<Record<string, string>>): boolean =>
  Object.keys(value).length === Object.keys(shape).length &&
  Object.entries(shape).every(([name, type]) => typeof (value as Record<string, unknown>)[name] === type);
