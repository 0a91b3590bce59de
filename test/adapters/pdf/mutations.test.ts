import { readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPdfReader } from '../../../lambdas/adapters/pdf/pdf-reader.ts';
import { DocumentUnreadable } from '../../../lambdas/core/documents/ports.ts';
import { firstExtra, pagesPdf } from '../../support/pdf-pages.ts';
import { stream } from '../../support/pdf-writer.ts';
import { published } from '../../support/published.ts';

/** `npm run verify:malformed` sends thousands through the whole pipeline. */
const mutations = 16;
const bounds = {
  maxTextPages: 50,
  maxTextBytes: 100_000,
  previewPages: 3,
  previewSide: 300,
  deadlineMs: 20_000,
};
/** The deadline, and a slow machine. */
const longestMs = 25_000;

const form = firstExtra(2);
const own = pagesPdf(
  [{ text: ['One', 'Two'], entries: `/Annots[${form} 0 R]` }, { content: '1 0 0 rg 50 600 200 150 re f' }],
  {
    info: '/Title(A title)/CreationDate(D:20260131120000Z)',
    root: `/AcroForm<</Fields[${form} 0 R]>>`,
    extra: [
      `<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/Rect[0 0 100 100]/AP<</N ${form + 1} 0 R>>>>`,
      stream('/Type/XObject/Subtype/Form/BBox[0 0 100 100]', '1 0 0 rg 0 0 100 100 re f'),
    ],
  },
);

type Mutation =
  | { readonly kind: 'truncate'; readonly at: number }
  | { readonly kind: 'flip'; readonly bytes: readonly (readonly [at: number, value: number])[] }
  | { readonly kind: 'cut'; readonly at: number; readonly length: number }
  | { readonly kind: 'renumber'; readonly nth: number; readonly value: number };

const part = fc.double({ min: 0, max: 1, noNaN: true });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('truncate' as const), at: part }),
  fc.record({
    kind: fc.constant('flip' as const),
    bytes: fc.array(fc.tuple(part, fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 100 }),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: part, length: fc.integer({ min: 1, max: 2000 }) }),
  fc.record({
    kind: fc.constant('renumber' as const),
    nth: fc.integer({ min: 1, max: 9 }),
    value: fc.constantFrom(0, 1, 65_535, 2 ** 31 - 1, 2 ** 32, 1e15),
  }),
);

function mutate(source: Buffer, how: Mutation): Buffer {
  const index = (at: number) => Math.floor(at * (source.length - 1));
  switch (how.kind) {
    case 'truncate':
      return source.subarray(0, index(how.at));
    case 'cut': {
      const at = index(how.at);
      return Buffer.concat([source.subarray(0, at), source.subarray(at + how.length)]);
    }
    case 'renumber': {
      let seen = 0;
      const text = source.toString('latin1').replaceAll(/\d+/g, (number) => {
        seen += 1;
        return seen % how.nth === 0 ? String(how.value) : number;
      });
      return Buffer.from(text, 'latin1');
    }
    case 'flip': {
      const copy = Buffer.from(source);
      for (const [at, value] of how.bytes) copy[index(at)] = value;
      return copy;
    }
  }
}

describe('a damaged PDF', () => {
  let article: Buffer;
  beforeAll(async () => {
    article = await readFile(published('pdf-parse/test/data/04-valid.pdf'));
  });

  it('is read as far as it can be, or refused, in time', { timeout: mutations * 30_000 }, async () => {
    const damaged = fc.asyncProperty(fc.boolean(), mutation, async (isOwn, how) => {
      const source = mutate(isOwn ? own : article, how);
      const startedAt = performance.now();

      const outcome = await createPdfReader()
        .read(source, { mimeType: 'application/pdf', bounds })
        .catch((error: unknown) => error);

      expect(performance.now() - startedAt).toBeLessThan(longestMs);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(DocumentUnreadable);
      else expect(outcome).toMatchObject({ pages: expect.any(Number) });
    });
    await fc.assert(damaged, { numRuns: mutations, endOnFailure: true });
  });
});
