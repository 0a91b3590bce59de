import fc from 'fast-check';

/** One way in which a file breaks. Places are shares of its length, so that they fit any file. */
export type Mutation =
  | { readonly kind: 'truncated'; readonly keep: number }
  | { readonly kind: 'zeroed'; readonly from: number; readonly bytes: number }
  | { readonly kind: 'bits flipped'; readonly at: readonly (readonly [place: number, bit: number])[] }
  | { readonly kind: 'overwritten'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'inserted'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'repeated'; readonly from: number; readonly bytes: number }
  | { readonly kind: 'random bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'empty' };

/** fast-check likes the ends best; damage shall be anywhere. */
const share = fc.noBias(fc.integer({ min: 0, max: 999_999 })).map((millionths) => millionths / 1_000_000);
const few = fc.uint8Array({ minLength: 1, maxLength: 64 });
const run = fc.integer({ min: 1, max: 4_096 });

/** Small damage most often: it gets furthest. */
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('truncated' as const), keep: share }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('zeroed' as const), from: share, bytes: run }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('bits flipped' as const),
      at: fc.array(fc.tuple(share, fc.integer({ min: 0, max: 7 })), { minLength: 1, maxLength: 40 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('overwritten' as const), at: share, bytes: few }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('inserted' as const), at: share, bytes: few }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('repeated' as const), from: share, bytes: run }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('random bytes' as const),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 2_048 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'empty' as const }) },
);

/** The same for the same seed. */
export const mutations = (count: number, seed: number): readonly Mutation[] =>
  fc.sample(mutation, { numRuns: count, seed });

export function mutated(bytes: Buffer, how: Mutation): Buffer {
  const place = (of: number): number => Math.min(bytes.length, Math.floor(of * bytes.length));
  switch (how.kind) {
    case 'truncated':
      return bytes.subarray(0, place(how.keep));
    case 'zeroed': {
      const copy = Buffer.from(bytes);
      copy.subarray(place(how.from), place(how.from) + how.bytes).fill(0);
      return copy;
    }
    case 'bits flipped': {
      const copy = Buffer.from(bytes);
      for (const [of, bit] of how.at) {
        const at = Math.min(copy.length - 1, place(of));
        if (at >= 0) copy[at] = (copy[at] ?? 0) ^ (1 << bit);
      }
      return copy;
    }
    case 'overwritten': {
      const copy = Buffer.from(bytes);
      copy.set(how.bytes.subarray(0, copy.length - place(how.at)), place(how.at));
      return copy;
    }
    case 'inserted':
      return Buffer.concat([bytes.subarray(0, place(how.at)), how.bytes, bytes.subarray(place(how.at))]);
    case 'repeated': {
      const from = place(how.from);
      const piece = bytes.subarray(from, from + how.bytes);
      return Buffer.concat([bytes.subarray(0, from), piece, bytes.subarray(from)]);
    }
    case 'random bytes':
      return Buffer.from(how.bytes);
    case 'empty':
      return Buffer.alloc(0);
  }
}
