import { readFile } from 'node:fs/promises';
import { utils, write } from '@e965/xlsx';
import { Document, Packer, Paragraph } from 'docx';
import sharp from 'sharp';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { docOf } from '../../support/legacy-writer.ts';
import { docxOf, officeTypesOf, openDocumentOf, pptxOf } from '../../support/office-writer.ts';
import { createTenant, type TestTenant } from '../../support/tenants.ts';
import { download, untilStatus, upload } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const { docx, xlsx, pptx, odt, doc } = officeTypesOf;

const word = () =>
  Packer.toBuffer(
    new Document({
      title: 'The report',
      creator: 'Ada',
      sections: [{ children: [new Paragraph('Grüße aus München')] }],
    }),
  );
const workbook = (): Buffer => {
  const book = utils.book_new();
  utils.book_append_sheet(
    book,
    utils.aoa_to_sheet([
      ['name', 'amount'],
      ['Zoë', 1.5],
    ]),
    'Accounts',
  );
  return write(book, { type: 'buffer', bookType: 'xlsx', compression: true });
};
const jpeg = () =>
  sharp({ create: { width: 256, height: 192, channels: 3, background: '#3366cc' } })
    .jpeg()
    .toBuffer();
/** `日本語のテキスト` */
const shiftJis = Buffer.from('93fa967b8cea82cc83658358836783678142', 'hex');

describe('a document that is no PDF', () => {
  let tenant: TestTenant;
  beforeAll(async () => {
    tenant = await createTenant(engine, { policy: { slotsPerUser: 100, initiationsPerMinute: 10_000 } });
  });

  const ended = async (bytes: Buffer, mimeType: string, extension: string) => {
    const request = { path: '/', filename: `${crypto.randomUUID()}.${extension}`, mimeType };
    const { id } = await untilStatus(tenant.api, await upload(tenant.api, request, bytes), 'ready');
    return ok(await tenant.api.file(id));
  };

  it.each([
    ['docx', docx, word, 'Grüße aus München', { title: 'The report', author: 'Ada', words: 3 }],
    ['xlsx', xlsx, workbook, 'name\tamount\nZoë\t1.5', { sheets: ['Accounts'] }],
    [
      'odt',
      odt,
      () => openDocumentOf('odt', '<office:text><text:p>Offen</text:p></office:text>'),
      'Offen',
      { words: 1 },
    ],
    ['doc', doc, () => docOf('Alt genug\r'), 'Alt genug', { words: 2 }],
    [
      'csv',
      'text/csv',
      () => Buffer.from('a;b\nx;1\ny;2\n'),
      'a;b',
      { rows: 3, columns: 2, delimiter: ';', header: ['a', 'b'] },
    ],
    [
      'md',
      'text/markdown',
      () => readFile('docs/architecture.md'),
      'Where things are',
      { title: 'Architecture' },
    ],
    [
      'txt',
      'text/plain',
      () => Buffer.from('na\u00efve caf\u00e9, d\u00e9j\u00e0 vu', 'latin1'),
      'naïve café, déjà vu',
      { lines: 1 },
    ],
  ] as const)(
    'as %s is ready with its text, what it says and its first page',
    async (extension, mimeType, source, text, details) => {
      const file = await ended(Buffer.from(await source()), mimeType, extension);

      expect(file.category).toBe(extension === 'xlsx' || extension === 'csv' ? 'spreadsheet' : 'document');
      expect(file.media?.details).toMatchObject(details);
      expect(file.media?.text?.excerpt).toContain(text);
      expect(file.renditions.map(({ name, status }) => `${name} ${status}`).sort()).toEqual(
        ['large', 'medium', 'page-1', 'preview', 'small'].map((name) => `${name} ready`),
      );
      const { bytes } = await download(
        ok(await tenant.api.downloadUrl(file.id, { rendition: 'page-1' })).url,
      );
      const { format, width = 0, height = 0 } = await sharp(bytes).metadata();
      expect(format).toBe('jpeg');
      expect(Math.max(width, height)).toBe(1920);
    },
  );

  it('shows the picture that its program left of it', async () => {
    const source = pptxOf([{ paragraphs: ['First'], notes: 'slowly' }, { paragraphs: ['Second'] }], {
      thumbnail: await jpeg(),
    });

    const file = await ended(source, pptx, 'pptx');

    expect(file.media).toMatchObject({ pages: 2, text: { excerpt: 'First\nslowly\n\nSecond\n\n' } });
    const { bytes } = await download(ok(await tenant.api.downloadUrl(file.id, { rendition: 'page-1' })).url);
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 256, height: 192 });
  });

  it('in an older encoding is found as what it is, and has no picture where the fonts lack its script', async () => {
    const file = await ended(shiftJis, 'text/plain', 'txt');

    expect(file.media?.text?.excerpt).toContain('日本語の');
    expect(file.media?.details).toMatchObject({ encoding: 'shift_jis' });
    expect(file.renditions.map(({ status, reason }) => `${status} ${reason}`)).toEqual(
      Array(4).fill('skipped unsupported'),
    );
  });

  it('that opens with a password only is ready without renditions, and says why', async () => {
    const encrypted = await ended(docOf('secret', undefined, 0x0100), doc, 'doc');
    const broken = await ended(docxOf('<w:p>'), docx, 'docx').catch((error: unknown) => String(error));

    expect(encrypted.renditions.map(({ reason }) => reason)).toEqual(Array(4).fill('encrypted'));
    expect(encrypted.media?.details).toMatchObject({ security: { passwordRequired: true } });
    expect(broken).toContain('failed');
  });
});
