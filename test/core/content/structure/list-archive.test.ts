import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inflate } from '../../../../lambdas/adapters/zlib/inflate.ts';
import { listArchive } from '../../../../lambdas/core/content/structure/archives/list-archive.ts';
import { budgetedSource } from '../../../../lambdas/core/content/structure/budgeted-source.ts';
import { ReadBudgetSpent } from '../../../../lambdas/core/content/structure/structure.ts';
import { paxHeader, tar, zip } from '../../../support/archives.ts';

const rules = { svg: 'rasterize', activeContent: 'allow', encryptedContent: 'allow' } as const;
const context = { mimeType: 'application/zip', detected: { kind: 'unknown' }, rules, inflate } as const;

const list = (bytes: Buffer) =>
  listArchive(
    budgetedSource(bytes.length, async (from, length) => bytes.subarray(from, from + length), {
      maxReads: 64,
      maxReadBytes: 64 * 1024 * 1024,
    }),
    context,
  );

describe('the contents of an archive', () => {
  it('are the names and sizes of a zip, folders counted and not named', async () => {
    const bytes = zip([
      { name: 'letters/', content: '' },
      { name: 'letters/to mother.txt', content: 'Dear mother', deflate: true },
      { name: 'photo.jpg', content: Buffer.alloc(1_000) },
    ]);

    expect(await list(bytes)).toEqual({
      entries: 3,
      unpackedBytes: 1_011,
      names: ['letters/to mother.txt', 'photo.jpg'],
    });
  });

  it('have their names in the alphabet in which they were written', async () => {
    const name = 'Übergröße/日本.txt';
    const old = 'K\xe4se.txt';
    const bytes = zip([
      { name, content: 'a', local: { flags: 0x800 }, central: { flags: 0x800 } },
      { name: `2 ${name}`, content: 'b' },
      { name: 'old', content: 'c', local: { name: old }, central: { name: old } },
    ]);

    expect((await list(bytes))?.names).toEqual(['Übergröße/日本.txt', '2 Übergröße/日本.txt', 'Käse.txt']);
  });

  it('are those of a tar, under the long names that stand before their headers', async () => {
    const long = `deep/${'x'.repeat(180)}.txt`;
    const bytes = tar([
      { name: 'folder', type: '5' },
      { name: 'folder/short.txt', content: 'hello' },
      paxHeader({ path: long }),
      { name: 'cut off', content: 'there' },
    ]);

    expect(await list(bytes)).toEqual({
      entries: 3,
      unpackedBytes: 10,
      names: ['folder/short.txt', long],
    });
  });

  it('are those of a compressed tar, and the size of what else is compressed', async () => {
    const packed = gzipSync(tar([{ name: 'a.txt', content: 'a' }]));

    expect(await list(packed)).toEqual({ entries: 1, unpackedBytes: 1, names: ['a.txt'] });
    expect(await list(gzipSync(Buffer.alloc(5_000)))).toEqual({
      entries: 1,
      unpackedBytes: 5_000,
      names: [],
    });
  });

  it('are unknown of other formats and of damaged archives', async () => {
    expect(await list(Buffer.from('377abcaf271c', 'hex'))).toBeUndefined();
    expect(await list(zip([{ name: 'a', content: 'b' }]).subarray(0, 40))).toBeUndefined();
    expect(await list(Buffer.from('no archive'))).toBeUndefined();
  });

  it('end in a listing or in none, whatever happened to the bytes', async () => {
    const sound = [
      zip([
        { name: 'a/b.txt', content: 'text'.repeat(50), deflate: true },
        { name: 'c', content: '' },
      ]),
      tar([{ name: 'a.txt', content: 'a' }]),
      gzipSync(tar([{ name: 'b.txt', content: 'b' }])),
    ];
    const change = fc.record({
      which: fc.nat({ max: 2 }),
      at: fc.nat(),
      byte: fc.nat({ max: 255 }),
      cut: fc.nat(),
    });

    await fc.assert(
      fc.asyncProperty(change, async ({ which, at, byte, cut }) => {
        const bytes = Buffer.from(sound[which] ?? '');
        bytes[at % bytes.length] = byte;
        const outcome = await list(bytes.subarray(0, 1 + (cut % bytes.length))).catch(
          (error: unknown) => error,
        );
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ReadBudgetSpent);
      }),
      { numRuns: 400 },
    );
  });
});
