import {
  Document,
  ExternalHyperlink,
  FootnoteReferenceRun,
  Header,
  Packer,
  Paragraph,
  Table,
  TableCell,
  TableRow,
  TextRun,
} from 'docx';
import { describe, expect, it } from 'vitest';
import { extract, outcomeOf, words } from '../../support/extracting.ts';
import { docxOf, officeTypesOf } from '../../support/office-writer.ts';

const docx = officeTypesOf.docx;
const paragraph = (text: string) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;

describe('a Word document', () => {
  it('has the text that its writer put into it: paragraphs, tables, links, notes, headers', async () => {
    const cell = (text: string) => new TableCell({ children: [new Paragraph(text)] });
    const source = await Packer.toBuffer(
      new Document({
        title: 'Report & more',
        creator: 'Ada Lovelace',
        subject: 'Engines',
        keywords: 'one, two',
        description: 'What happened',
        footnotes: { 1: { children: [new Paragraph('The note <1>')] } },
        sections: [
          {
            headers: { default: new Header({ children: [new Paragraph('On every page')] }) },
            children: [
              new Paragraph({
                children: [new TextRun('Grüße, '), new TextRun({ text: '世界', bold: true })],
              }),
              new Paragraph({
                children: [
                  new TextRun('see'),
                  new TextRun({ children: [new FootnoteReferenceRun(1)] }),
                  new ExternalHyperlink({ link: 'https://example.com/x', children: [new TextRun(' there')] }),
                ],
              }),
              new Table({
                rows: [
                  new TableRow({ children: [cell('a1'), cell('b1')] }),
                  new TableRow({ children: [cell('a2'), cell('b2')] }),
                ],
              }),
            ],
          },
        ],
      }),
    );

    const { text, details } = await extract(source, docx);

    expect(words(text)).toBe('Grüße, 世界 see there a1 b1 a2 b2 The note <1> On every page');
    expect(text).toContain('a1\tb1\n');
    expect(details).toMatchObject({
      title: 'Report & more',
      author: 'Ada Lovelace',
      subject: 'Engines',
      keywords: 'one, two',
      description: 'What happened',
      words: 14,
    });
    expect(details.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('says what it claims of itself: pages, words, the program', async () => {
    const source = docxOf(paragraph('x'), {
      core: '<dc:title> A  title </dc:title><dcterms:created>2026-01-31T12:00:00+01:00</dcterms:created><dcterms:modified>yesterday</dcterms:modified>',
      app: '<Application>Microsoft Office Word</Application><AppVersion>16.0000</AppVersion><Pages>12</Pages><Words>3456</Words><Characters>20000</Characters>',
    });

    const { pages, details } = await extract(source, docx);

    expect(pages).toBe(12);
    expect(details).toEqual({
      title: 'A title',
      creator: 'Microsoft Office Word 16.0000',
      createdAt: '2026-01-31T11:00:00Z',
      words: 3456,
      characters: 20000,
    });
  });

  it('leaves out what was deleted and what is there twice for older programs', async () => {
    const { text } = await extract(
      docxOf(
        [
          '<w:p><w:r><w:t>kept</w:t><w:tab/><w:t>tab</w:t><w:br/><w:t>line</w:t></w:r></w:p>',
          '<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="1"/></w:tabs></w:pPr><w:del><w:r><w:delText>gone</w:delText><w:t>gone</w:t></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>',
          '<w:p><w:r><mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:p><w:r><w:t>box</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent><w:t>around</w:t></w:r></w:p>',
          '<w:p><w:r><w:instrText>PAGE</w:instrText><w:t xml:space="preserve"> 1&#x20AC;</w:t></w:r></w:p>',
        ].join(''),
      ),
      docx,
    );

    expect(text).toBe('kept\ttab\nline\nnew\nbox\naround\n 1€\n');
  });

  it('keeps its body when a note is broken, and is malformed when the body is', async () => {
    expect(await outcomeOf(extract(docxOf('<w:p>'), docx))).toBe('malformed');
    expect(await outcomeOf(extract(Buffer.from('PK\x03\x04 no zip'), docx))).toBe('malformed');
  });

  it('takes text until there is as much of it as may be kept', async () => {
    const source = docxOf(paragraph('äöü'.repeat(100)).repeat(100));

    const { text, textTruncated, details } = await extract(source, docx, { maxTextBytes: 1_000 });

    expect(Buffer.byteLength(text)).toBe(999);
    expect(textTruncated).toBe(true);
    expect(details.words).toBeUndefined();
  });

  it('shows the picture that its program left, where it is one that can be shown', async () => {
    const jpeg = Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(100)]);
    const metafile = Buffer.concat([Buffer.from('d7cdc69a', 'hex'), Buffer.alloc(100)]);

    const shown = await extract(docxOf(paragraph('x'), { thumbnail: jpeg }), docx);
    const drawn = await extract(docxOf(paragraph('x'), { thumbnail: metafile }), docx);

    expect(shown.picture).toEqual({ image: jpeg, mimeType: 'image/jpeg' });
    expect(drawn.picture).toBeUndefined();
    expect(drawn.sketch).toEqual({ kind: 'page', blocks: [{ text: 'x', style: 'body' }] });
  });
});
