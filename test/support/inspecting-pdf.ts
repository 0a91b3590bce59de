import { inflate } from '../../lambdas/adapters/zlib/inflate.ts';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { budgetedSource } from '../../lambdas/core/content/structure/budgeted-source.ts';
import { inspectPdf } from '../../lambdas/core/content/structure/pdf/inspect-pdf.ts';
import type { ContentRules, StructureVerdict } from '../../lambdas/core/content/structure/structure.ts';

/** Bytes, or so many of them that mean nothing. */
export type Part = Buffer | number;

export const lenient: ContentRules = { svg: 'rasterize', activeContent: 'allow', encryptedContent: 'allow' };
export const strict: ContentRules = { svg: 'reject', activeContent: 'reject', encryptedContent: 'reject' };

export interface Inspected {
  readonly verdict: StructureVerdict;
  readonly reads: number;
  readonly bytes: number;
}

/** Under the budget of a deployment. */
export async function inspectParts(
  parts: readonly Part[],
  rules: ContentRules = lenient,
): Promise<Inspected> {
  const size = parts.reduce<number>((sum, part) => sum + (typeof part === 'number' ? part : part.length), 0);
  let reads = 0;
  let bytes = 0;
  const source = budgetedSource(
    size,
    async (from, length) => {
      reads += 1;
      bytes += length;
      return rangeOf(parts, from, length);
    },
    defaultLimits.inspection,
  );
  const detected = { kind: 'magic', mimeType: 'application/pdf', extension: '.pdf' } as const;
  const verdict = await inspectPdf(source, { mimeType: 'application/pdf', detected, rules, inflate });
  return { verdict, reads, bytes };
}

export const inspectBytes = async (bytes: Buffer, rules?: ContentRules): Promise<StructureVerdict> =>
  (await inspectParts([bytes], rules)).verdict;

function rangeOf(parts: readonly Part[], from: number, length: number): Buffer {
  const range = Buffer.alloc(length, 0xaa);
  let at = 0;
  for (const part of parts) {
    const size = typeof part === 'number' ? part : part.length;
    if (typeof part !== 'number' && at < from + length && at + size > from) {
      part.copy(range, Math.max(0, at - from), Math.max(0, from - at), Math.min(size, from + length - at));
    }
    at += size;
  }
  return range;
}
