import { detectContentType } from '../../lambdas/adapters/file-type/detect.ts';
import { inflate } from '../../lambdas/adapters/zlib/inflate.ts';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { contentHeadBytes } from '../../lambdas/core/content/detected.ts';
import { judgeType } from '../../lambdas/core/content/judge-type.ts';
import { budgetedSource } from '../../lambdas/core/content/structure/budgeted-source.ts';
import { inspectorOf } from '../../lambdas/core/content/structure/inspectors.ts';
import type { ContentRules, Finding } from '../../lambdas/core/content/structure/structure.ts';

export interface Inspected {
  /** `stored`, or the reason why not. */
  readonly verdict: string;
  readonly detail?: string;
  readonly findings: readonly Finding[];
  readonly reads: number;
  readonly readBytes: number;
}

const tolerant: ContentRules = { svg: 'rasterize', activeContent: 'allow', encryptedContent: 'allow' };

/** What the type and the structure of a file come to, by reads that are counted and bounded as in production. */
export async function inspectBytes(
  bytes: Uint8Array,
  { filename, mimeType: declared }: { readonly filename: string; readonly mimeType: string },
  rules: Partial<ContentRules> = {},
): Promise<Inspected> {
  let reads = 0;
  let readBytes = 0;
  const read = async (from: number, length: number) => {
    reads += 1;
    readBytes += length;
    return bytes.subarray(from, from + length);
  };
  const source = budgetedSource(bytes.length, read, defaultLimits.inspection);
  const detected = await detectContentType(await source.read(0, contentHeadBytes));
  const all = { ...tolerant, ...rules };
  const type = judgeType({ declared, filename, detected, svg: all.svg });
  if (type.verdict === 'refused')
    return { verdict: type.reason, detail: type.detail, findings: [], reads, readBytes };
  const { mimeType } = type;
  const found = await inspectorOf(mimeType)?.(source, { mimeType, detected, rules: all, inflate });
  const cost = { reads, readBytes };
  if (found?.verdict === 'refused')
    return { verdict: found.reason, detail: found.detail, findings: [], ...cost };
  if (found?.verdict === 'unscannable')
    return { verdict: 'unscannable', detail: found.detail, findings: [], ...cost };
  return { verdict: 'stored', findings: found?.findings ?? [], ...cost };
}
