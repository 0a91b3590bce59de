import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inflate } from '../../../../lambdas/adapters/zlib/inflate.ts';
import { defaultLimits } from '../../../../lambdas/contract/limits.ts';
import { inspectArchive } from '../../../../lambdas/core/content/structure/archives/inspect-archive.ts';
import { budgetedSource } from '../../../../lambdas/core/content/structure/budgeted-source.ts';
import { ReadBudgetSpent } from '../../../../lambdas/core/content/structure/structure.ts';
import { docxEntries, odtEntries, paxHeader, tar, xlsxEntries, zip } from '../../../support/archives.ts';
import { compoundFile } from '../../../support/compound-file.ts';

const packed = { deflate: true };
const inner = zip([{ name: 'a.txt', content: 'a'.repeat(500), ...packed }]);
const samples: readonly (readonly [mimeType: string, bytes: Buffer])[] = [
  ['application/zip', inner],
  [
    'application/zip',
    zip([{ name: 'i.zip', content: inner, ...packed }], { zip64: true, comment: Buffer.from('c') }),
  ],
  ['application/zip', zip([{ name: 'a.gz', content: gzipSync(tar([{ name: 'a', content: inner }])) }])],
  [
    'application/zip',
    zip([...docxEntries(), ...xlsxEntries().slice(2)].map((entry) => ({ ...entry, ...packed }))),
  ],
  ['application/zip', zip(odtEntries())],
  [
    'application/x-tar',
    tar([paxHeader({ path: 'b' }), { name: 'a', content: 'x' }, { name: 'i', content: inner }]),
  ],
  ['application/gzip', Buffer.concat([gzipSync('a'.repeat(900)), gzipSync(inner)])],
  [
    'application/x-cfb',
    compoundFile([
      {
        name: 'Workbook',
        content: Buffer.from('0908080000060500000000008500080000000000000001006100', 'hex'),
      },
      { name: 'ObjectPool', children: [{ name: 'VBA', children: [] }] },
    ]),
  ],
];

/** Numbers that break things stand next to the ends of their ranges. */
const value = fc.oneof(fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xfe, 0xff), fc.nat(255));
const change = fc.record({
  at: fc.nat(2 ** 20),
  from: fc.boolean(),
  values: fc.array(value, { minLength: 1, maxLength: 8 }),
});
const mutation = fc.record({
  sample: fc.constantFrom(...samples),
  changes: fc.array(change, { minLength: 1, maxLength: 6 }),
  cutBytes: fc.oneof(fc.constant(0), fc.nat(200)),
});

/** Half of the changes near the end, where zips say what they are. */
function mutate(
  original: Buffer,
  changes: readonly { at: number; from: boolean; values: number[] }[],
  cutBytes: number,
) {
  const bytes = Buffer.from(original);
  for (const { at, from, values } of changes) {
    const start = from ? at % bytes.length : Math.max(0, bytes.length - 1 - (at % 200));
    for (const [index, each] of values.entries())
      if (start + index < bytes.length) bytes[start + index] = each;
  }
  return bytes.subarray(0, Math.max(1, bytes.length - cutBytes));
}

const maxMs = 3_000;

describe('an archive of any bytes', () => {
  it('gets an answer soon, within the budget, and throws nothing but that it is spent', async () => {
    const { maxReads } = defaultLimits.inspection;
    await fc.assert(
      fc.asyncProperty(mutation, async ({ sample: [mimeType, original], changes, cutBytes }) => {
        const bytes = mutate(original, changes, cutBytes);
        let reads = 0;
        const source = budgetedSource(
          bytes.length,
          async (from, length) => {
            reads += 1;
            return bytes.subarray(from, from + length);
          },
          defaultLimits.inspection,
        );
        const began = performance.now();
        const verdict = await inspectArchive(source, {
          mimeType,
          detected: { kind: 'magic', mimeType, extension: '' },
          rules: { svg: 'reject', activeContent: 'reject', encryptedContent: 'reject' },
          inflate,
        }).catch((error: unknown) => error);

        if (!(verdict instanceof ReadBudgetSpent)) {
          expect(verdict).toMatchObject({
            verdict: expect.stringMatching(/^(?:sound|refused|unscannable)$/),
          });
        }
        expect(reads).toBeLessThanOrEqual(maxReads);
        expect(performance.now() - began).toBeLessThan(maxMs);
      }),
      { numRuns: 1_500 },
    );
  }, 60_000);
});
