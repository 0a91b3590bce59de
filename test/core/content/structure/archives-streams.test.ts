import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { detectContentType } from '../../../../lambdas/adapters/file-type/detect.ts';
import { paxHeader, type TarEntry, tar, zip } from '../../../support/archives.ts';
import { examineBytes, outcomeOf } from '../../../support/examining.ts';

const tarFile = { filename: 'a.tar', mimeType: 'application/x-tar' };
const gzipFile = { filename: 'a.gz', mimeType: 'application/gzip' };
const lookTar = async (...entries: TarEntry[]) => outcomeOf(await examineBytes(tar(entries), tarFile));
const lookGzip = async (bytes: Buffer) => outcomeOf(await examineBytes(bytes, gzipFile));

describe('a tar', () => {
  it.each<[string, TarEntry[], string]>([
    ['a path out of it', [{ name: 'a/../../b' }], 'malformed'],
    ['an absolute path', [{ name: '/etc/passwd' }], 'malformed'],
    [
      'a long name of GNU that leads out',
      [{ name: 'L', type: 'L', content: '../a\0' }, { name: 'a' }],
      'malformed',
    ],
    ['a path of pax that leads out', [paxHeader({ path: '../a' }), { name: 'a' }], 'malformed'],
    [
      'a link of pax that leads out',
      [paxHeader({ linkpath: '../a' }), { name: 'a', type: '2' }],
      'malformed',
    ],
    ['a hard link out of it', [{ name: 'a/b/c', type: '1', linkName: '../a' }], 'malformed'],
    ['an absolute link', [{ name: 'a', type: '2', linkName: '/etc' }], 'malformed'],
    ['a device', [{ name: 'a', type: '3' }], 'malformed'],
    ['a pipe', [{ name: 'a', type: '6' }], 'malformed'],
    ['a damaged pax header', [{ name: 'x', type: 'x', content: '99 path=a\n' }, { name: 'a' }], 'malformed'],
    ['a pax size beyond it', [paxHeader({ size: '999999' }), { name: 'a', content: 'x' }], 'malformed'],
    ['one volume of several', [{ name: 'a', type: 'M' }], 'unscannable'],
    ['a RAR', [{ name: 'a', content: Buffer.from('526172211a0700', 'hex') }], 'unscannable'],
    ['a disk', [{ name: 'a.iso', content: 'x' }], 'unscannable'],
    [
      'a zip with a path out of it',
      [{ name: 'a', content: zip([{ name: '../a', content: 'x' }]) }],
      'malformed',
    ],
    [
      'files, folders, a label',
      [
        { name: 'v', type: 'V' },
        { name: 'a/', type: '5' },
        { name: 'a/b', content: 'x' },
      ],
      'stored',
    ],
    ['one name twice', [{ name: 'a' }, { name: 'a' }], 'stored'],
    ['a path of pax', [paxHeader({ path: 'Zoë/漢字', mtime: '1.5' }), { name: 'a', content: 'x' }], 'stored'],
    ['sizes of pax', [paxHeader({ size: '1' }), { name: 'a', content: 'x' }], 'stored'],
  ])('with %s', async (_what, entries, expected) => {
    expect(await lookTar(...entries)).toBe(expected);
  });

  it('of small files is read in windows, of large ones by its headers', async () => {
    const small = tar(
      Array.from({ length: 1_000 }, (_, index) => ({ name: `${index}`, content: randomBytes(5_000) })),
    );
    const large = tar(
      Array.from({ length: 8 }, (_, index) => ({ name: `${index}`, content: randomBytes(3_000_000) })),
    );
    const [few, fewer] = [await examineBytes(small, tarFile), await examineBytes(large, tarFile)];
    expect([outcomeOf(few), outcomeOf(fewer)]).toEqual(['stored', 'stored']);
    expect(few.reads).toBeLessThan(12);
    expect(fewer.reads).toBeLessThan(20);
    expect(fewer.readBytes).toBeLessThan(large.length / 8);
  });

  it('of more than can be walked is nobody to vouch for', async () => {
    const content = Buffer.alloc(1_100_000, 'x');
    const looked = await examineBytes(
      tar(Array.from({ length: 80 }, (_, n) => ({ name: `${n}`, content }))),
      tarFile,
    );
    expect(outcomeOf(looked)).toBe('unscannable');
    expect(looked.reads).toBeLessThanOrEqual(64);
  });
});

describe('a gzip stream', () => {
  it('is inflated to the last of its streams', async () => {
    expect(await lookGzip(gzipSync(randomBytes(50_000)))).toBe('stored');
    expect(await lookGzip(Buffer.concat([gzipSync('a'), gzipSync('b'), gzipSync('c')]))).toBe('stored');
    expect(await lookGzip(Buffer.concat([gzipSync('a'), randomBytes(40)]))).toBe('malformed');
    expect(await lookGzip(Buffer.concat([gzipSync('a'), Buffer.alloc(40)]))).toBe('stored');
    const many = (count: number) => Buffer.concat(Array.from({ length: count }, () => gzipSync('a')));
    expect(await lookGzip(many(500))).toBe('stored');
    expect(await lookGzip(many(600))).toBe('unscannable');
  });

  it('may hold others, uncompressed for they would not shrink', async () => {
    const logs = tar(
      Array.from({ length: 5 }, (_, index) => ({ name: `${index}.gz`, content: gzipSync(randomBytes(500)) })),
    );
    expect(await lookGzip(gzipSync(logs, { level: 0 }))).toBe('stored');
  });

  it('that becomes more than can be looked at is a bomb, or nobody can say', async () => {
    expect(await lookGzip(gzipSync(Buffer.alloc(2 ** 26 + 1)))).toBe('bomb_suspected');
    expect(await lookGzip(randomBytes(9 * 2 ** 20).fill(Buffer.from('1f8b080000000000', 'hex'), 0, 8))).toBe(
      'unscannable',
    );
  });

  it('of what is compressed again is followed', async () => {
    expect(await lookGzip(gzipSync(gzipSync(gzipSync(gzipSync('a')))))).toBe('stored');
    expect(await lookGzip(gzipSync(gzipSync(gzipSync(gzipSync(gzipSync('a'))))))).toBe('bomb_suspected');
    expect(await lookGzip(gzipSync(gzipSync(Buffer.alloc(2 ** 22))))).toBe('bomb_suspected');
  });
});

/** Signatures as the formats' makers give them; nothing but noise behind. */
const closed: readonly [format: string, hex: string, at?: number][] = [
  ['7z', '377abcaf271c0004'],
  ['RAR 4', '526172211a0700'],
  ['RAR 5', '526172211a070100'],
  ['bzip2', '425a6839314159265359'],
  ['XZ', 'fd377a585a000004'],
  ['Zstandard', '28b52ffd04'],
  ['lzip', '4c5a495001'],
  ['LZ4', '04224d1864'],
  ['compress', '1f9d90'],
  ['CAB', '4d53434600000000'],
  ['InstallShield CAB', '4953632800000000'],
  ['ARJ', '60ea2b00'],
  ['LZH', '24a02d6c68352d'],
  ['ACE', '2a2a4143452a2a', 7],
  ['cpio', '303730373037'],
  ['ar', '213c617263683e0a'],
  ['deb', '213c617263683e0a64656269616e2d62696e617279'],
  ['RPM', 'edabeedb0300'],
  ['ISO 9660', '4344303031', 32_769],
  ['a disk image of macOS', '7801730d6262'],
  ['a Chrome extension', '4372323403000000'],
];

describe('archives that nobody here opens', () => {
  it.each<[string, string, number?]>([...closed])('%s', async (_format, hex, at: number = 0) => {
    const bytes = Buffer.concat([Buffer.alloc(at), Buffer.from(hex, 'hex'), Buffer.alloc(600, 0xa7)]);
    expect(await detectContentType(bytes)).toMatchObject({ kind: 'magic' });
    const octets = { filename: 'a.bin', mimeType: 'application/octet-stream' };
    expect(outcomeOf(await examineBytes(bytes, octets))).toBe('unscannable');
  });

  it('are so under the names that browsers have for them', async () => {
    const rar = Buffer.concat([Buffer.from('526172211a0700', 'hex'), Buffer.alloc(600, 0xa7)]);
    for (const mimeType of ['application/vnd.rar', 'application/x-rar-compressed']) {
      expect(outcomeOf(await examineBytes(rar, { filename: 'a.rar', mimeType }))).toBe('unscannable');
    }
  });
});
