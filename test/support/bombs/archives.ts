import { randomBytes } from 'node:crypto';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { paxHeader, tar, type ZipEntry, zip, zip64Extra, zipEnd } from '../archives.ts';
import { officeBombs } from './office.ts';
import type { HostileSample } from './sample.ts';

const MiB = 1024 * 1024;
const sample = (
  filename: string,
  mimeType: string,
  name: string,
  reason: Extract<HostileSample['expected'], object>['reason'] | 'stored',
  build: () => Buffer,
): HostileSample => ({
  name,
  filename,
  mimeType,
  bytes: async () => build(),
  expected: reason === 'stored' ? reason : { reason },
});
const zipSample = (...[name, reason, build]: [string, Parameters<typeof sample>[3], () => Buffer]) =>
  sample('sample.zip', 'application/zip', name, reason, build);

const text = (name: string, more: Partial<ZipEntry> = {}): ZipEntry => ({ name, content: 'hello', ...more });
const zeros = (name: string, bytes: number): ZipEntry => ({
  name,
  content: Buffer.alloc(bytes),
  deflate: true,
});
const noise = (bytes: number): Buffer => randomBytes(bytes);

/** Each level holds ten of the level below; 42.zip holds sixteen, five deep. */
function nested(levels: number, deflate: boolean): Buffer {
  let inner = zip([zeros('0', MiB)]);
  for (let level = 1; level <= levels; level += 1) {
    const content = inner;
    inner = zip(Array.from({ length: 10 }, (_, index) => ({ name: `${index}.zip`, content, deflate })));
  }
  return inner;
}

/** Many entries in the directory for the content of one (the simplest of Fifield's constructions). */
function overlapping(entries: number): Buffer {
  const kernel = deflateRawSync(Buffer.alloc(400_000));
  const one = { deflated: { bytes: kernel, inflatedBytes: 400_000 }, content: '' };
  return zip([
    { name: 'a0', ...one },
    ...Array.from({ length: entries }, (_, index) => ({
      name: `b${index}`,
      ...one,
      isGhost: true,
      central: { offset: 0 },
    })),
  ]);
}

const tarSample = (...[name, reason, build]: [string, Parameters<typeof sample>[3], () => Buffer]) =>
  sample('sample.tar', 'application/x-tar', name, reason, build);
const closedSample = (extension: string, signature: string, at = 0) =>
  sample(`sample.${extension}`, 'application/octet-stream', `a ${extension}`, 'unscannable', () =>
    Buffer.concat([Buffer.alloc(at), Buffer.from(signature, 'hex'), noise(600)]),
  );

/** Archives made to hurt, and sound ones that look alarming. Each is made in milliseconds and is small. */
export const archiveBombs: readonly HostileSample[] = [
  zipSample('a zip of 1000:1', 'bomb_suspected', () => zip([zeros('zeros.txt', 10 * MiB)])),
  zipSample('a zip of 1000:1 among honest entries', 'bomb_suspected', () =>
    zip([text('readme.txt'), { name: 'noise', content: noise(4_000) }, zeros('zeros', 20 * MiB)]),
  ),
  zipSample('zips within zips, compressed', 'bomb_suspected', () => nested(2, true)),
  zipSample('zips within zips, stored', 'bomb_suspected', () => nested(2, false)),
  zipSample('zips within zips, six deep', 'bomb_suspected', () => {
    let inner = zip([text('a.txt')]);
    for (let level = 0; level < 6; level += 1) inner = zip([{ name: 'next.zip', content: inner }]);
    return inner;
  }),
  zipSample('entries that overlap', 'bomb_suspected', () => overlapping(200)),
  zipSample('a million entries that are claimed', 'bomb_suspected', () =>
    Buffer.concat([zip([text('a.txt')]), ...zipEnd({ zip64: true }, 1_000_000, 46_000_000, 100)]),
  ),
  zipSample('two directories, the second in the comment', 'malformed', () => {
    const entries = [text('other.txt')];
    return zip([text('a.txt')], { comment: zip(entries) });
  }),
  zipSample('two zips, one behind the other', 'malformed', () =>
    zip([text('b.txt')], { prepended: zip([text('a.txt')]) }),
  ),
  zipSample('a Zip64 of 8 EiB', 'bomb_suspected', () =>
    zip([
      text('a.txt', {
        central: { inflatedBytes: 0xffffffff, extra: zip64Extra(2n ** 52n) },
        local: { inflatedBytes: 0xffffffff },
        deflate: true,
      }),
    ]),
  ),
  zipSample('an entry that says it becomes nothing', 'bomb_suspected', () => {
    const said = { inflatedBytes: 20_000 };
    return zip([{ ...zeros('a.txt', 10 * MiB), local: said, central: said }]);
  }),
  zipSample('headers that contradict the directory', 'malformed', () =>
    zip([text('a.txt', { local: { name: 'b.exe' } })]),
  ),
  zipSample('a path out of the archive', 'malformed', () => zip([text('docs/../../etc/cron.d/a')])),
  zipSample('a path out of the archive, by backslashes', 'malformed', () => zip([text('docs\\..\\..\\a')])),
  zipSample('an absolute path', 'malformed', () => zip([text('/etc/passwd')])),
  zipSample('a drive letter', 'malformed', () => zip([text('C:\\Windows\\a.dll')])),
  zipSample('a name with a zero byte', 'malformed', () => zip([text('a.txt\0.exe')])),
  zipSample('two entries of one name', 'malformed', () => zip([text('a.txt'), text('./a.txt')])),
  zipSample('a symbolic link', 'malformed', () =>
    zip([text('link', { content: '/etc/passwd', central: { unixMode: 0o120777 } })]),
  ),
  zipSample('encrypted entries', 'unscannable', () =>
    zip([text('a.txt', { content: noise(40), local: { flags: 1 }, central: { flags: 1 } })]),
  ),
  zipSample('a method that nobody here knows', 'unscannable', () =>
    zip([text('a.txt', { local: { method: 14 }, central: { method: 14 } })]),
  ),
  zipSample('a RAR in a zip', 'unscannable', () =>
    zip([{ name: 'a.bin', content: Buffer.concat([Buffer.from('526172211a0700', 'hex'), noise(100)]) }]),
  ),
  zipSample('a zip without its end', 'malformed', () => zip([text('a.txt')]).subarray(0, -10)),

  sample('bomb.gz', 'application/gzip', 'a gzip of 1000:1', 'bomb_suspected', () =>
    gzipSync(Buffer.alloc(20 * MiB)),
  ),
  sample('bomb.gz', 'application/gzip', 'a gzip whose second stream is the bomb', 'bomb_suspected', () =>
    Buffer.concat([gzipSync('hello'), gzipSync(Buffer.alloc(20 * MiB))]),
  ),
  sample('cut.gz', 'application/gzip', 'a gzip that is cut off', 'malformed', () =>
    gzipSync(noise(5_000)).subarray(0, 3_000),
  ),
  sample('a.tar.gz', 'application/gzip', 'a compressed tar with a path out of it', 'malformed', () =>
    gzipSync(tar([{ name: '../../a', content: 'x' }])),
  ),
  tarSample('a tar entry longer than the tar', 'malformed', () =>
    tar([{ name: 'a', content: 'x', bytes: 8 ** 11 - 1 }]),
  ),
  tarSample('a tar with a link out of it', 'malformed', () =>
    tar([{ name: 'a/link', type: '2', linkName: '../../etc/passwd' }]),
  ),
  tarSample('a sparse tar entry of 1 TB', 'bomb_suspected', () =>
    tar([paxHeader({ 'GNU.sparse.realsize': '1000000000000' }), { name: 'a', content: 'x' }]),
  ),
  tarSample('a tar with a damaged header', 'malformed', () =>
    tar([{ name: 'a' }, { name: 'b', checksum: 1 }]),
  ),
  closedSample('7z', '377abcaf271c0004'),
  closedSample('rar', '526172211a0700'),
  closedSample('xz', 'fd377a585a000004'),
  closedSample('bz2', '425a6839314159265359'),
  closedSample('cab', '4d53434600000000'),

  zipSample('5,000 small files', 'stored', () =>
    zip(Array.from({ length: 5_000 }, (_, index) => text(`folder/${index}.txt`))),
  ),
  zipSample('a zip with a file of 1000:1 that is small', 'stored', () => zip([zeros('blank.bmp', 900_000)])),
  zipSample('a zip with an archive and a document in it', 'stored', () =>
    zip([
      { name: 'inner.zip', content: zip([text('a.txt', { deflate: true })]), deflate: true },
      { name: 'logs.tar.gz', content: gzipSync(tar([{ name: 'a.log', content: 'x' }])) },
    ]),
  ),
  zipSample('a zip with a comment of 64 KiB', 'stored', () =>
    zip([text('a.txt')], { comment: Buffer.alloc(0xffff, 0x20) }),
  ),
  zipSample('an empty zip', 'stored', () => zip([])),
  zipSample('a Zip64 of two entries', 'stored', () => zip([text('a.txt'), text('b.txt')], { zip64: true })),
  sample('library.bin', 'application/octet-stream', 'a Java archive', 'stored', () =>
    zip([
      text('META-INF/'),
      text('META-INF/MANIFEST.MF', { deflate: true }),
      text('a/B.class', { deflate: true }),
    ]),
  ),
  tarSample('a tar with a link within it', 'stored', () =>
    tar([
      { name: 'a/b', content: 'x' },
      { name: 'a/c/link', type: '2', linkName: '../b' },
    ]),
  ),
  ...officeBombs,
];
