import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical } from '../../../lambdas/core/audit/canonical.ts';
import { linkHash } from '../../../lambdas/core/audit/chain.ts';
import { seal } from '../../../lambdas/core/audit/seal.ts';
import {
  BrokenChain,
  checkContains,
  checkUnsealed,
  compareWithTable,
  type StoredSegment,
  verifyChain,
} from '../../../lambdas/core/audit/verify.ts';
import { addSeconds } from '../../../lambdas/core/time.ts';
import { AuditWorld, auditRecord, digest, forged } from '../../support/audit.ts';

/** Segments of a few records each, a day apart. */
async function sealed(...sizes: number[]): Promise<AuditWorld> {
  const world = new AuditWorld();
  let index = 0;
  for (const size of sizes) {
    for (let each = 0; each < size; each += 1) world.add(auditRecord(index++));
    await seal(world.deps);
    world.at = addSeconds(world.at, 86_400);
  }
  return world;
}

const verify = (world: AuditWorld, segments: readonly StoredSegment[]) =>
  verifyChain(world.verifying, 'acme', segments);

describe('a sealed audit', () => {
  it('is whole as it was sealed', async () => {
    const world = await sealed(3, 1, 2);

    const verified = await verify(world, world.segments());
    expect(verified).toMatchObject({ seq: 6, segments: 3, records: 6, hash: world.heads.get('acme')?.hash });
  });

  it('hashes a record with its number and with all that came before it', () => {
    const record = auditRecord(1);
    const hash = linkHash(digest, 'before', 7, record);

    expect(hash).toBe(digest(`before${digest(canonical({ record, seq: 7 }))}`));
    expect(linkHash(digest, 'other', 7, record)).not.toBe(hash);
    expect(linkHash(digest, 'before', 8, record)).not.toBe(hash);
  });

  it.each([
    [
      'a record that was changed',
      (lines) => void Object.assign(lines[1]?.record as object, { risk: 0.9 }),
      /Record 2 .* changed/,
    ],
    ['a record that was removed', (lines) => void lines.splice(1, 1), /Record 2 was removed/],
    ['the last record of a segment removed', (lines) => void lines.splice(2, 1), /Record 3 was removed/],
    [
      'a record that was inserted',
      (lines) => void lines.splice(1, 0, structuredClone(lines[0] ?? {})),
      /inserted .* before record 2/,
    ],
    [
      'a record added at the end',
      (lines) => void lines.splice(3, 0, { ...lines[2], seq: 4 }),
      /Record 4 .* changed/,
    ],
    [
      'records that changed places',
      (lines) => void lines.splice(0, 2, lines[1] ?? {}, lines[0] ?? {}),
      /Record 1 was removed/,
    ],
  ] satisfies [string, (lines: { [field: string]: unknown }[]) => void, RegExp][])(
    'shows %s',
    async (_name, change, sentence) => {
      const world = await sealed(3, 2);
      const [first, ...rest] = world.segments();
      const text = forged(first?.text ?? '', change);

      await expect(verify(world, [{ ...(first as StoredSegment), text }, ...rest])).rejects.toThrow(sentence);
    },
  );

  it('shows a forgery whose hashes all fit, by its signature', async () => {
    const world = await sealed(1);
    const [segment] = world.segments() as [StoredSegment];
    const text = forged(segment.text, ([line, last]) => {
      const head = last?.head as Record<string, unknown>;
      const record = { ...(line?.record as object), risk: 0.9 };
      const hash = linkHash(digest, String(head.prevHash), 1, record);
      Object.assign(line as object, { record, hash });
      head.hash = hash;
    });

    await expect(verify(world, [{ ...segment, text }])).rejects.toThrow(/not signed/);
  });

  it('shows a segment that is gone, a whole day of them included', async () => {
    const world = await sealed(2, 3, 1, 2);
    const segments = world.segments();

    await expect(verify(world, segments.toSpliced(1, 1))).rejects.toThrow(/Records 3 to 5 are missing/);
    await expect(verify(world, segments.slice(1))).rejects.toThrow(/Records 1 to 2 are missing/);
  });

  it('shows that the newest segments are gone, by what was known of it', async () => {
    const world = await sealed(2, 3);
    const known = await verify(world, world.segments());
    const shorter = await verify(world, world.segments().slice(0, 1));

    expect(() => checkContains(known, known)).not.toThrow();
    expect(() => checkContains(known, shorter)).not.toThrow();
    expect(() => checkContains(shorter, known)).toThrow(/Records 3 to 5 are missing/);
    expect(() => checkContains(known, { seq: 2, hash: 'another' })).toThrow(/record 2 is not the one/);
  });

  it('shows a segment of another tenant, another place, or twice', async () => {
    const world = await sealed(2, 1);
    const [first, second] = world.segments() as [StoredSegment, StoredSegment];

    await expect(verifyChain(world.verifying, 'globex', [first])).rejects.toThrow(/belongs to tenant acme/);
    await expect(verify(world, [{ ...first, day: '2020-01-01' }])).rejects.toThrow(/another segment belongs/);
    await expect(verify(world, [first, first, second])).rejects.toThrow(/inserted or repeated/);
  });

  it('shows any change of any byte, whatever it is', async () => {
    const world = await sealed(2, 2, 1);
    const segments = world.segments();
    const change = fc.record({
      segment: fc.nat({ max: segments.length - 1 }),
      place: fc.nat({ max: 5_000 }),
      kind: fc.constantFrom('replace', 'remove', 'insert'),
      byte: fc.constantFrom(...'09afZ "{}\n,:'),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ segment, place, kind, byte }) => {
        const { text } = segments[segment] as StoredSegment;
        const at = place % text.length;
        const rest = text.slice(kind === 'insert' ? at : at + 1);
        const changed = text.slice(0, at) + (kind === 'remove' ? '' : byte) + rest;
        fc.pre(changed !== text);
        const tampered = segments.with(segment, { ...(segments[segment] as StoredSegment), text: changed });
        const verified = await verify(world, tampered).catch((error) => error);
        if (verified instanceof BrokenChain) return;
        // The signature of the newest head alone has more than one spelling; what is known of the chain tells.
        expect(() => checkContains(verified, world.heads.get('acme') as never)).toThrow(BrokenChain);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the table's records beside the sealed ones", () => {
  const record = auditRecord(1);
  const sealedRecords = new Map([[1, record]]);
  const long = '2000-01-01T00:00:00.000Z';

  it('agree, whatever the order of their fields', () => {
    const other = Object.fromEntries(Object.entries(record).reverse());
    expect(() => compareWithTable(sealedRecords, new Map([[1, other]]), long)).not.toThrow();
  });

  it('show what was changed, removed or inserted in the table', () => {
    const compare = (inTable: ReadonlyMap<number, unknown>) => () =>
      compareWithTable(sealedRecords, inTable, long);

    expect(compare(new Map([[1, { ...record, risk: 1 }]]))).toThrow(/Record 1 .* changed in the table/);
    expect(compare(new Map())).toThrow(/Record 1 .* removed from the table/);
    expect(
      compare(
        new Map([
          [1, record],
          [2, record],
        ]),
      ),
    ).toThrow(/Record 2 was inserted/);
  });

  it('all have a number once the sealer was there, or were hidden from it', () => {
    const waiting = [auditRecord(1)];
    expect(() => checkUnsealed(waiting, auditRecord(1).recordedAt)).not.toThrow();
    expect(() => checkUnsealed(waiting, auditRecord(2).recordedAt)).toThrow(/R00001 .* has no seal/);
  });

  it('may be gone by age', () => {
    expect(() => compareWithTable(sealedRecords, new Map(), '2099-01-01T00:00:00.000Z')).not.toThrow();
  });
});

it('canonical JSON is the same for the same value, and JSON', () => {
  expect(canonical({ b: 1, a: [true, null, 'é"'], c: undefined, '€': { z: 0.1, y: 1e21 } })).toBe(
    '{"a":[true,null,"é\\""],"b":1,"€":{"y":1e+21,"z":0.1}}',
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
