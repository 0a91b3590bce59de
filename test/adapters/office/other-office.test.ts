import { CFB, utils, write } from '@e965/xlsx';
import { describe, expect, it } from 'vitest';
import { extract, outcomeOf, words } from '../../support/extracting.ts';
import { docOf, pptOf } from '../../support/legacy-writer.ts';
import { docxOf, officeTypesOf, openDocumentOf, pptxOf } from '../../support/office-writer.ts';

const { pptx, odt, odp, doc, ppt, rtf } = officeTypesOf;
const facts = { title: 'Früher', author: 'Ümit', created: new Date('2001-02-03T04:05:06Z') };

describe('a presentation', () => {
  it('has its slides in their order, each with its notes', async () => {
    const slides = [
      { paragraphs: ['Title & more', 'First point'], notes: 'Breathe' },
      { paragraphs: ['Second'] },
    ];
    const app = '<Application>PowerPoint</Application><Slides>99</Slides><Words>1</Words>';

    const { text, pages, details } = await extract(pptxOf(slides, { app }), pptx);

    expect(text).toBe('Title & more\nFirst point\nBreathe\n\nSecond\n\n');
    expect(pages).toBe(2);
    expect(details).toEqual({ creator: 'PowerPoint', words: 6, characters: 33 });
  });

  it('loses a broken slide and no other', async () => {
    const slides = [{ paragraphs: ['One'] }, { paragraphs: [], raw: '<broken' }, { paragraphs: ['Three'] }];

    const { text, pages, details } = await extract(pptxOf(slides), pptx);

    expect(words(text)).toBe('One Three');
    expect(pages).toBe(3);
    expect(details.unreadablePages).toEqual([2]);
  });

  it('as OpenDocument, and as PowerPoint wrote it before 2007', async () => {
    const body = ['One', 'Two'].map(
      (text) => `<draw:page><draw:frame><text:p>${text}</text:p></draw:frame></draw:page>`,
    );

    const open = await extract(
      openDocumentOf('odp', `<office:presentation>${body.join('')}</office:presentation>`),
      odp,
    );
    const old = await extract(pptOf(['Grüße\rzweite Zeile', '世界'], facts), ppt);

    expect(open).toMatchObject({ text: 'One\nTwo\n', pages: 2 });
    expect(old).toMatchObject({ text: 'Grüße\nzweite Zeile\n\n世界\n\n', pages: 2 });
    expect(old.details).toMatchObject({ title: 'Früher', author: 'Ümit', createdAt: '2001-02-03T04:05:06Z' });
  });
});

describe('an OpenDocument text', () => {
  it('has its text as it is shown, and what it says about itself', async () => {
    const body = [
      '<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>',
      '<text:h>Head\n  line</text:h>',
      '<text:p>a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d<office:annotation><text:p>aside</text:p></office:annotation></text:p>',
      '<table:table><table:table-row><table:table-cell><text:p>cell &amp; more</text:p></table:table-cell></table:table-row></table:table>',
    ].join('');
    const meta =
      '<dc:title>T</dc:title><meta:initial-creator>A</meta:initial-creator><dc:creator>B</dc:creator><meta:keyword>x</meta:keyword><meta:keyword>y</meta:keyword><meta:creation-date>2026-01-31T12:00:00.123456789</meta:creation-date><meta:generator>LibreOffice/24.2</meta:generator><dc:language>de-DE</dc:language><meta:document-statistic meta:page-count="4" meta:word-count="7" meta:non-whitespace-character-count="21"/>';

    const { text, pages, details } = await extract(
      openDocumentOf('odt', `<office:text>${body}</office:text>`, { meta }),
      odt,
    );

    expect(text).toBe('Head line\na   b\tc\nd\ncell & more\n');
    expect(pages).toBe(4);
    expect(details).toEqual({
      title: 'T',
      author: 'A',
      lastModifiedBy: 'B',
      keywords: 'x, y',
      language: 'de-DE',
      creator: 'LibreOffice/24.2',
      createdAt: '2026-01-31T12:00:00Z',
      words: 7,
      characters: 21,
    });
  });

  it('shows the picture that its program left', async () => {
    const thumbnail = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(50)]);

    const { picture } = await extract(openDocumentOf('odt', '', { thumbnail }), odt);

    expect(picture).toEqual({ image: thumbnail, mimeType: 'image/png' });
  });
});

describe('a document of older Word', () => {
  it('has its text as it was written', async () => {
    const { text, details } = await extract(docOf('Grüße – “aus” 1997\rzweiter Absatz\r', facts), doc);

    expect(words(text)).toBe('Grüße – “aus” 1997 zweiter Absatz');
    expect(details).toMatchObject({ title: 'Früher', author: 'Ümit', words: 5 });
  });
});

/** The record FilePass behind the first one: what follows is encrypted by RC4 ([MS-XLS] 2.4.117). */
function xlsWithPassword(): Buffer {
  const book = utils.book_new();
  utils.book_append_sheet(book, utils.aoa_to_sheet([['secret']]));
  const file = CFB.read(write(book, { type: 'buffer', bookType: 'biff8' }), { type: 'buffer' });
  const stream = CFB.find(file, '/Workbook');
  if (!stream) throw new Error('the workbook has no stream');
  const records = Buffer.from(stream.content as Uint8Array);
  const firstEnd = 4 + records.readUInt16LE(2);
  const filePass = Buffer.alloc(4 + 54);
  for (const [at, value] of [0x2f, 54, 1, 1, 1].entries()) filePass.writeUInt16LE(value, at * 2);
  const content = Buffer.concat([records.subarray(0, firstEnd), filePass, records.subarray(firstEnd)]);
  Object.assign(stream, { content, size: content.length });
  return CFB.write(file, { type: 'buffer' }) as Buffer;
}

describe('what opens with a password only', () => {
  it('is called encrypted, in every format', async () => {
    const fEncrypted = 0x0100;
    const outcomes = await Promise.all(
      [
        extract(docOf('secret', undefined, fEncrypted), doc),
        extract(xlsWithPassword(), officeTypesOf.xls),
        // A newer document with a password comes in the container of older Office.
        extract(docOf(''), officeTypesOf.docx),
        extract(openDocumentOf('odt', '', { manifest: '<manifest:encryption-data/>' }), odt),
      ].map(outcomeOf),
    );

    expect(outcomes).toEqual(Array(4).fill('encrypted'));
    expect(await outcomeOf(extract(docxOf(''), officeTypesOf.docx))).toBe('read');
  });
});

describe('RTF', () => {
  const header = String.raw`{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset128 MS Mincho;}{\f2\fcharset204 Arial Cyr;}}{\colortbl;\red0;}{\stylesheet{\s0 Normal;}}`;

  it('has its text in every encoding that it may be in, and without what is none', async () => {
    const source = String.raw`${header}{\*\generator Writer 1;}\pard Caf\'e9 \b bold\b0\par tab\tab \u8364?\u-10179?\u-8704? \f1\'82\'a0\f2\'cf\'f0\f0\par{\pict\pngblip 89504e47}{\*\unknown secret}{\field{\*\fldinst HYPERLINK "x"}{\fldrslt link}} a\{b\}{\footnote a note} end\par c1\cell c2\cell\row}`;

    const { text, details } = await extract(source, rtf);

    expect(text).toBe('Café bold\ntab\t€😀 あПр\na note\nlink a{b} end\nc1\tc2\t\n');
    expect(details.creator).toBe('Writer 1');
  });

  it('says what it knows about itself', async () => {
    const source = String.raw`${header}{\info{\title T\'e9}{\author A}{\operator B}{\keywords k}{\creatim\yr2026\mo1\dy31\hr12\min5}{\nofpages3}{\nofwords9}{\nofcharsws20}}x}`;

    const { pages, details, text } = await extract(source, rtf);

    expect(text).toBe('x\n');
    expect(pages).toBe(3);
    expect(details).toEqual({
      title: 'Té',
      author: 'A',
      lastModifiedBy: 'B',
      keywords: 'k',
      createdAt: '2026-01-31T12:05:00Z',
      words: 9,
      characters: 20,
    });
  });

  it('is not made of braces without end', async () => {
    expect(await outcomeOf(extract(`{\\rtf1${'{'.repeat(100_000)}`, rtf))).toBe('too_complex');
    expect(await outcomeOf(extract('{\\rtf1 \\constructor\\toString0 x}', rtf))).toBe('read');
  });
});
