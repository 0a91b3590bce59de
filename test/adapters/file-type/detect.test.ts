import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { detectContentType } from '../../../lambdas/adapters/file-type/detect.ts';
import { contentHeadBytes } from '../../../lambdas/core/content/detected.ts';
import { judgeType } from '../../../lambdas/core/content/judge-type.ts';
import { docxEntries, wordMain, zip } from '../../support/archives.ts';
import { photo } from '../../support/images.ts';

const detect = (file: Buffer) => detectContentType(file.subarray(0, contentHeadBytes));
const verdict = async (declared: string, file: Buffer, filename = 'file') => {
  const judged = judgeType({ declared, filename, detected: await detect(file) });
  return judged.verdict === 'accepted' ? `${judged.mimeType} ${judged.extension}` : 'refused';
};
const latin1 = (text: string) => Buffer.from(text, 'latin1');
/** Bytes that belong to no format. */
const noise = (length: number, start = 0xa7) =>
  Buffer.from(Array.from({ length }, (_, i) => (start + i * 89) & 0xff));
const padded = (signature: string | Buffer) => Buffer.concat([Buffer.from(signature), noise(600)]);

describe('pictures', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)('a %s is one', async (format) => {
    const file = await sharp(await photo({ width: 60, height: 40 }))
      [format]()
      .toBuffer();
    expect(await detect(file)).toMatchObject({ kind: 'magic', mimeType: `image/${format}` });
    expect(await verdict(`image/${format}`, file)).toContain(`image/${format}`);
  });

  it('are not what only says so', async () => {
    expect(await verdict('image/png', Buffer.from('<script>alert(1)</script>'))).toBe('refused');
    expect(
      await verdict(
        'image/jpeg',
        await sharp(await photo({ width: 9, height: 9 }))
          .png()
          .toBuffer(),
      ),
    ).toBe('refused');
    expect(await verdict('image/gif', latin1('GIF89a<script>alert(1)</script>'))).toBe('refused');
  });

  it.each(['none', 'lzw'] as const)(
    'of a scanner are TIFF, its directory far behind: %s',
    async (compression) => {
      const picture = sharp(await photo({ width: 600, height: 400 }));
      const tiff = await picture.tiff({ compression, predictor: 'none' }).toBuffer();
      expect(tiff.length).toBeGreaterThan(contentHeadBytes);
      expect(await verdict('image/tiff', tiff)).toBe('image/tiff .tiff');
    },
  );

  it('of a phone are HEIC', async () => {
    const heic = padded(latin1('\0\0\0\x18ftypheic\0\0\0\0mif1heic'));
    expect(await verdict('image/heic', heic)).toBe('image/heic .heic');
  });
});

describe('sound and video', () => {
  it.each([
    ['video/mp4', '\0\0\0\x20ftypisom\0\0\x02\0isomiso2', 'video/mp4 .mp4'],
    ['video/mp4', '\0\0\0\x14ftypqt  \0\0\x02\0qt  ', 'video/quicktime .mov'],
    ['audio/x-m4a', '\0\0\0\x20ftypM4A \0\0\x02\0isomiso2', 'audio/mp4 .m4a'],
    ['video/webm', '\x1aE\xdf\xa3\x8bB\x82\x84webm', 'video/webm .webm'],
    ['video/x-msvideo', 'RIFF\0\0\0\0AVI LIST', 'video/vnd.avi .avi'],
    ['audio/wav', 'RIFF\0\0\0\0WAVEfmt ', 'audio/wav .wav'],
    ['audio/mp3', 'ID3\x04\0\0\0\0\x10\0', 'audio/mpeg .mp3'],
    ['audio/mpeg', '\xff\xfb\x90\x64\0\0', 'audio/mpeg .mp3'],
    ['audio/flac', 'fLaC\0\0\0\x22', 'audio/flac .flac'],
  ])('%s is told by its first bytes', async (declared, signature, stored) => {
    expect(await verdict(declared, padded(latin1(signature)))).toBe(stored);
  });
});

describe('documents and archives', () => {
  it('PDF, also one whose beginning is plain text', async () => {
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n');
    expect(await verdict('application/pdf', pdf)).toBe('application/pdf .pdf');
    expect(await verdict('text/plain', pdf)).toBe('refused');
    const late = Buffer.concat([Buffer.alloc(128), Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n', 'latin1')]);
    expect(await verdict('application/pdf', late)).toBe('application/pdf .pdf');
    const tooLate = Buffer.concat([Buffer.alloc(1024), late]);
    expect(await verdict('application/pdf', tooLate)).toBe('refused');
  });

  it('Word documents, whatever the order of their entries', async () => {
    const written = docxEntries();
    const large = { name: 'docProps/thumbnail.jpeg', content: noise(2 * contentHeadBytes) };
    for (const entries of [written, [...written].reverse(), [large, ...written]]) {
      expect(await verdict(wordMain, zip(entries))).toBe(`${wordMain} .docx`);
    }
  });

  it('not Word documents: other zips, and those with macros', async () => {
    const macros = zip(docxEntries('application/vnd.ms-word.document.macroEnabled'));
    expect(await verdict(wordMain, macros)).toBe('refused');
    expect(await verdict(wordMain, zip([{ name: 'a.txt', content: 'a' }]))).toBe('refused');
    expect(await verdict(wordMain, zip([{ name: '_rels/.rels', content: 'x' }]))).toBe('refused');
  });

  it('OpenDocument', async () => {
    const odt = 'application/vnd.oasis.opendocument.text';
    expect(
      await verdict(
        odt,
        zip([
          { name: 'mimetype', content: odt },
          { name: 'content.xml', content: '<x/>' },
        ]),
      ),
    ).toBe(`${odt} .odt`);
  });

  it('older Office', async () => {
    const cfb = padded(latin1('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'));
    expect(await verdict('application/vnd.ms-excel', cfb, 'a.xls')).toBe('application/vnd.ms-excel .xls');
  });

  it('archives', async () => {
    expect(await verdict('application/zip', zip([{ name: 'a.txt', content: 'a' }]))).toBe(
      'application/zip .zip',
    );
    expect(await verdict('application/zip', zip(docxEntries()))).toBe('application/zip .zip');
    expect(await verdict('application/x-gzip', gzipSync(noise(5_000)))).toBe('application/gzip .gz');
  });

  it('programs are accepted as nothing but octet-stream', async () => {
    const programs = [padded(latin1('MZ\x90\0\x03')), padded(latin1('\x7fELF\x02\x01\x01\0'))];
    for (const program of programs) {
      for (const declared of ['image/png', 'text/plain', 'application/pdf', 'application/zip', 'video/mp4']) {
        expect(await verdict(declared, program)).toBe('refused');
      }
      expect(await verdict('application/octet-stream', program)).toBe('application/octet-stream .bin');
    }
  });
});

describe('text', () => {
  it.each([
    'BMW;3er;2019\nAudi;A4;2020\n',
    'GIFT,price\nbook,12\n',
    'FORMAT,size\nA4,1\n',
    'MAC address,host\n',
    'solid ground\n',
    'MZ and other initials',
    'AC1015, AC1018',
    'The free lunch',
  ])('%j is text, though its first letters are a signature', async (content) => {
    expect(await verdict('text/csv', Buffer.from(content))).toBe('text/csv .csv');
  });

  it('of any usual encoding is text', async () => {
    expect(await verdict('text/plain', Buffer.from('Zoë 漢字 😀'))).toBe('text/plain .txt');
    expect(await verdict('text/plain', Buffer.from('\ufeffZoë', 'utf16le'))).toBe('text/plain .txt');
    expect(await verdict('text/csv', latin1('Name;Straße\nMüller;Weg 1\n'))).toBe('text/csv .csv');
  });

  it('that a browser would run is not accepted as text', async () => {
    for (const content of [
      '<!doctype html><title>x',
      '<svg onload=alert(1)>',
      '\ufeff <script src=x>',
      '<!--\n--><html>',
    ]) {
      for (const encoding of ['utf8', 'utf16le'] as const) {
        const file = Buffer.from(
          encoding === 'utf16le' ? `\ufeff${content.replace('\ufeff', '')}` : content,
          encoding,
        );
        for (const declared of ['text/plain', 'text/csv', 'text/markdown', 'application/json', 'image/png']) {
          expect(await verdict(declared, file)).toBe('refused');
        }
      }
    }
  });

  it('of structured types is not parsed, only begun', async () => {
    expect(await verdict('application/json', Buffer.from(`[${'1,'.repeat(contentHeadBytes)}`))).toBe(
      'application/json .json',
    );
    expect(await verdict('application/json', Buffer.from('name: yaml'))).toBe('refused');
    expect(await verdict('text/xml', Buffer.from('<?xml version="1.0"?><note/>'))).toBe(
      'application/xml .xml',
    );
    expect(await verdict('text/markdown', Buffer.from('<p align="center">\n\n# Title'))).toBe(
      'text/markdown .md',
    );
  });

  it('is not what holds binary bytes', async () => {
    expect(await verdict('text/plain', Buffer.from('looks fine\0but is not'))).toBe('refused');
    expect(await verdict('text/csv', noise(2_000))).toBe('refused');
  });
});

describe('any bytes', () => {
  it('get an answer', async () => {
    const signatures = [
      'PK\x03\x04',
      '\x1f\x8b\x08',
      'ID3',
      'RIFF',
      '\0\0\0\x20ftyp',
      'II*\0',
      '\x1aE\xdf\xa3',
      'OggS',
      '\x89PNG\r\n\x1a\n',
      '0&\xb2u\x8ef\xcf\x11\xa6\xd9',
      '',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...signatures),
        fc.uint8Array({ maxLength: 600 }),
        async (signature, rest) => {
          const file = Buffer.concat([latin1(signature), rest]);
          const detected = await detect(file);
          expect(['empty', 'magic', 'text', 'unknown']).toContain(detected.kind);
          expect(detected.kind === 'empty').toBe(file.length === 0);
          if (detected.kind === 'magic') expect(detected.mimeType).toMatch(/^[a-z]+\/[^;\s]+$/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
