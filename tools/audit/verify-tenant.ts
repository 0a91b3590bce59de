import { createHash, type KeyObject, verify } from 'node:crypto';
import {
  type ChainPosition,
  chainStart,
  parseSegment,
  type Segment,
} from '../../lambdas/core/audit/chain.ts';
import type { AuditRecord } from '../../lambdas/core/audit/record.ts';
import {
  BrokenChain,
  checkContains,
  checkUnsealed,
  compareWithTable,
  type StoredSegment,
  type Verified,
  verifyChain,
} from '../../lambdas/core/audit/verify.ts';
import { placesOf, placesWithin, type SegmentSource, segmentsAt } from './segments.ts';

export interface VerifyOptions {
  readonly tenantId: string;
  readonly source: SegmentSource;
  /** Of the stage's key; `keyId` where the heads must name it. */
  readonly publicKey: KeyObject;
  readonly keyId?: string;
  /** ISO dates, both included. */
  readonly from?: string;
  readonly to?: string;
  /** What the chain is known to contain: the table's head, or what an earlier verification printed. */
  readonly known: readonly ChainPosition[];
  /** The table's records of the days that the bucket's are of; absent: they are not compared. */
  readonly inTable?: (days: readonly string[]) => Promise<TableRecords>;
  /** What was recorded before has its seal. */
  readonly sealedBy: string;
  /** Before this time the table may have forgotten. */
  readonly oldestKept: string;
}

export interface TableRecords {
  /** By number. */
  readonly sealed: ReadonlyMap<number, AuditRecord>;
  readonly unsealed: readonly AuditRecord[];
}

/** @throws BrokenChain at the first broken place */
export async function verifyTenant(options: VerifyOptions): Promise<Verified> {
  const { tenantId, source } = options;
  const { places, fromStart, toEnd } = placesWithin(
    await placesOf(source, tenantId),
    options.from,
    options.to,
  );
  const sealed = new Map<number, AuditRecord>();
  const verified = await verifyChain(
    { digest, isSignedBy: async (keyId, text, signature) => isSigned(options, keyId, text, signature) },
    tenantId,
    segmentsAt(source, places),
    fromStart ? chainStart : await before(source, places[0]),
    ({ records }: Segment) => {
      if (!options.inTable) return;
      for (const { seq, record } of records) sealed.set(seq, record as AuditRecord);
    },
  );
  for (const known of options.known) {
    if (toEnd || known.seq <= verified.seq) checkWithin(verified, known);
  }
  if (options.inTable) {
    const days = [...new Set([...sealed.values()].map(({ at }) => at.slice(0, 10)))];
    // Records of these days that are sealed in other segments are not looked at here.
    const [first = 1] = sealed.keys();
    const table = await options.inTable(days);
    const inRange = [...table.sealed].filter(([seq]) => seq >= first && seq < first + sealed.size);
    compareWithTable(sealed, new Map(inRange), options.oldestKept);
    checkUnsealed(table.unsealed, options.sealedBy);
  }
  return verified;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

function isSigned(
  { publicKey, keyId: expected }: VerifyOptions,
  keyId: string,
  text: string,
  signature: string,
): boolean {
  if (expected !== undefined && keyId !== expected) return false;
  return verify(
    'sha256',
    Buffer.from(text),
    { key: publicKey, dsaEncoding: 'der' },
    Buffer.from(signature, 'base64'),
  );
}

/** Where the first segment of a range says that it begins; the segment is then checked like every other. */
async function before(
  source: SegmentSource,
  place: Omit<StoredSegment, 'text'> | undefined,
): Promise<ChainPosition> {
  if (!place) return chainStart;
  const segment = parseSegment(await source.text(place.key));
  if (!segment) throw new BrokenChain(`${place.key} was changed: it is not what the sealer writes.`);
  return { seq: segment.head.firstSeq - 1, hash: segment.head.prevHash };
}

/** A position before the range says nothing of it. */
function checkWithin(verified: Verified, known: ChainPosition): void {
  const [first] = verified.heads.keys();
  if (first === undefined || known.seq >= first) checkContains(verified, known);
}
