import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { canonical } from '../../lambdas/core/audit/canonical.ts';
import type { AuditRecord, RecordRef } from '../../lambdas/core/audit/record.ts';
import type { ChainHead, ChainStore, SealDeps } from '../../lambdas/core/audit/seal.ts';
import type { StoredSegment, VerifyDeps } from '../../lambdas/core/audit/verify.ts';
import { addSeconds } from '../../lambdas/core/time.ts';
import { startOfTime } from './domain.ts';

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

export const auditRecord = (index: number, over: Partial<AuditRecord> = {}): AuditRecord => ({
  recordId: `R${String(index).padStart(5, '0')}`,
  at: addSeconds(startOfTime, index),
  recordedAt: addSeconds(startOfTime, index + 1),
  tenantId: 'acme',
  actor: { kind: 'user', userId: 'alice', address: '192.0.2.1' },
  type: 'file.stored',
  operation: 'upload',
  outcome: 'success',
  fileId: `F${index}`,
  ownerId: 'alice',
  risk: 0.1,
  factors: [],
  data: { size: index },
  ...over,
});

/** The sealer over a table, a bucket and a key that are models; `fail` lets the next call of that name throw. */
export class AuditWorld {
  readonly records = new Map<string, { record: AuditRecord; seq?: number }>();
  readonly heads = new Map<string, ChainHead>();
  readonly objects = new Map<string, string>();
  readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly failures: unknown[] = [];
  readonly failing = new Set<string>();
  at = addSeconds(startOfTime, 86_400);

  add(...records: readonly AuditRecord[]): void {
    for (const record of records) this.records.set(record.recordId, { record });
  }

  readonly store: ChainStore = {
    shards: 1,
    unsealed: (_shard, until) => this.unsealed(until),
    head: async (tenantId) => structuredClone(this.heads.get(tenantId)),
    records: async (refs) =>
      refs.flatMap(({ recordId }) => structuredClone(this.records.get(recordId)) ?? []),
    advance: async (tenantId, before, after) => {
      const now = this.heads.get(tenantId);
      if (now?.seq !== before?.seq || now?.hash !== before?.hash || now?.exporting) return false;
      this.heads.set(tenantId, structuredClone(after));
      return true;
    },
    settle: async (tenantId, { head }, records) => {
      this.mayFail('settle');
      for (const { ref, seq } of records) {
        const found = this.records.get(ref.recordId);
        if (found) found.seq = seq;
      }
      const now = this.heads.get(tenantId);
      if (now?.seq !== head.lastSeq) return;
      const { exporting: _, ...settled } = now;
      this.heads.set(tenantId, settled);
    },
  };

  private async *unsealed(until: string): AsyncGenerator<readonly RecordRef[]> {
    const due = [...this.records.values()].filter(
      ({ record, seq }) => seq === undefined && record.recordedAt <= until,
    );
    yield due.map(({ record: { tenantId, at, recordId } }) => ({ tenantId, at, recordId }));
  }

  private mayFail(call: string): void {
    if (this.failing.delete(call)) throw new Error(`${call} failed`);
  }

  get deps(): SealDeps {
    return {
      store: this.store,
      bucket: {
        put: async (head, text) => {
          this.mayFail('put');
          const day = head.sealedAt.slice(0, 10);
          const key = `${head.tenantId}/${day}/${String(head.firstSeq).padStart(8, '0')}`;
          // A segment is written once.
          if (!this.objects.has(key)) this.objects.set(key, text);
        },
      },
      signer: {
        sign: async (text) => ({
          keyId: 'key',
          signature: sign('sha256', Buffer.from(text), this.keys.privateKey).toString('base64'),
        }),
      },
      digest,
      now: () => this.at,
      outOfTime: () => false,
      onFailure: (_tenantId, error) => void this.failures.push(error),
      concurrency: 2,
    };
  }

  readonly verifying: VerifyDeps = {
    digest,
    isSignedBy: async (keyId, text, signature) =>
      keyId === 'key' &&
      verify('sha256', Buffer.from(text), this.keys.publicKey, Buffer.from(signature, 'base64')),
  };

  segments(tenantId = 'acme'): StoredSegment[] {
    return [...this.objects]
      .filter(([key]) => key.startsWith(`${tenantId}/`))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, text]) => {
        const [, day = '', number] = key.split('/');
        return { key, day, firstSeq: Number(number), text };
      });
  }
}

/** The text of a segment after a change, with hashes and numbers as whoever cannot sign would make them fit. */
export function forged(text: string, change: (lines: { [field: string]: unknown }[]) => void): string {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  change(lines);
  return lines.map((line) => `${canonical(line)}\n`).join('');
}
