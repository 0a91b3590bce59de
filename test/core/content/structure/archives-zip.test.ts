import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { countEntries } from '../../../../lambdas/core/content/structure/archives/looking.ts';
import { type ZipEntry, zip, zipEnd } from '../../../support/archives.ts';
import { examineBytes, findingsOf, outcomeOf } from '../../../support/examining.ts';

const claimed = { filename: 'a.zip', mimeType: 'application/zip' };
const look = (bytes: Buffer) => examineBytes(bytes, claimed);
const outcome = async (bytes: Buffer) => outcomeOf(await look(bytes));
const text = (name: string, more: Partial<ZipEntry> = {}): ZipEntry => ({ name, content: 'hello', ...more });
const both = (claims: NonNullable<ZipEntry['local']>) => ({ local: claims, central: claims });
const extraField = (id: number, data: string | Buffer): Buffer => {
  const content = Buffer.from(data);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(content.length, 2);
  return Buffer.concat([head, content]);
};
/** A zip of which the end is written over. */
function withEnd(write: (end: Buffer) => void, entries = [text('a.txt'), text('b.txt')]): Buffer {
  const bytes = zip(entries);
  write(bytes.subarray(-22));
  return bytes;
}

describe("a zip's end", () => {
  it('may not say another number of entries than its directory holds', async () => {
    expect(await outcome(zip([text('a.txt'), text('b.txt')], { count: 1 }))).toBe('malformed');
    expect(await outcome(zip([text('a.txt'), text('b.txt')], { count: 3 }))).toBe('malformed');
    expect(await outcome(withEnd((end) => end.writeUInt16LE(1, 8)))).toBe('malformed');
  });

  it('may not contradict its Zip64 twin', async () => {
    const bytes = zip([text('a.txt')], { zip64: true });
    bytes.writeUInt16LE(7, bytes.length - 12);
    bytes.writeUInt16LE(7, bytes.length - 14);
    expect(await outcome(bytes)).toBe('malformed');
    expect(await outcome(withEnd((end) => end.writeUInt32LE(0xffffffff, 16)))).toBe('malformed');
  });

  it('may not point into another place than before itself', async () => {
    expect(await outcome(withEnd((end) => end.writeUInt32LE(3, 16)))).toBe('malformed');
    expect(await outcome(withEnd((end) => end.writeUInt32LE(9_000, 12)))).toBe('malformed');
  });

  it('may not be cut off, wherever that is', async () => {
    const empty = zip([]);
    for (let length = 4; length < empty.length; length += 1) {
      expect(await outcome(empty.subarray(0, length))).toBe('malformed');
    }
  });

  it('of one part of several is nothing that can be looked at', async () => {
    expect(await outcome(withEnd((end) => end.writeUInt16LE(2, 4)))).toBe('unscannable');
  });

  it('refuses directories beyond its bounds by arithmetic, without reading them', async () => {
    const bytes = Buffer.concat([zip([text('a.txt')]), ...zipEnd({ zip64: true }, 50_000, 2 ** 25, 0)]);
    const { reads, examination } = await look(bytes);
    expect(examination).toMatchObject({ reason: 'bomb_suspected' });
    expect(reads).toBe(1);
  });

  it('may have something behind it, which is recorded', async () => {
    expect(findingsOf(await look(Buffer.concat([zip([text('a.txt')]), Buffer.alloc(300)])))).toEqual([
      'trailing_data',
    ]);
  });
});

describe("a zip's beginning", () => {
  it('may not be content that the directory does not list', async () => {
    const hidden = zip([text('hidden.exe')]).subarray(0, -22 - 56);
    expect(await outcome(zip([text('a.txt')], { prepended: hidden }))).toBe('malformed');
  });

  it('may not be another format', async () => {
    const sound = Buffer.from('ID3\x03\0\0\0\0\0\0', 'latin1');
    const { examination } = await look(zip([text('a.txt')], { prepended: sound }));
    expect(examination).toMatchObject({ verdict: 'refused', reason: 'type_mismatch' });
  });
});

describe("a zip's entries", () => {
  it.each<[string, Partial<ZipEntry>]>([
    ['another name', { local: { name: 'b.txt' } }],
    ['a longer name', { local: { name: 'a.txt.exe' } }],
    ['another size', { local: { compressedBytes: 4 } }],
    ['another inflated size', { local: { inflatedBytes: 50 } }],
    ['another method', { local: { method: 8 } }],
    ['encryption', { local: { flags: 1 } }],
  ])('may not have %s in their own header', async (_what, more) => {
    expect(await outcome(zip([text('a.txt', more)]))).toBe('malformed');
  });

  it('may leave their sizes to a descriptor, and have extra fields of their own', async () => {
    const streamed = { flags: 8, compressedBytes: 0, inflatedBytes: 0, extra: extraField(0x5455, 'time') };
    expect(await outcome(zip([text('a.txt', { local: streamed, central: { flags: 8 } })]))).toBe('stored');
  });

  it('may not reach into the directory, or overlap by as much as their own headers', async () => {
    expect(await outcome(zip([text('a.txt', both({ compressedBytes: 400, inflatedBytes: 400 }))]))).toBe(
      'malformed',
    );
    expect(
      await outcome(zip([text('a.txt'), text('b.txt', { isGhost: true, central: { offset: 20 } })])),
    ).toBe('bomb_suspected');
  });

  it('may not have sizes that deflate cannot make', async () => {
    const claims = { compressedBytes: 5_000, inflatedBytes: 10 };
    expect(
      await outcome(zip([{ name: 'a', content: randomBytes(5_000), ...both({ ...claims, method: 8 }) }])),
    ).toBe('malformed');
    expect(await outcome(zip([{ name: 'a', content: 'x'.repeat(99), ...both({ inflatedBytes: 10 }) }]))).toBe(
      'malformed',
    );
  });

  it('may not be something else than what the directory says when they are unpacked', async () => {
    const less = { name: 'a', content: 'x'.repeat(5_000), deflate: true, ...both({ inflatedBytes: 6_000 }) };
    expect(await outcome(zip([less]))).toBe('malformed');
    expect(await outcome(zip([{ name: 'a', content: 'not deflated', ...both({ method: 8 }) }]))).toBe(
      'malformed',
    );
    const bomb = { name: 'a', content: Buffer.alloc(2 ** 24), deflate: true };
    expect(await outcome(zip([{ ...bomb, ...both({ inflatedBytes: 2 ** 20 }) }]))).toBe('bomb_suspected');
  });

  it('are refused for the name that only some readers see', async () => {
    const unicodePath = extraField(0x7075, Buffer.from('\x01\0\0\0\0../evil', 'latin1'));
    expect(await outcome(zip([text('a.txt', { central: { extra: unicodePath } })]))).toBe('malformed');
  });

  it.each(['a\\b.txt', './a.txt', 'a/b/', '...txt', 'a..b', 'Zoë/漢字'])('may be called %j', async (name) => {
    expect(await outcome(zip([text(name)]))).toBe('stored');
  });

  it.each(['.. /a', 'a/...', '\\\\host\\share', '', 'c:evil', `${'x'.repeat(5_000)}`])(
    'may not be called %j',
    async (name) => {
      expect(await outcome(zip([text(name)]))).toBe('malformed');
    },
  );

  it('may repeat a folder, never a file', async () => {
    const folder = { name: 'a/', content: '' };
    expect(await outcome(zip([folder, folder, text('a/b')]))).toBe('stored');
    expect(await outcome(zip([text('a'), folder]))).toBe('malformed');
  });

  it.each<[string, Partial<ZipEntry>]>([
    ['by its flag', both({ flags: 1 })],
    ['strongly', both({ flags: 0x41 })],
    ['by AES', both({ flags: 1, method: 99, extra: extraField(0x9901, '\x02\0AE\x03\0\0') })],
  ])('that are encrypted %s cannot be looked into', async (_how, claims) => {
    const { examination } = await look(zip([text('a.txt', claims)]));
    expect(examination).toEqual({ verdict: 'unscannable', detail: 'the archive holds encrypted entries' });
  });

  it('count over all levels', () => {
    const looking = { tally: { entries: 99_990, inflatedBytes: 0, inflatedHereBytes: 0, nestedReads: 0 } };
    expect(() => countEntries(looking as never, 10)).not.toThrow();
    expect(() => countEntries(looking as never, 1)).toThrow();
  });
});

describe('archives in a zip', () => {
  const rar = Buffer.concat([Buffer.from('526172211a0700', 'hex'), randomBytes(100)]);
  const large = { name: 'video.mp4', content: randomBytes(1_200_000) };

  it('are found by their bytes in a small one, by their names in a large one', async () => {
    expect(await outcome(zip([{ name: 'photo.jpg', content: rar, deflate: true }]))).toBe('unscannable');
    expect(await outcome(zip([large, { name: 'a.rar', content: rar }]))).toBe('unscannable');
    expect(await outcome(zip([large, { name: 'disk.iso', content: 'x' }]))).toBe('unscannable');
    expect(await outcome(zip([large, { name: 'a.rar', content: 'only named so' }]))).toBe('stored');
  });

  it('may be three deep, whatever they are', async () => {
    const nest = (content: Buffer, deflate: boolean) => zip([{ name: 'next.zip', content, deflate }]);
    const twoDeep = nest(nest(zip([text('a.txt', { deflate: true })]), false), true);
    expect(await outcome(zip([large, { name: 'next.zip', content: twoDeep }]))).toBe('stored');
    expect(await outcome(zip([large, { name: 'next.gz', content: gzipSync(twoDeep) }]))).toBe(
      'bomb_suspected',
    );
  });

  it('are held to what they become together', async () => {
    const blank = zip([{ name: 'blank', content: Buffer.alloc(900_000), deflate: true }]);
    const many = (count: number) =>
      zip(Array.from({ length: count }, (_, index) => ({ name: `${index}.zip`, content: blank })));
    expect(await outcome(many(1))).toBe('stored');
    expect(await outcome(many(5))).toBe('bomb_suspected');
  });

  it('that are scattered too widely cannot all be looked into', async () => {
    const inner = zip([text('a.txt')]);
    const scattered = Array.from({ length: 25 }, (_, index) => [
      { name: `${index}.zip`, content: inner },
      { name: `${index}.jpg`, content: randomBytes(300_000) },
    ]).flat();
    const { examination, reads } = await look(zip(scattered));
    expect(examination).toMatchObject({ verdict: 'unscannable' });
    expect(reads).toBeLessThan(64);
  });
});

describe('a large zip', () => {
  it('is read by its end, its directory and a sample', async () => {
    const bytes = zip(
      Array.from({ length: 300 }, (_, index) => ({ name: `${index}.jpg`, content: randomBytes(50_000) })),
    );
    const looked = await look(bytes);
    expect(outcomeOf(looked)).toBe('stored');
    expect(looked.reads).toBeLessThan(20);
    expect(looked.readBytes).toBeLessThan(bytes.length / 10);
  });
});
